import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { holder, incidentHref, levelText } from '../parts/incident-card.ts';
import { layout } from '../parts/layout.ts';
import { plural } from '../parts/number.ts';
import { badge, INCIDENT_LOOKS, SEVERITY_LOOKS } from '../parts/state.ts';
import { ago, span } from '../parts/time.ts';
import type { Frame, IncidentLine } from '../view.ts';

const STATES = [
  { state: '', word: 'All' },
  { state: 'open', word: 'Open' },
  { state: 'resolved', word: 'Resolved' },
] as const;

const row = ({ incident }: IncidentLine, now: number): Html => {
  const end = incident.resolved?.at ?? now;
  return html`<tr>
    <th scope="row">
      <a href="${incidentHref(incident)}"><bdi>${incident.title}</bdi></a
      ><span class="sub">${incident.system} / ${incident.service}</span>
    </th>
    <td data-label="State">${badge(INCIDENT_LOOKS[incident.state])}</td>
    <td data-label="Severity">${badge(SEVERITY_LOOKS[incident.severity])}</td>
    <td data-label="Level">${levelText(incident)}</td>
    <td data-label="Opened">${ago(incident.openedAt, now)}</td>
    <td data-label="Lasted" class="num">${span(end - incident.openedAt)}</td>
    <td data-label="Who">${holder(incident, now)}</td>
  </tr>`;
};

/** `state` is `open`, `resolved` or empty for both. */
export const incidentsPage = (frame: Frame, incidents: readonly IncidentLine[], state: string): string => {
  const shown = incidents.toSorted(
    (a, b) =>
      Number(a.incident.state === 'resolved') - Number(b.incident.state === 'resolved') ||
      b.incident.openedAt - a.incident.openedAt,
  );
  return layout(
    frame,
    'Incidents',
    html`<h1>Incidents</h1>
      <div class="filters">
        <ul class="chips" aria-label="States">
          ${STATES.map(
            (choice) =>
              html`<li>
                <a
                  href="${choice.state ? `/incidents?state=${choice.state}` : '/incidents'}"
                  aria-current="${state === choice.state ? 'true' : 'false'}"
                  >${choice.word}</a
                >
              </li>`,
          )}
        </ul>
      </div>
      <section id="list" data-live aria-label="${plural(shown.length, 'incident')}">
        ${
          shown.length === 0
            ? html`<p class="empty">No ${state ? `${state} ` : ''}incident.</p>`
            : html`<table class="cards">
                <caption class="unseen">
                  Incidents, open ones first, then newest first
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Incident</th>
                    <th scope="col">State</th>
                    <th scope="col">Severity</th>
                    <th scope="col">Level</th>
                    <th scope="col">Opened</th>
                    <th scope="col">Lasted</th>
                    <th scope="col">Who</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map((line) => row(line, frame.now))}
                </tbody>
              </table>`
        }
      </section>`,
  );
};
