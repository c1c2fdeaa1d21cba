import { percentText } from '../../slo/objective.ts';
import type { SloStatus } from '../../slo/status.ts';
import type { Window } from '../../slo/window.ts';
import { html, idPath } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { budgetBar } from './budget-bar.ts';
import { attainedPercent, burn } from './number.ts';
import { badge, SLO_LOOKS } from './state.ts';
import { ago, until } from './time.ts';

export const sloHref = (id: string): string => `/slos/${idPath(id)}`;

export const windowName = (window: Window): string =>
  window.kind === 'rolling' ? `last ${window.days} d` : window.unit === 'day' ? 'today' : `this ${window.unit}`;

/** The rate of the one-hour look-back, or of the shortest one where there is no hour. */
export const hourBurn = ({ burnRates }: SloStatus): number | null =>
  (burnRates.find((rate) => rate.label === '1h') ?? burnRates[0])?.rate ?? null;

/** `3 of 30 days of data` where that is the whole truth about a state. */
export const stateBadge = ({ state, budget }: SloStatus): Html =>
  badge(
    state === 'partial'
      ? { ...SLO_LOOKS.partial, word: `Partial: ${Math.floor(budget.days.have)} of ${Math.round(budget.days.of)} d` }
      : SLO_LOOKS[state],
  );

export const exhaustion = ({ forecast }: SloStatus, now: number): Piece => {
  switch (forecast.kind) {
    case 'ends':
      return forecast.endsAt === null ? 'soon' : until(forecast.endsAt, now);
    case 'gone':
      return 'gone';
    case 'lasts':
      return 'lasts';
    case 'no-data':
      return 'no data';
  }
};

/** One SLO in a line of cards: the number that matters, and one sentence. */
export const sloCard = (status: SloStatus): Html =>
  html`<li class="slo ${SLO_LOOKS[status.state].tone}">
    <p class="badges">${stateBadge(status)}<span class="muted">${status.slo.system} / ${status.slo.service}</span></p>
    <h3>
      <a href="${sloHref(status.slo.id)}"><bdi>${status.slo.name}</bdi></a>
    </h3>
    ${budgetBar(status)}
    <p class="detail"><bdi>${status.because ?? status.forecast.text}</bdi></p>
  </li>`;

export const sloRow = (status: SloStatus, now: number): Html => {
  const { slo, budget } = status;
  return html`<tr>
    <th scope="row">
      <a href="${sloHref(slo.id)}"><bdi>${slo.name}</bdi></a
      ><span class="sub">${slo.id}</span>
    </th>
    <td data-label="State">${stateBadge(status)}</td>
    <td data-label="Budget left">${budgetBar(status)}</td>
    <td data-label="Burn, 1 h" class="num">${burn(hourBurn(status))}</td>
    <td data-label="Budget ends" class="num">${exhaustion(status, now)}</td>
    <td data-label="Attained">
      <span class="num">${attainedPercent(budget.attained)}</span>
      <span class="muted">of ${percentText(slo.objective)} %, ${windowName(slo.window)}</span>
    </td>
    <td data-label="Last data">${status.lastDataAt === null ? 'never' : ago(status.lastDataAt, now)}</td>
  </tr>`;
};
