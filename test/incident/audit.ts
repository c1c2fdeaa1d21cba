import type { Incident, IncidentState } from '../../src/incident/incident.ts';
import type { Notification } from '../../src/incident/notification.ts';
import type { TimelineEntry } from '../../src/incident/timeline.ts';
import { isPage } from './world.ts';

/** What a reader of the timeline alone believes the incident to be. */
export type Believed = {
  state: IncidentState;
  level: number;
  cycle: number;
  episode: number;
  /** What a clearing incident goes back to. */
  behind: IncidentState;
};

const must = (condition: boolean, sentence: string): void => {
  if (!condition) throw new Error(sentence);
};

/** Which states a page may come from, by the kind of its entry. */
const PAGED_FROM: Partial<Record<TimelineEntry['kind'], readonly IncidentState[]>> = {
  'level-reached': ['triggered', 'recovering'],
  'page-repeated': ['triggered'],
  'acknowledge-timeout': ['acknowledged'],
  'snooze-ended': ['snoozed'],
  'severity-raised': ['triggered', 'acknowledged', 'snoozed'],
  escalated: ['triggered', 'acknowledged', 'snoozed', 'recovering'],
  reopened: ['resolved'],
};

const readPage = (believed: Believed, entry: TimelineEntry): Believed => {
  must((PAGED_FROM[entry.kind] ?? []).includes(believed.state), `I3: a page (${entry.kind}) while ${believed.state}`);
  const level = entry.level ?? 0;
  const reopens = entry.kind === 'reopened';
  if (reopens) must(level === 2, `I2b: an episode begins at L${level}`);
  else must(level >= believed.level, `I2: fell from L${believed.level} to L${level} within an episode`);
  const again = / again: /.test(entry.text);
  must(again === (!reopens && level === believed.level), `a page of the same level says so: ${entry.text}`);
  const cycle = again ? believed.cycle + 1 : 1;
  return { state: 'triggered', behind: 'triggered', level, cycle, episode: believed.episode + (reopens ? 1 : 0) };
};

const VERB_STATES: Partial<Record<TimelineEntry['kind'], IncidentState>> = {
  acknowledged: 'acknowledged',
  snoozed: 'snoozed',
  unacknowledged: 'triggered',
};

const readEntry = (believed: Believed, entry: TimelineEntry): Believed => {
  if (isPage(entry)) return readPage(believed, entry);
  const verb = VERB_STATES[entry.kind];
  if (verb) return believed.state === 'clearing' ? { ...believed, behind: verb } : { ...believed, state: verb };
  const { kind } = entry;
  if (kind === 'level-reached') {
    must(believed.level === 0 && believed.episode === 1, 'I10: L1 more than once');
    return { ...believed, state: 'recovering', level: 1 };
  }
  if (kind === 'clearing' || kind === 'recovery-observed')
    // What was proved by samples clears a second time, on the alert: it still returns to where it came from.
    return { ...believed, state: 'clearing', behind: believed.state === 'clearing' ? believed.behind : believed.state };
  if (kind === 'fired-again') return { ...believed, state: believed.behind };
  return kind === 'resolved' ? { ...believed, state: 'resolved' } : believed;
};

/** I2, I3, I10, I14: the timeline is a chain without gaps, no page breaks the rules, and its fold is the state. */
export const auditTimeline = (incident: Incident, entries: readonly TimelineEntry[]): void => {
  entries.forEach(({ seq }, index) => must(seq === index + 1, `I14: entry ${seq} stands at ${index + 1}`));
  must(incident.entries === entries.length, `I14: ${incident.entries} entries are counted, ${entries.length} exist`);
  const start: Believed = { state: 'triggered', behind: 'triggered', level: 0, cycle: 0, episode: 1 };
  const { state, level, cycle, episode } = entries.reduce(readEntry, start);
  const told = `${state} L${level} cycle ${cycle} episode ${episode}`;
  const is = `${incident.state} L${incident.level ?? 0} cycle ${incident.cycle} episode ${incident.episode}`;
  must(told === is, `I14: the timeline tells ${told}, the incident is ${is}`);
};

/** I6, I7: keys are unique; every PagerDuty trigger is resolved before the next one and when its episode closes. */
export const auditNotifications = (
  notifications: readonly Notification[],
  closed: (incident: string) => boolean,
): void => {
  const keys = new Set<string>();
  const open = new Map<string, string>();
  const used = new Set<string>();
  const roots = new Set<string>();
  for (const { key, kind, channel, incident, dedupKey, lane } of notifications) {
    must(!keys.has(key), `I6: ${key} twice`);
    keys.add(key);
    if (kind === 'root') roots.add(lane);
    if (channel === 'slack-oncall') must(roots.has(lane), `${kind} in a thread without root`);
    if (dedupKey === null) continue;
    const place = `${channel}:${incident}`;
    if (kind === 'page') {
      must(!open.has(place), `I7: ${dedupKey} opened while ${open.get(place)} is open`);
      must(!used.has(dedupKey), `I6: ${dedupKey} used again`);
      used.add(dedupKey);
      open.set(place, dedupKey);
    } else {
      must(open.get(place) === dedupKey, `I7: ${kind} of ${dedupKey}, which is not open`);
      if (kind === 'resolve') open.delete(place);
    }
  }
  for (const place of open.keys()) must(!closed(place.split(':')[1] ?? ''), `I7: ${open.get(place)} is still open`);
};
