import { addLateness, NO_LATENESS } from './lateness.ts';
import type { Limits } from './limits.ts';
import type { CheckResult, Target } from './probe.ts';
import { MISSED, type Missed, type ProberStats } from './prober.ts';
import { addStalls, NO_STALLS } from './pulse.ts';

/** What a probe thread is born with. */
export type ThreadData = { limits: Limits };

/**
 * What the main thread tells a probe thread. Plain data; secrets are revealed here and nowhere else. Targets come in
 * slices, each sent when the one before is `taken`, and replace all others with `apply`; an id alone is the target that
 * runs already.
 */
export type ToThread =
  | { kind: 'begin' }
  | { kind: 'slice'; targets: readonly (Target | string)[] }
  | { kind: 'apply' }
  | { kind: 'check'; ticket: number; target: Target }
  | { kind: 'stats' }
  | { kind: 'stop' };

/** What a probe thread tells the main thread. */
export type FromThread =
  | { kind: 'taken' }
  | { kind: 'results'; results: readonly CheckResult[] }
  | { kind: 'checked'; ticket: number; result: CheckResult }
  | { kind: 'stats'; stats: ProberStats };

const missedBy = (count: (reason: keyof Missed) => number): Missed =>
  Object.fromEntries(MISSED.map((reason) => [reason, count(reason)])) as Record<keyof Missed, number>;

export const NO_STATS: ProberStats = {
  scheduled: 0,
  started: 0,
  missed: missedBy(() => 0),
  waiting: 0,
  inFlight: 0,
  lateness: NO_LATENESS,
  stalls: NO_STALLS,
};

export const addStats = (a: ProberStats, b: ProberStats): ProberStats => ({
  scheduled: a.scheduled + b.scheduled,
  started: a.started + b.started,
  missed: missedBy((reason) => a.missed[reason] + b.missed[reason]),
  waiting: a.waiting + b.waiting,
  inFlight: a.inFlight + b.inFlight,
  lateness: addLateness(a.lateness, b.lateness),
  stalls: addStalls(a.stalls, b.stalls),
});
