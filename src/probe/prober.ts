import type { CheckResult, Target } from './probe.ts';

/** Counters since start. `missed` slots were not started: too late after a pause, or the check before was still running. */
export type ProberStats = {
  scheduled: number;
  started: number;
  missed: { late: number; overlap: number };
  inFlight: number;
};

/** Runs checks on their schedule, somewhere. Results arrive in batches, in no promised order. */
export type Prober = {
  /** Replaces all targets; one that did not change keeps its phase and its check in flight. */
  set(targets: readonly Target[]): Promise<void>;
  onResults(listener: (results: readonly CheckResult[]) => void): void;
  /** One check now, beside all schedules, with `facts` of what it saw. Never rejects. */
  check(target: Target): Promise<CheckResult>;
  stats(): Promise<ProberStats>;
  /** No result arrives after this settles. */
  stop(): Promise<void>;
};
