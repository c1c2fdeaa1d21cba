import { SECOND } from '../duration.ts';
import type { Incident } from './incident.ts';
import { allowedLevels, ladderOf, type Level, type Policy, type PolicyLevel } from './policy.ts';
import { listed } from './words.ts';

/** What the timer of an incident does when it runs out at `at` (epoch ms): page `level`, or close. */
export type Step =
  | {
      kind: 'level' | 'repeat' | 'acknowledge-timeout' | 'snooze-end';
      at: number;
      level: Level;
      channels: readonly string[];
    }
  /** `unproved`: samples proved a recovery, and the alerts have not reset in time. */
  | { kind: 'resolve'; at: number }
  | { kind: 'unproved'; at: number };

/** Whom a page at the present level calls; before the first page, those of the lowest level. */
export const presentLevel = (incident: Incident, policy: Policy): PolicyLevel => {
  const levels = allowedLevels(incident, policy);
  const reached = incident.level ?? 1;
  const found = levels.findLast(({ level }) => level <= reached) ?? levels[0];
  // A policy that was reloaded without the present level must not make the incident fall.
  const level = Math.max(reached, found?.level ?? 2, 2) as PolicyLevel['level'];
  return { level, afterMs: found?.afterMs ?? 0, channels: found?.channels ?? [] };
};

/** The next higher level that this incident may reach. */
export const levelAbove = (incident: Incident, policy: Policy): PolicyLevel | undefined =>
  allowedLevels(incident, policy).find(({ level }) => level > (incident.level ?? 1));

/**
 * When a triggered incident pages next, if its present level (or cycle) began at `from`. Waits count from the opening
 * of the episode; who was called late (after a timeout, a snooze, a pause) still gets the time between the two levels.
 */
export const nextPageAt = (incident: Incident, policy: Policy, from: number): number => {
  const above = levelAbove(incident, policy);
  if (!above) return from + Math.max(SECOND, ladderOf(incident, policy).repeatMs);
  const gap = (incident.level ?? 1) < 2 ? 0 : above.afterMs - presentLevel(incident, policy).afterMs;
  return Math.max(from, incident.episodeAt + above.afterMs, from + gap);
};

/** What happens next if nobody acts; null when the incident is resolved. */
export const upcoming = (incident: Incident, policy: Policy): Step | null => {
  const at = incident.nextAt;
  if (at === null || incident.state === 'resolved') return null;
  if (incident.state === 'clearing' && incident.proved) return { kind: 'unproved', at };
  if (incident.state === 'clearing') return { kind: 'resolve', at };
  const { level, channels } = presentLevel(incident, policy);
  if (incident.state === 'acknowledged') return { kind: 'acknowledge-timeout', at, level, channels };
  if (incident.state === 'snoozed') return { kind: 'snooze-end', at, level, channels };
  const above = levelAbove(incident, policy);
  return above
    ? { kind: 'level', at, level: above.level, channels: above.channels }
    : { kind: 'repeat', at, level, channels };
};

/** The step that is due at `now`, if one is. Asked again on every tick: a restart loses nothing. */
export const due = (incident: Incident, policy: Policy, now: number): Step | null =>
  incident.nextAt !== null && incident.nextAt <= now ? upcoming(incident, policy) : null;

/** For countdowns: when, and what: `L3 pages engineering-manager`. */
export const nextStep = (incident: Incident, policy: Policy): { at: number; text: string } | null => {
  const step = upcoming(incident, policy);
  if (!step) return null;
  if (step.kind === 'unproved') return { at: step.at, text: 'the ladder goes on, unless the alert resets' };
  if (step.kind === 'resolve') return { at: step.at, text: 'resolved, if everything stays clear' };
  const pages = `L${step.level} pages ${listed(step.channels)}`;
  const text = {
    level: pages,
    repeat: `${pages} again`,
    'acknowledge-timeout': `${pages} again, if it still burns`,
    'snooze-end': `the snooze ends, ${pages}`,
  }[step.kind];
  return { at: step.at, text };
};
