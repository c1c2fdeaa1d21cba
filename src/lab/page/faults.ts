import type { Fault, FaultArea, Faults } from '../faults.ts';
import { clockTime, html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';

const AREAS: readonly (readonly [FaultArea, string])[] = [
  ['duru', 'Duru Notes'],
  ['slack', 'Slack'],
  ['pagerduty', 'PagerDuty'],
];

const drawFault = (fault: Fault): Html =>
  html` <li class="fault${fault.on ? ' on' : ''}" id="${fault.id}">
    <form method="post" action="/lab/faults/${fault.id}">
      <button
        type="submit"
        name="on"
        value="${fault.on ? 'false' : 'true'}"
        id="switch-${fault.id}"
        role="switch"
        aria-checked="${fault.on ? 'true' : 'false'}"
        aria-describedby="does-${fault.id}"
      >
        <span class="name">${fault.title}</span>
        <span class="knob" aria-hidden="true"><span>${fault.on ? 'On' : 'Off'}</span></span>
      </button>
      <p class="does" id="does-${fault.id}">
        ${fault.does}
        ${fault.on && fault.since !== null ? html`<b class="since">${icon('broken')}Broken since ${clockTime(fault.since)}</b>` : null}
      </p>
    </form>
  </li>`;

/** The switches, as plain forms. */
export const drawFaults = (faults: Faults): Html => {
  const all = faults.list();
  const broken = all.filter((fault) => fault.on).length;
  return html` <h2>Break something</h2>
    ${AREAS.map(
      ([area, name]) =>
        html`<h3>${name}</h3>
          <ul>
            ${all.filter((fault) => fault.area === area).map(drawFault)}
          </ul>`,
    )}
    ${
      broken === 0
        ? null
        : html`<form method="post" action="/lab/faults">
            <button class="repair" id="repair" name="on" value="false">Repair everything</button>
          </form>`
    }`;
};
