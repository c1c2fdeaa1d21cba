import type { SloStatus } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { burn, lengthText, percent } from './number.ts';
import { ALERT_LOOKS, badge, SEVERITY_LOOKS } from './state.ts';

/** Burn rates by look-back, and what each tier makes of them. */
export const tierTable = ({ tiers, slo }: SloStatus): Piece =>
  tiers.length === 0
    ? html`<p class="empty">No burn-rate alerts are declared for <bdi>${slo.name}</bdi>.</p>`
    : html`<table class="cards">
        <caption>
          Alerts fire while both look-backs burn faster than the limit
        </caption>
        <thead>
          <tr>
            <th scope="col">Tier</th>
            <th scope="col">Limit</th>
            <th scope="col">Long look-back</th>
            <th scope="col">Short look-back</th>
            <th scope="col">Budget gone</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          ${tiers.map(
            (tier) =>
              html`<tr>
                <th scope="row">${tier.name} ${badge(SEVERITY_LOOKS[tier.severity])}</th>
                <td data-label="Limit" class="num">${burn(tier.factor)}</td>
                <td data-label="Long look-back">
                  <span class="num">${burn(tier.long.rate)}</span>
                  <span class="muted">over ${lengthText(tier.long.ms)}</span>
                </td>
                <td data-label="Short look-back">
                  <span class="num">${burn(tier.short.rate)}</span>
                  <span class="muted">over ${lengthText(tier.short.ms)}</span>
                </td>
                <td data-label="Budget gone" class="num">${percent(tier.budgetShare)}</td>
                <td data-label="State">${badge(ALERT_LOOKS[tier.status])}</td>
              </tr>`,
          )}
        </tbody>
      </table>`;

/** Every look-back with the numbers behind its rate. */
export const burnTable = ({ burnRates }: SloStatus): Html =>
  html`<table class="compact">
    <caption>
      Burn rate 1× spends the budget exactly by the end of the window
    </caption>
    <thead>
      <tr>
        <th scope="col">Look-back</th>
        <th scope="col">Burn rate</th>
        <th scope="col">Bad of total</th>
        <th scope="col">Covered by data</th>
      </tr>
    </thead>
    <tbody>
      ${burnRates.map(
        (rate) =>
          html`<tr>
            <th scope="row">${lengthText(rate.ms)}</th>
            <td data-label="Burn rate" class="num">${burn(rate.rate)}</td>
            <td data-label="Bad of total" class="num">${Math.round(rate.bad)} of ${Math.round(rate.total)}</td>
            <td data-label="Covered by data" class="num">${percent(rate.coverage, 0)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
