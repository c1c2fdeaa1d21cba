import { judgesPhrase } from '../../alert/judges.ts';
import type { IncidentAlert } from '../../incident/incident.ts';
import { html, idPath, safeHref } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import { deliveriesTable } from '../parts/deliveries.ts';
import { holder, nextLine } from '../parts/incident-card.ts';
import { icon } from '../parts/icon.ts';
import { layout } from '../parts/layout.ts';
import { sloHref } from '../parts/slo-list.ts';
import { ALERT_LOOKS, badge, INCIDENT_LOOKS, SEVERITY_LOOKS } from '../parts/state.ts';
import { stepper } from '../parts/stepper.ts';
import { age, stamp } from '../parts/time.ts';
import { timeline } from '../parts/timeline.ts';
import { acknowledgeButton, noteForm, otherVerbs } from '../parts/verbs.ts';
import type { Frame, IncidentView } from '../view.ts';

const alertItem = (alert: IncidentAlert, now: number): Html => {
  const runbook = safeHref(alert.runbook);
  const judges = alert.status === 'clear' ? null : judgesPhrase(alert.judges ?? {}, now);
  return html`<li>
    <p class="badges">
      ${badge(ALERT_LOOKS[alert.status])}<span class="muted"
        >${SEVERITY_LOOKS[alert.severity].word}, for ${age(alert.since, now)}</span
      >
    </p>
    <p class="alert-title"><bdi>${alert.title}</bdi></p>
    <p class="detail"><bdi>${alert.detail}</bdi></p>
    ${judges && html`<p class="muted"><bdi>${judges}</bdi></p>`}
    ${(alert.slo ?? alert.runbook) && html`<p class="links">${runbook ? html`<a href="${runbook}" rel="noreferrer">Runbook</a>` : alert.runbook && html`<span>Runbook ${alert.runbook}</span>`}${alert.slo && html`<a href="${sloHref(alert.slo)}">SLO and its budget</a>`}</p>`}
  </li>`;
};

const head = (frame: Frame, view: IncidentView): Html => {
  const { incident } = view;
  const look = INCIDENT_LOOKS[incident.state];
  return html`<div id="head" data-live class="verdict ${look.tone}">
    <p class="badges">
      ${badge(look)}${badge(SEVERITY_LOOKS[incident.severity])}${incident.flapping && badge({ word: 'Flapping', icon: 'cycle', tone: 'watch' })}${
        incident.episode > 1 && html`<span class="muted">episode ${incident.episode}</span>`
      }
    </p>
    <h1><bdi>${incident.title}</bdi></h1>
    <p class="facts">
      <span>${incident.system} / ${incident.service}, ${incident.environment}</span
      ><span
        >opened
        ${stamp(incident.openedAt, frame.now)}${
          incident.resolved ? '' : html`, open for ${age(incident.openedAt, frame.now)}`
        }</span
      ><span class="holder">${icon('person')}${holder(incident, frame.now)}</span>
    </p>
    ${view.refused && html`<p class="banner watch" role="status">${view.refused}</p>`} ${nextLine(view, frame.now)}
    ${acknowledgeButton(frame, incident)}
    ${frame.csrf === null && incident.state !== 'resolved' && html`<p><a class="button" href="/login?next=/incidents/${idPath(incident.id)}">Sign in to act</a></p>`}
  </div>`;
};

const section = (id: string, title: string, body: Piece): Html =>
  html`<section id="${id}" data-live aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;

export const incidentPage = (frame: Frame, view: IncidentView): string => {
  const { incident, deliveries } = view;
  const alerts = Object.values(incident.alerts).toSorted(
    (a, b) => Number(a.status === 'clear') - Number(b.status === 'clear') || b.since - a.since,
  );
  return layout(
    frame,
    incident.title,
    html`${head(frame, view)}
      <div id="more" data-live>${otherVerbs(frame, incident)}</div>
      <div class="columns">
        <div>
          ${section('ladder', 'Escalation', stepper(view, frame.now))}
          ${section(
            'alerts',
            'What is wrong',
            html`<ul class="alerts">
              ${alerts.map((alert) => alertItem(alert, frame.now))}
            </ul>`,
          )}
        </div>
        <div>${section('timeline', 'Timeline', timeline(view.timeline, frame.now))} ${noteForm(frame, incident)}</div>
      </div>
      ${section(
        'deliveries',
        'Who was reached',
        deliveries.length === 0
          ? html`<p class="empty">Nothing has been sent yet.</p>`
          : deliveriesTable(deliveries, frame.now),
      )}`,
  );
};
