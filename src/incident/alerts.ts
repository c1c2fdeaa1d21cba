import type { Alert } from '../alert/alert.ts';
import { flip, page, tell, write, type Draft } from './draft.ts';
import { levelAbove, nextPageAt, presentLevel } from './escalation.ts';
import { burning, type IncidentAlert } from './incident.ts';
import { remembered, reopen, titleOf, type AlertEvent } from './opening.ts';
import { ladderOf, type Policy } from './policy.ts';
import { counted, utc } from './words.ts';

const resume = (draft: Draft, at: number, title: string): void => {
  const { incident } = draft;
  const { state, remainingMs } = incident.resume ?? { state: 'triggered', remainingMs: 0 };
  incident.state = state;
  incident.changedAt = at;
  // A snooze ends when its person said, whatever the alerts did meanwhile.
  incident.nextAt = state === 'snoozed' ? Math.max(at, incident.snoozedUntil ?? at) : at + remainingMs;
  incident.resume = null;
  tell(draft, at, 'fired-again', `Fires again: ${title}`);
  flip(draft, at);
};

/** More serious than it was: whoever was called is called once more, even when on it or asleep. */
const raise = (draft: Draft, alert: Alert, at: number, policy: Policy): void => {
  const { incident } = draft;
  const waiting = incident.state === 'triggered' || incident.state === 'recovering';
  incident.severity = 'critical';
  incident.title = titleOf(alert, alert.title);
  if (waiting && (incident.level ?? 1) < 2) {
    const { recovery } = ladderOf(incident, policy);
    const observes = incident.state === 'recovering' && recovery;
    if (!observes) incident.state = 'triggered';
    const from = observes ? Math.max(at, incident.episodeAt + recovery.forMs) : at;
    incident.nextAt = nextPageAt(incident, policy, from);
    tell(draft, at, 'severity-raised', `Now critical: ${alert.title}`);
    return;
  }
  const promised = waiting ? nextPageAt(incident, policy, incident.changedAt) : at;
  const why = `now critical: ${alert.title}`;
  page(draft, policy, {
    at,
    ...presentLevel(incident, policy),
    reason: 'severity-raised',
    kind: 'severity-raised',
    why,
  });
  if (promised > at && levelAbove(incident, policy)) incident.nextAt = promised;
};

const clearing = (draft: Draft, at: number, policy: Policy): void => {
  const { incident } = draft;
  const { state } = incident;
  if (state === 'resolved' || (state === 'clearing' && !incident.proved)) return;
  if (state === 'clearing') delete incident.proved;
  else incident.resume = { state, remainingMs: Math.max(0, (incident.nextAt ?? at) - at) };
  incident.state = 'clearing';
  incident.changedAt = at;
  // What was proved has gone clear once, not twice.
  if (state !== 'clearing') flip(draft, at);
  incident.nextAt = at + (incident.flapping ? policy.flappingHoldMs : policy.holdMs);
  const resolves = `resolved at ${utc(incident.nextAt)} if it stays so`;
  if (state === 'recovering') tell(draft, at, 'recovery-observed', `Recovered by itself; ${resolves}`);
  else tell(draft, at, 'clearing', `Everything is clear; ${resolves}`);
};

const fires = (
  draft: Draft,
  event: AlertEvent,
  at: number,
  policy: Policy,
  before: IncidentAlert | undefined,
): void => {
  const { incident } = draft;
  const { alert } = event;
  if (incident.state === 'resolved') return reopen(draft, event, at, policy);
  incident.badFrom = Math.min(incident.badFrom, event.badAt ?? alert.since);
  incident.badTo = null;
  // While samples prove that it is over, what else fires remembers the same outage.
  if (incident.state === 'clearing' && !incident.proved) resume(draft, at, alert.title);
  else if (before?.status === 'stale')
    tell(draft, at, 'alert-firing', `Data is back, and it still burns: ${alert.title}`);
  else if (before?.status !== 'firing') tell(draft, at, 'alert-firing', `Also firing: ${alert.title}`);
  if (alert.severity === 'critical' && incident.severity === 'warning') raise(draft, alert, at, policy);
};

const clears = (draft: Draft, at: number, policy: Policy, title: string): void => {
  const { incident } = draft;
  const left = burning(incident).length;
  if (left === 0) incident.badTo = Math.max(...Object.values(incident.alerts).map(({ badTo }) => badTo ?? 0));
  if (left === 0 || incident.state === 'resolved') write(draft, at, 'alert-clear', `Clear: ${title}`);
  else tell(draft, at, 'alert-clear', `Clear: ${title}; ${counted(left, 'alert')} left`);
  if (left === 0) clearing(draft, at, policy);
};

/** An alert of the group changed. Stale is not clear: absence never counts as recovery. */
export const hearAlert = (draft: Draft, event: AlertEvent, at: number, policy: Policy): boolean => {
  const { incident } = draft;
  const { alert } = event;
  const before = incident.alerts[alert.key];
  if (alert.status === 'pending') return false;
  // What is only info no longer holds an incident open.
  const status = alert.severity === 'info' ? 'clear' : alert.status;
  if (status === 'clear' && (!before || before.status === 'clear')) return false;
  if (status === 'stale' && before?.status !== 'firing') return false;
  // A person resolved it while this alert was firing: only a new fire is news.
  if (
    incident.state === 'resolved' &&
    before?.status === 'firing' &&
    status === 'firing' &&
    before.since === alert.since
  )
    return false;
  const now = remembered(event, status);
  if (before && status === 'firing' && before.status === 'firing' && JSON.stringify(before) === JSON.stringify(now))
    return false;
  incident.alerts[alert.key] = now;
  if (status === 'firing') fires(draft, event, at, policy, before);
  else if (status === 'clear') clears(draft, at, policy, alert.title);
  else if (incident.state === 'resolved') write(draft, at, 'alert-stale', `No more data: ${alert.title}`);
  else tell(draft, at, 'alert-stale', `No more data, so nobody knows: ${alert.title}`);
  return true;
};
