import type { Alert, AlertStatus, Severity } from '../../src/alert/alert.ts';
import { HOUR, MINUTE, parseDuration } from '../../src/duration.ts';
import type { due, nextStep } from '../../src/incident/escalation.ts';
import type { Change, Incident, IncidentEvent, Notice, Refusal } from '../../src/incident/incident.ts';
import type { ChannelTraits, Notification, notificationsFor } from '../../src/incident/notification.ts';
import type { Policy } from '../../src/incident/policy.ts';
import type { apply } from '../../src/incident/reducer.ts';
import type { Actor, TimelineEntry } from '../../src/incident/timeline.ts';

/** The code under test, so that the same checks can run against a broken copy of it. */
export type Subject = {
  apply: typeof apply;
  due: typeof due;
  nextStep: typeof nextStep;
  notificationsFor: typeof notificationsFor;
};

export const T0 = Date.UTC(2026, 10, 20, 3, 0, 0);

const ladder = (levels: Policy['critical']['levels'], recovery: Policy['critical']['recovery'] = null) => ({
  recovery,
  levels,
  repeatMs: 30 * MINUTE,
  acknowledgeTimeoutMs: 30 * MINUTE,
});

/** The default waits of the product, with a channel of every shape. */
export const fourLevels: Policy = {
  id: 'four-levels',
  name: 'Four levels',
  critical: ladder([
    { level: 2, afterMs: 2 * MINUTE, channels: ['slack-oncall'] },
    { level: 3, afterMs: 10 * MINUTE, channels: ['engineering-manager'] },
    { level: 4, afterMs: 30 * MINUTE, channels: ['executive'] },
  ]),
  warning: ladder([{ level: 2, afterMs: 2 * MINUTE, channels: ['slack-oncall'] }]),
  holdMs: MINUTE,
  flappingHoldMs: 10 * MINUTE,
  reopenMs: 30 * MINUTE,
  fallback: 'console',
};

export const observing: Policy = {
  ...fourLevels,
  critical: { ...fourLevels.critical, recovery: { kind: 'observe', forMs: MINUTE } },
};

export const shapes: Record<string, ChannelTraits['shape']> = {
  'slack-oncall': 'thread',
  'engineering-manager': 'alert',
  executive: 'alert',
  console: 'lines',
};

export const ann: Actor = { name: 'Ann', door: 'slack' };
export const bob: Actor = { name: 'Bob', door: 'page' };

export const alertOf = (name: string, status: AlertStatus, since: number, severity: Severity = 'critical'): Alert => ({
  key: name,
  identity: { system: 'duru-notes', environment: 'production', service: 'api', kind: 'burn-rate', subject: name },
  severity,
  status,
  since,
  title: `${name} burns`,
  detail: '32 of 360 checks failed in 1 h',
  value: 88.9,
  limit: 14.4,
  slo: 'duru-notes/api/availability',
  runbook: null,
});

export type World = ReturnType<typeof createWorld>;

/** One group, its newest incident, and all that was written and sent. Ticks before alerts, as the engine does. */
export const createWorld = (subject: Subject, policy: Policy = fourLevels, serviceTier = 0) => {
  const log = {
    entries: [] as (TimelineEntry & { incident: string })[],
    notices: [] as Notice[],
    notifications: [] as Notification[],
    refusals: [] as Refusal[],
  };
  const incidents: Incident[] = [];
  let now = T0;
  let events = 0;
  let revision = 0;

  const keep = (before: Incident | undefined, { incident, entries, notices }: Change): void => {
    const isNew = before?.id !== incident.id;
    revision += 1;
    // Through JSON, as the store keeps it.
    incidents.splice(isNew ? incidents.length : -1, 1, JSON.parse(JSON.stringify(incident)) as Incident);
    log.entries.push(...entries.map((entry) => ({ ...entry, incident: incident.id })));
    log.notices.push(...notices);
    log.notifications.push(
      ...subject.notificationsFor(
        { incident, entries, notices },
        {
          traits: (channel) => (shapes[channel] ? { shape: shapes[channel] } : undefined),
          reached: isNew ? {} : before.reached,
          policy,
          revision,
          publicUrl: 'https://nines.example.org',
          budgetRemaining: 0.12,
          now,
        },
      ),
    );
  };

  const send = (event: IncidentEvent): Change | Refusal | null => {
    const before = incidents.at(-1);
    const answer = subject.apply(before, event, { policy, id: `I${incidents.length + 1}`, serviceTier });
    if (answer && 'refused' in answer) log.refusals.push(answer);
    else if (answer) keep(before, answer);
    return answer;
  };

  const id = (): string => `e${++events}`;
  const tick = (at = now) => send({ id: id(), at, type: 'tick' });
  const hear = (name: string, status: AlertStatus, severity?: Severity, at = now) => {
    tick(at);
    return send({ id: id(), at, type: 'alert', alert: alertOf(name, status, at, severity) });
  };

  return {
    log,
    incidents,
    policy,
    send,
    id,
    tick,
    hear,
    now: () => now,
    incident: (): Incident => incidents.at(-1)!,
    next: () => subject.nextStep(incidents.at(-1)!, policy),
    /** Lets time pass; ticks every `period` ms, at least once at the end. */
    wait(duration: string | number, period = Infinity) {
      const end = now + (typeof duration === 'number' ? duration : (parseDuration(duration) ?? NaN));
      while (now + period < end) tick((now += period));
      tick((now = end));
    },
    jump: (ms: number) => void (now += ms),
    fires: (name: string, severity?: Severity) => hear(name, 'firing', severity),
    clears: (name: string, severity?: Severity) => hear(name, 'clear', severity),
    goesStale: (name: string, severity?: Severity) => hear(name, 'stale', severity),
    acknowledges: (by: Actor = ann, episode?: number) =>
      send({ id: id(), at: now, type: 'acknowledge', by, ...(episode === undefined ? {} : { episode }) }),
    unacknowledges: (by: Actor = ann) => send({ id: id(), at: now, type: 'unacknowledge', by }),
    resolves: (by: Actor = ann) => send({ id: id(), at: now, type: 'resolve', by }),
    snoozes: (forMs: number, by: Actor = ann) => send({ id: id(), at: now, type: 'snooze', by, untilMs: now + forMs }),
    escalates: (executive = false, by: Actor = ann) => send({ id: id(), at: now, type: 'escalate', by, executive }),
    loses: (channel: string, climb = false) =>
      send({ id: id(), at: now, type: 'undelivered', channel, reason: 'no answer', climb }),
    notes: (text: string, by: Actor = ann) => send({ id: id(), at: now, type: 'note', by, text }),
    /** `2m L2 paged: nobody is on this yet` for every page so far. */
    pages: (): string[] => pagesOf(log.entries).map(({ at, text }) => `${(at - T0) / MINUTE}m ${text}`),
  };
};

export const isPage = ({ text }: { text: string }): boolean => /^L[234] paged/.test(text);

export const pagesOf = <T extends { text: string }>(entries: readonly T[]): T[] => entries.filter(isPage);

/** The most pages within any hour. */
export const mostPagesInAnHour = (entries: readonly { at: number; text: string }[]): number => {
  const times = pagesOf(entries).map(({ at }) => at);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + HOUR).length));
};
