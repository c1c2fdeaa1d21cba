import type { CheckResult, Target } from './probe.ts';
import type { ProberStats } from './prober.ts';

/** What the main thread tells a probe thread. Plain data; secrets are revealed here and nowhere else. */
export type ToThread =
  | { kind: 'set'; revision: number; targets: readonly Target[] }
  | { kind: 'check'; ticket: number; target: Target }
  | { kind: 'stats' }
  | { kind: 'stop' };

/** What a probe thread tells the main thread. */
export type FromThread =
  | { kind: 'set'; revision: number }
  | { kind: 'results'; results: readonly CheckResult[] }
  | { kind: 'checked'; ticket: number; result: CheckResult }
  | { kind: 'stats'; stats: ProberStats };

export const NO_STATS: ProberStats = { scheduled: 0, started: 0, missed: { late: 0, overlap: 0 }, inFlight: 0 };

export const addStats = (a: ProberStats, b: ProberStats): ProberStats => ({
  scheduled: a.scheduled + b.scheduled,
  started: a.started + b.started,
  missed: { late: a.missed.late + b.missed.late, overlap: a.missed.overlap + b.missed.overlap },
  inFlight: a.inFlight + b.inFlight,
});
