import { html } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { ResultView } from '../view.ts';
import { count, millis } from './number.ts';
import { badge, RESULT_LOOKS } from './state.ts';
import { ago, stamp } from './time.ts';

const STEP = 20;
const HEIGHT = 100;

const bar = (result: ResultView, index: number, slowest: number): Piece => {
  const height = Math.max(4, (Math.min(result.durationMs, slowest) / slowest) * HEIGHT);
  const x = index * STEP;
  // A failed check reaches the top and is cut by a stripe: its shape differs, not only its colour.
  if (result.outcome === 'fail')
    return html`<rect class="fail" x="${x + 2}" y="0" width="${STEP - 4}" height="${HEIGHT}" /><path
        class="cut"
        d="M${x + 2} ${HEIGHT}L${x + STEP - 2} 0"
      />`;
  return html`<rect
    class="${result.outcome}"
    x="${x + 2}"
    y="${(HEIGHT - height).toFixed(1)}"
    width="${STEP - 4}"
    height="${height.toFixed(1)}"
  />`;
};

/** The last checks, oldest on the left, as high as they took long. `results` come newest first. */
export const resultBars = (results: readonly ResultView[]): Html => {
  const slowest = Math.max(1, ...results.map(({ durationMs }) => durationMs));
  const failed = results.filter(({ outcome }) => outcome === 'fail').length;
  const label = `The last ${count(results.length)} checks: ${failed === 0 ? 'none failed' : `${count(failed)} failed`}; the slowest took ${millis(slowest)}.`;
  return html`<figure class="chart results">
    <svg
      viewBox="0 0 ${Math.max(1, results.length) * STEP} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${label}"
    >
      ${results.toReversed().map((result, index) => bar(result, index, slowest))}
    </svg>
    <figcaption class="muted">${label}</figcaption>
  </figure>`;
};

const PHASES: Record<string, string> = {
  resolve: 'DNS',
  connect: 'Connect',
  tls: 'TLS',
  processing: 'Server',
  transfer: 'Transfer',
};

/** Where the time of one check went. */
export const phaseList = ({ phases, durationMs }: ResultView): Piece => {
  const shown = Object.entries(PHASES).filter(([name]) => phases[name] !== undefined);
  if (shown.length === 0) return null;
  const total = Math.max(
    1,
    durationMs,
    shown.reduce((sum, [name]) => sum + phases[name]!, 0),
  );
  return html`<dl class="phases">
    ${shown.map(
      ([name, word]) =>
        html`<div>
          <dt>${word}</dt>
          <dd>
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" class="bar" aria-hidden="true" focusable="false">
              <rect class="track" width="100" height="8" />
              <rect class="fill" width="${((phases[name]! / total) * 100).toFixed(1)}" height="8" /></svg
            ><span class="num">${millis(phases[name]!)}</span>
          </dd>
        </div>`,
    )}
  </dl>`;
};

type Run = { newest: ResultView; oldest: ResultView; count: number };

/** What was seen, whatever it took: a target that stays slow is never slow by the same. */
const kindOf = ({ outcome, reason, detail }: ResultView): string =>
  [outcome, reason, detail.replaceAll(/\d[\d.,]*\s?(?:ms|s)\b/g, '')].join('\n');

/** Checks in a row with the same outcome and reason are one line: 3 a.m. has no time for fifty. `results` newest first. */
const runsOf = (results: readonly ResultView[]): Run[] => {
  const runs: Run[] = [];
  // Locations take turns: each has runs of its own.
  const running = new Map<string, Run>();
  for (const result of results) {
    const run = running.get(result.location);
    if (run && kindOf(run.newest) === kindOf(result)) {
      run.oldest = result;
      run.count += 1;
      continue;
    }
    const next = { newest: result, oldest: result, count: 1 };
    running.set(result.location, next);
    runs.push(next);
  }
  return runs;
};

/** More than one place: only then does a table say where. */
const isSpread = (results: readonly ResultView[]): boolean => new Set(results.map(({ location }) => location)).size > 1;

/** A passed check has something to tell when it is degraded, or passed at a later try. */
const why = ({ outcome, detail, reason }: ResultView): Piece =>
  outcome === 'pass' && detail === '' ? '–' : html`<bdi>${detail || reason}</bdi>`;

export const runTable = (results: readonly ResultView[], now: number): Html =>
  html`<table class="cards">
    <caption class="unseen">
      Checks in a row with the same outcome, newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Outcome</th>
        ${isSpread(results) && html`<th scope="col">Location</th>`}
        <th scope="col">Checks</th>
        <th scope="col">From</th>
        <th scope="col">To</th>
        <th scope="col">Why</th>
      </tr>
    </thead>
    <tbody>
      ${runsOf(results).map(
        ({ newest, oldest, count: number }) =>
          html`<tr>
            <th scope="row">${badge(RESULT_LOOKS[newest.outcome])}</th>
            ${isSpread(results) && html`<td data-label="Location"><bdi>${newest.location}</bdi></td>`}
            <td data-label="Checks" class="num">${number}</td>
            <td data-label="From">${stamp(oldest.at, now)}</td>
            <td data-label="To">${stamp(newest.at, now)}, ${ago(newest.at, now)}</td>
            <td data-label="Why">${why(newest)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

/** Every stored check; the chart above as a table. */
export const resultTable = (results: readonly ResultView[], now: number): Html =>
  html`<details class="data">
    <summary>Every check as a table</summary>
    <table class="compact">
      <caption class="unseen">
        The last ${results.length} checks, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Age</th>
          <th scope="col">Outcome</th>
          ${isSpread(results) && html`<th scope="col">Location</th>`}
          <th scope="col">Took</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        ${results.map(
          (result) =>
            html`<tr>
              <th scope="row">${ago(result.at, now)}</th>
              <td>${badge(RESULT_LOOKS[result.outcome])}</td>
              ${isSpread(results) && html`<td><bdi>${result.location}</bdi></td>`}
              <td class="num">${millis(result.durationMs)}</td>
              <td class="num">${result.status ?? '–'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
