import type { Incident } from '../../incident/incident.ts';
import { html, idPath } from '../html.ts';
import type { Html, Piece } from '../html.ts';
import type { Frame } from '../view.ts';
import { icon } from './icon.ts';

const action = (incident: Incident, verb: string): string => `/incidents/${idPath(incident.id)}/${verb}`;

/** A plain form: the only way a page changes anything. */
const form = (frame: Frame, incident: Incident, verb: string, inner: Piece): Html =>
  html`<form method="post" action="${action(incident, verb)}" class="verb">
    <input type="hidden" name="csrf" value="${frame.csrf}" />${inner}
  </form>`;

const episode = (incident: Incident): Html => html`<input type="hidden" name="episode" value="${incident.episode}" />`;

export const mayAcknowledge = (incident: Incident): boolean =>
  incident.acknowledged === null && incident.state !== 'resolved';

/** The button of this product. Its name says which incident, for those who only hear it. */
export const acknowledgeButton = (frame: Frame, incident: Incident): Piece =>
  frame.csrf !== null &&
  mayAcknowledge(incident) &&
  form(
    frame,
    incident,
    'acknowledge',
    html`${episode(incident)}<button class="primary" id="ack-${incident.id}">
        ${icon('person')}Acknowledge<span class="unseen"> ${incident.title}</span>
      </button>`,
  );

/** Everything else a person can do to an incident. */
export const otherVerbs = (frame: Frame, incident: Incident): Piece => {
  if (frame.csrf === null || incident.state === 'resolved') return null;
  return html`<div class="verbs" role="group" aria-label="More that you can do">
      ${incident.acknowledged !== null && form(frame, incident, 'unacknowledge', html`<button id="unack">Give it back</button>`)}
      ${incident.level !== 4 && form(frame, incident, 'escalate', html`<button id="escalate">${icon('up')}Escalate now</button>`)}
      ${form(frame, incident, 'snooze', html`<input type="hidden" name="for" value="1h" /><button id="snooze">${icon('moon')}Snooze 1 h</button>`)}
      ${form(frame, incident, 'resolve', html`${episode(incident)}<button id="resolve">${icon('check')}Resolve</button>`)}
    </div>
    ${
      !incident.executive &&
      html`<details class="more" id="executive">
        <summary>The business is at stake</summary>
        ${form(
          frame,
          incident,
          'escalate',
          html`<input type="hidden" name="executive" value="true" />
            <p>Escalates now and lets the ladder reach the executive (L4).</p>
            <button class="danger">Escalate and allow L4</button>`,
        )}
      </details>`
    }`;
};

export const noteForm = (frame: Frame, incident: Incident): Piece =>
  frame.csrf !== null &&
  form(
    frame,
    incident,
    'note',
    html`<label for="note">Add a note</label
      ><textarea
        id="note"
        name="text"
        rows="2"
        maxlength="4000"
        required
        placeholder="What you saw, what you tried"
      ></textarea
      ><button>${icon('note')}Add note</button>`,
  );
