import { html, idPath } from '../html.ts';
import type { Html } from '../html.ts';
import { layout } from '../parts/layout.ts';
import { locationTable } from '../parts/locations.ts';
import { lengthText, millis } from '../parts/number.ts';
import { badge, PROBE_LOOKS } from '../parts/state.ts';
import { age, ago } from '../parts/time.ts';
import { PROBE_STATES } from '../view.ts';
import type { Frame, LocationView, ProbesView, ProbeState, ProbeView } from '../view.ts';

const row = ({ probe, state, since, last }: ProbeView, now: number): Html =>
  html`<tr>
    <th scope="row">
      <a href="/probes/${idPath(probe.id)}">${probe.id}</a
      >${probe.description && html`<span class="sub"><bdi>${probe.description}</bdi></span>`}
    </th>
    <td data-label="State">
      ${badge(PROBE_LOOKS[state])}${since !== null && (state === 'up' || state === 'down') && html` <span class="muted">for ${age(since, now)}</span>`}
    </td>
    <td data-label="Last check">${last ? ago(last.at, now) : 'never'}</td>
    <td data-label="Took" class="num">${last && probe.kind !== 'heartbeat' ? millis(last.durationMs) : '–'}</td>
    <td data-label="Every" class="num">
      ${lengthText(probe.intervalMs)}${probe.kind === 'heartbeat' && html` <span class="muted">(beat)</span>`}
    </td>
    <td data-label="Last error">
      <bdi
        >${probe.notConfigured ?? (last && (last.outcome !== 'pass' || state === 'degraded') ? last.detail || last.reason : '–')}</bdi
      >
    </td>
  </tr>`;

export const probesPage = (
  frame: Frame,
  { shown, counts }: ProbesView,
  state: ProbeState | null,
  locations: readonly LocationView[] = [],
): string => {
  const all = [...counts.values()].reduce((sum, number) => sum + number, 0);
  const fitting = state ? (counts.get(state) ?? 0) : all;
  return layout(
    frame,
    'Probes',
    html`<h1>Probes</h1>
      <div class="filters">
        <ul class="chips" aria-label="States">
          <li><a href="/probes" aria-current="${state === null ? 'true' : 'false'}">All ${all}</a></li>
          ${PROBE_STATES.map((name) => {
            const number = counts.get(name) ?? 0;
            return (
              number > 0 &&
              html`<li>
                <a href="/probes?state=${name}" aria-current="${state === name ? 'true' : 'false'}"
                  >${PROBE_LOOKS[name].word} ${number}</a
                >
              </li>`
            );
          })}
        </ul>
      </div>
      <section id="list" data-live aria-label="Probes">
        ${
          shown.length === 0
            ? html`<p class="empty">
                ${all === 0 ? 'No probe is defined yet.' : html`No probe fits. <a href="/probes">Show all</a>`}
              </p>`
            : html`<table class="cards">
                  <caption class="unseen">
                    Probes, worst first
                  </caption>
                  <thead>
                    <tr>
                      <th scope="col">Probe</th>
                      <th scope="col">State</th>
                      <th scope="col">Last check</th>
                      <th scope="col">Took</th>
                      <th scope="col">Every</th>
                      <th scope="col">Last error</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${shown.map((view) => row(view, frame.now))}
                  </tbody>
                </table>
                ${fitting > shown.length && html`<p class="muted">${shown.length} of ${fitting}: choose a state above, or ask <code>/api/v1/probes</code>.</p>`}`
        }
      </section>
      ${
        locations.length > 0 &&
        html`<section id="locations" data-live aria-labelledby="locations-title">
          <h2 id="locations-title">Locations</h2>
          ${locationTable(locations, frame.now)}
        </section>`
      }`,
  );
};
