import type { Account, LogEntry, PagerDutyIncident } from '../pagerduty/account.ts';
import { keyLabel } from '../shown.ts';
import { clockTime, html, safeLink } from './html.ts';
import type { Html, Part } from './html.ts';
import { icon } from './icons.ts';

const SHOWN = 30;
const STATUS_WORDS = { triggered: 'Triggered', acknowledged: 'Acknowledged', resolved: 'Resolved' } as const;
const LOG_WORDS: Record<LogEntry['kind'], string> = {
  triggered: 'Triggered',
  'triggered-again': 'Triggered again',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
};

const detailText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const drawDetails = (details: unknown): Part => {
  if (details === null || details === undefined) return null;
  if (typeof details !== 'object') return html`<p>${detailText(details)}</p>`;
  const rows = Object.entries(details);
  if (rows.length === 0) return null;
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${detailText(value)}</dd>
        </div>`,
    )}
  </dl>`;
};

const drawLog = (log: readonly LogEntry[]): Html =>
  html`<ol class="log">
    ${log.toReversed().map((entry) => html`<li>${clockTime(entry.at)} <b>${LOG_WORDS[entry.kind]}</b> ${entry.text}</li>`)}
  </ol>`;

const drawLinks = ({ links, clientUrl }: PagerDutyIncident): Part => {
  const all = [...(clientUrl === null ? [] : [{ href: clientUrl, text: 'View in Nines' }]), ...links];
  return all.length === 0
    ? null
    : html`<p class="links">${all.map((link) => safeLink(link.href, link.text, 'link'))}</p>`;
};

const drawIncident = (incident: PagerDutyIncident, routingKeys: Readonly<Record<string, string>>): Html => {
  const { number, status, urgency } = incident;
  return html`<li class="pd-incident ${status}" id="incident-${number}" data-arrival>
    <p class="facts">
      <span class="status ${status}">${icon(status)}${STATUS_WORDS[status]}</span>
      <span class="urgency ${urgency}">${icon(urgency)}${urgency === 'high' ? 'High' : 'Low'} urgency</span>
      <span class="number">#${number}</span>
    </p>
    <p class="title">${incident.title}</p>
    <p class="quiet">
      ${keyLabel(incident.routingKey, routingKeys)} · ${incident.source} · opened ${clockTime(incident.createdAt)}
    </p>
    ${drawLog(incident.log)}
    <details id="details-${number}">
      <summary>Details</summary>
      ${drawDetails(incident.details)}
      <p class="quiet">dedup_key <code>${incident.dedupKey}</code></p>
      ${drawLinks(incident)}
    </details>
  </li>`;
};

const RANK = { triggered: 0, acknowledged: 1, resolved: 2 } as const;

/** The incident list: open ones first, newest first. */
export const drawPagerduty = (account: Account, routingKeys: Readonly<Record<string, string>>): Html => {
  const { incidents } = account;
  const count = (status: PagerDutyIncident['status']) =>
    incidents.filter((incident) => incident.status === status).length;
  const sorted = incidents.toSorted((a, b) => RANK[a.status] - RANK[b.status] || b.number - a.number).slice(0, SHOWN);
  return html` <header class="bar">
      <h2>PagerDuty</h2>
      <p>Incidents on all services</p>
    </header>
    <dl class="counts">
      ${Object.entries(STATUS_WORDS).map(
        ([status, word]) =>
          html`<div class="${status}">
            <dt>${word}</dt>
            <dd>${count(status as PagerDutyIncident['status'])}</dd>
          </div>`,
      )}
    </dl>
    ${
      sorted.length === 0
        ? html`<p class="empty">No incident. Nobody has been woken up.</p>`
        : html`<ol class="incidents">
            ${sorted.map((incident) => drawIncident(incident, routingKeys))}
          </ol>`
    }`;
};
