import type { Adjustment } from '../../slo/adjustment.ts';
import type { SloStatus } from '../../slo/status.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { count, percent } from './number.ts';
import { stamp } from './time.ts';

const HOW: Readonly<Record<Adjustment['how'], string | null>> = {
  exact: null,
  'by-hour': 'to the hour: a part of an hour counts in proportion',
  'in-part': 'asks for more than was counted',
};

/** `120 bad of 360`; what a correction adds has a plus before it. */
const taken = ({ takesAway: { bad, total } }: Adjustment): string => {
  const signed = (value: number): string => {
    const rounded = Math.round(Math.abs(value));
    return `${rounded === 0 ? '' : value < 0 ? '+' : '−'}${count(rounded)}`;
  };
  return `${signed(bad)} bad, ${signed(total)} in all`;
};

/** What people took out of the budget or corrected: when, how much, who, why, and the budget before and after. */
export const adjustmentTable = ({ budget }: SloStatus, now: number): Html =>
  html`<table class="cards">
    <caption>
      Budget left as counted ${percent(budget.before?.remaining ?? null)}, with these ${percent(budget.remaining)};
      alerts and burn rates stay as counted
    </caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">When</th>
        <th scope="col">Changes</th>
        <th scope="col">Who</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      ${budget.adjustments.map(
        (one) =>
          html`<tr>
            <th scope="row">${one.kind} <code>${one.id}</code></th>
            <td data-label="When">${stamp(one.from, now)} to ${stamp(one.to, now)}</td>
            <td data-label="Changes">
              <span class="num">${taken(one)}</span
              >${HOW[one.how] !== null && html` <span class="muted">${HOW[one.how]}</span>`}
            </td>
            <td data-label="Who"><bdi>${one.owner}</bdi></td>
            <td data-label="Why"><bdi>${one.because}</bdi></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
