import type { Lateness } from './lateness.ts';
import type { CheckResult, Target } from './probe.ts';
import type { Stalls } from './pulse.ts';

/**
 * Why no check was started in a slot: too late after a stall, we were paused, the check before still ran, too many ran
 * at once (here or at that host), or the request budget was used up.
 */
export const MISSED = ['late', 'pause', 'overlap', 'capacity', 'budget'] as const;
export type Missed = Readonly<Record<(typeof MISSED)[number], number>>;

/** Counters since start, but for `waiting` and `inFlight`. Every slot was started, was missed, or waits for room. */
export type ProberStats = {
  scheduled: number;
  started: number;
  missed: Missed;
  waiting: number;
  inFlight: number;
  /** How late the started ones were after their slots. */
  lateness: Lateness;
  /** When the prober's own loop stood still. */
  stalls: Stalls;
};

/** Runs checks on their schedule, somewhere. Results arrive in batches, in no promised order. */
export type Prober = {
  /** Replaces all targets; one that did not change keeps its phase and its check in flight. */
  set(targets: readonly Target[]): Promise<void>;
  onResults(listener: (results: readonly CheckResult[]) => void): void;
  stats(): Promise<ProberStats>;
  /** No result arrives after this settles. */
  stop(): Promise<void>;
};
