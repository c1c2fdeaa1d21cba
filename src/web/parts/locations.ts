import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { LocationView, WordView } from '../view.ts';
import { millis } from './number.ts';
import { badge, RESULT_LOOKS } from './state.ts';
import type { Look } from './state.ts';
import { ago } from './time.ts';

const SILENT: Look = { word: 'Silent', icon: 'question', tone: 'blind' };

const LOCATION_LOOKS: Record<LocationView['state'], Look> = {
  joined: { word: 'Joined', icon: 'check', tone: 'good' },
  silent: SILENT,
  never: { word: 'Never joined', icon: 'dashed', tone: 'blind' },
};

/** What each location of one probe says now, and how many must see it fail. */
export const wordTable = (words: readonly WordView[], quorum: number): Html =>
  html`<p class="muted">Counts as failed when ${quorum} of ${words.length} see it fail.</p>
    <table class="cards">
      <caption class="unseen">
        What each location sees now
      </caption>
      <thead>
        <tr>
          <th scope="col">Location</th>
          <th scope="col">Sees</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        ${words.map(
          (word) =>
            html`<tr>
              <th scope="row"><bdi>${word.location}</bdi></th>
              <td data-label="Sees">${badge(word.outcome === 'silent' ? SILENT : RESULT_LOOKS[word.outcome])}</td>
              <td data-label="Why">
                <bdi>${word.outcome === 'silent' ? 'nothing fresh is known' : word.detail || '–'}</bdi>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;

/** Where checks run besides Nines itself. */
export const locationTable = (locations: readonly LocationView[], now: number): Html =>
  html`<table class="cards">
    <caption class="unseen">
      Locations and their agents
    </caption>
    <thead>
      <tr>
        <th scope="col">Location</th>
        <th scope="col">Agent</th>
        <th scope="col">Last seen</th>
        <th scope="col">Probes</th>
        <th scope="col">Clock</th>
        <th scope="col">Waiting</th>
        <th scope="col">Lost</th>
      </tr>
    </thead>
    <tbody>
      ${locations.map(
        ({ name, state, lastSeenAt, probes, offsetMs, backlog, dropped }) =>
          html`<tr>
            <th scope="row"><bdi>${name}</bdi></th>
            <td data-label="Agent">${badge(LOCATION_LOOKS[state])}</td>
            <td data-label="Last seen">${lastSeenAt === null ? 'never' : ago(lastSeenAt, now)}</td>
            <td data-label="Probes" class="num">${probes}</td>
            <td data-label="Clock" class="num">${clock(offsetMs)}</td>
            <td data-label="Waiting" class="num">${backlog}</td>
            <td data-label="Lost" class="num">${dropped}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

const clock = (offsetMs: number | null): string => {
  if (offsetMs === null) return '–';
  const apart = millis(Math.abs(offsetMs));
  return Math.abs(offsetMs) < 1 ? 'right' : `${apart} ${offsetMs > 0 ? 'behind' : 'ahead'}`;
};
