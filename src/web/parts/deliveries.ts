import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { DeliveryView } from '../view.ts';
import { badge, DELIVERY_LOOKS } from './state.ts';
import { ago, stamp, until } from './time.ts';

const KINDS: Record<DeliveryView['kind'], string> = {
  root: 'Message',
  page: 'Page',
  update: 'Update',
  note: 'Note',
  acknowledge: 'Acknowledgement',
  resolve: 'Resolution',
};

const when = (delivery: DeliveryView, now: number): Piece => {
  if (delivery.sentAt !== null) return html`${stamp(delivery.sentAt, now)}, ${ago(delivery.sentAt, now)}`;
  if (delivery.state === 'queued') return html`next try ${until(delivery.nextAt, now)}`;
  return html`since ${stamp(delivery.createdAt, now)}`;
};

const row = (delivery: DeliveryView, now: number): Html =>
  html`<tr>
    <th scope="row"><bdi>${delivery.channel}</bdi></th>
    <td data-label="What">
      ${KINDS[delivery.kind]}${delivery.kind === 'page' && delivery.level !== null && ` at L${delivery.level}`}
    </td>
    <td data-label="State">${badge(DELIVERY_LOOKS[delivery.state])}</td>
    <td data-label="When">${when(delivery, now)}</td>
    <td data-label="Remarks">
      ${delivery.error && html`<bdi>${delivery.error}</bdi>. `}${delivery.possibleRepeat && 'May have arrived twice. '}${
        delivery.attempts > 1 ? `${delivery.attempts} attempts` : !delivery.error && !delivery.possibleRepeat && '–'
      }
    </td>
  </tr>`;

/** Did the message reach the channel? Trouble first, then newest first. */
export const deliveriesTable = (deliveries: readonly DeliveryView[], now: number): Html => {
  const rank = ({ state }: DeliveryView): number =>
    state === 'failed' || state === 'dead' ? 0 : state === 'uncertain' ? 1 : 2;
  const sorted = deliveries.toSorted((a, b) => rank(a) - rank(b) || b.createdAt - a.createdAt);
  return html`<table class="cards">
    <caption class="unseen">
      Deliveries of this incident, by channel
    </caption>
    <thead>
      <tr>
        <th scope="col">Channel</th>
        <th scope="col">What</th>
        <th scope="col">State</th>
        <th scope="col">When</th>
        <th scope="col">Remarks</th>
      </tr>
    </thead>
    <tbody>
      ${sorted.map((delivery) => row(delivery, now))}
    </tbody>
  </table>`;
};
