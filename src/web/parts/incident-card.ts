import type { Incident, IncidentAlert } from '../../incident/incident.ts';
import { html, idPath } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { Frame, IncidentLine } from '../view.ts';
import { LEVEL_NAMES } from './stepper.ts';
import { badge, INCIDENT_LOOKS, SEVERITY_LOOKS } from './state.ts';
import { age, ago, until } from './time.ts';
import { acknowledgeButton } from './verbs.ts';

export const incidentHref = (incident: Incident): string => `/incidents/${idPath(incident.id)}`;

export const levelText = ({ level }: Incident): string =>
  level === null ? 'before L1' : `L${level} ${LEVEL_NAMES[level]}`;

/** Who has it, in one line. */
export const holder = (incident: Incident, now: number): Html => {
  const { acknowledged, snoozedUntil, state, resolved } = incident;
  if (state === 'resolved' && resolved)
    return html`<span
      >${resolved.by ? html`Resolved by <bdi>${resolved.by.name}</bdi>` : 'Recovered by itself'}
      ${ago(resolved.at, now)}</span
    >`;
  if (state === 'snoozed' && snoozedUntil !== null)
    return html`<span>Snoozed, wakes ${until(snoozedUntil, now)}</span>`;
  if (acknowledged)
    return html`<span><bdi>${acknowledged.by.name}</bdi> has it since ${age(acknowledged.at, now)}</span>`;
  return html`<span>Nobody has acknowledged it</span>`;
};

/** What happens next and when, if nobody acts. */
export const nextLine = ({ next, incident }: IncidentLine, now: number): Piece => {
  if (incident.state === 'resolved') return null;
  return next
    ? html`<p class="next">
        <span class="label">Next</span> <strong>${until(next.at, now)}</strong> <span>${next.text}</span>
      </p>`
    : html`<p class="next"><span class="label">Next</span> <span>Nothing more happens by itself</span></p>`;
};

/** What burns before what is clear, and critical before warning: the sentence below the title is about the same alert. */
const rank = ({ status, severity }: IncidentAlert): number =>
  (status === 'clear' ? 2 : 0) + (severity === 'critical' ? 0 : 1);

/** One open incident on the Now page: what is wrong, how bad, who has it, what happens next, and the button. */
export const incidentCard = (frame: Frame, line: IncidentLine): Html => {
  const { incident } = line;
  const worst = Object.values(incident.alerts).toSorted((a, b) => rank(a) - rank(b) || a.since - b.since)[0];
  return html`<article class="incident ${INCIDENT_LOOKS[incident.state].tone}" aria-labelledby="t-${incident.id}">
    <p class="badges">
      ${badge(SEVERITY_LOOKS[incident.severity])}<span class="level"
        >${incident.level === null ? 'Before L1' : html`L${incident.level}<span class="unseen"> ${LEVEL_NAMES[incident.level]}</span>`}</span
      >${badge(INCIDENT_LOOKS[incident.state])}<span class="muted">open for ${age(incident.openedAt, frame.now)}</span>
    </p>
    <h3 id="t-${incident.id}">
      <a href="${incidentHref(incident)}"><bdi>${incident.title}</bdi></a>
    </h3>
    ${worst && html`<p class="detail"><bdi>${worst.detail}</bdi></p>`}
    ${incident.acknowledged !== null && html`<p class="facts">${holder(incident, frame.now)}</p>`}
    ${nextLine(line, frame.now)} ${acknowledgeButton(frame, incident)}
  </article>`;
};
