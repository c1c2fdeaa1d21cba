import { DAY } from '../../duration.ts';
import { html, idPath } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { layout } from '../parts/layout.ts';
import { wordTable } from '../parts/locations.ts';
import { lengthText, millis, percent, plural } from '../parts/number.ts';
import { phaseList, resultBars, resultTable, runTable } from '../parts/results.ts';
import { badge, PROBE_LOOKS, RESULT_LOOKS } from '../parts/state.ts';
import type { Tone } from '../parts/state.ts';
import { age, ago, stamp } from '../parts/time.ts';
import type { Frame, ProbeView, ResultView, WordView } from '../view.ts';

const SOON_DAYS = 14;

const certificate = (expiresAt: number, now: number): Html => {
  const days = Math.floor((expiresAt - now) / DAY);
  const tone: Tone = days < 0 ? 'bad' : days < SOON_DAYS ? 'watch' : 'good';
  const word = days < 0 ? 'Expired' : plural(days, 'day');
  return html`${badge({ word, icon: tone === 'good' ? 'check' : tone === 'watch' ? 'triangle' : 'octagon', tone })}
    <span class="muted">until ${stamp(expiresAt, now)}</span>`;
};

const fact = (name: string, value: Piece): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

const facts = ({ probe, last, since, state }: ProbeView, results: readonly ResultView[], now: number): Html => {
  const judged = results.filter(({ outcome }) => outcome !== 'unknown');
  const passed = judged.filter(({ outcome }) => outcome === 'pass').length;
  const lastError = results.find(({ outcome }) => outcome === 'fail');
  return html`<dl class="pairs">
    ${fact('Last check', last ? html`${ago(last.at, now)}, ${badge(RESULT_LOOKS[last.outcome])}` : 'never')}
    ${since !== null && (state === 'up' || state === 'down') && fact(state === 'up' ? 'Up' : 'Down', html`for ${age(since, now)}`)}
    ${judged.length > 0 && fact('Passed', `${percent(passed / judged.length)} of the last ${judged.length}`)}
    ${fact('Every', lengthText(probe.intervalMs))}
    ${
      probe.kind !== 'heartbeat'
        ? html`${fact('Visits', html`<code>${probe.visits}</code>`)}${fact('Gives up', `after ${millis(probe.timeoutMs)}`)}${fact('Counts as down', `after ${plural(probe.failureThreshold, 'failed check')} in a row`)}`
        : fact('Late', `when silent for ${lengthText(probe.intervalMs + probe.graceMs)}`)
    }
    ${last?.certificateExpiresAt != null && fact('Certificate', certificate(last.certificateExpiresAt, now))}
    ${fact('Last error', lastError ? html`<bdi>${lastError.detail || lastError.reason}</bdi>, ${ago(lastError.at, now)}` : 'none in these checks')}
  </dl>`;
};

export const probePage = (
  frame: Frame,
  view: ProbeView,
  results: readonly ResultView[],
  words: readonly WordView[] = [],
): string => {
  const { probe, state, last } = view;
  const { now } = frame;
  const why = state === 'degraded' || state === 'maintenance' ? last?.detail : null;
  return layout(
    frame,
    probe.id,
    html`<p class="crumbs"><a href="/probes">Probes</a> / ${probe.system} / ${probe.service}</p>
      <div id="head" data-live class="verdict ${PROBE_LOOKS[state].tone}">
        <p class="badges">${badge(PROBE_LOOKS[state])}</p>
        <h1><bdi>${probe.id.split('/').at(-1)}</bdi></h1>
        ${probe.description && html`<p class="lead"><bdi>${probe.description}</bdi></p>`}${probe.notConfigured && html`<p class="lead"><bdi>${probe.notConfigured}</bdi></p>`}${why && html`<p class="lead"><bdi>${why}</bdi></p>`}${view.explainedBy && html`<p class="lead">Its alerts are silenced: it depends on <a href="/probes/${idPath(view.explainedBy)}">${view.explainedBy}</a>, which is not well or was not until a moment ago</p>`}
      </div>
      <section id="facts" data-live aria-label="Facts">${facts(view, results, now)}</section>
      ${
        words.length > 0 &&
        html`<section id="locations" data-live aria-labelledby="locations-title">
          <h2 id="locations-title">Locations</h2>
          ${wordTable(words, probe.quorum)}
        </section>`
      }
      ${
        results.length === 0
          ? html`<p class="empty" id="results" data-live>No check has ended yet.</p>`
          : html`<section id="bars" data-live aria-labelledby="bars-title">
                <h2 id="bars-title">Last checks</h2>
                ${probe.kind !== 'heartbeat' && resultBars(results)}
              </section>
              ${
                last &&
                Object.keys(last.phases).length > 0 &&
                html`<section id="phases" data-live aria-labelledby="phases-title">
                  <h2 id="phases-title">Where the last check's time went</h2>
                  ${phaseList(last)}
                </section>`
              }
              <section id="results" data-live aria-labelledby="results-title">
                <h2 id="results-title">What happened</h2>
                ${runTable(results, now)}${resultTable(results, now)}
              </section>`
      }`,
  );
};
