import type { SloStatus } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { percent } from './number.ts';
import { SLO_LOOKS } from './state.ts';

/**
 * How much budget is left, as a bar next to its number. An overspent budget fills from the other end, in the bad tone;
 * no data has no bar at all, because an empty one would say that the budget is gone.
 */
export const budgetBar = ({ budget: { remaining }, state }: SloStatus): Html => {
  if (remaining === null)
    return html`<span class="budget ${SLO_LOOKS[state].tone}"><span class="number">no data</span></span>`;
  const width = Math.min(1, Math.abs(remaining)) * 100;
  const overspent = remaining < 0;
  return html`<span class="budget ${overspent ? 'bad' : SLO_LOOKS[state].tone}">
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="track" width="100" height="8" />
      <rect class="fill" x="${overspent ? (100 - width).toFixed(1) : 0}" width="${width.toFixed(1)}" height="8" />
    </svg>
    <span class="number">${percent(remaining)}<span class="unseen"> of the error budget left</span></span>
  </span>`;
};
