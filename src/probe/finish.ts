import type { CheckResult } from './probe.ts';
import { isSuspect } from './pulse.ts';

/** A check that ended. Monotonic ms; `paused`: the prober was suspended meanwhile. */
export type Ended = {
  dueAt: number;
  startedAt: number;
  endedAt: number;
  stalledMs: number;
  intervalMs: number;
  paused: boolean;
};

/** What the prober knows better than the probe: when it was due, and whether the loop could be trusted. */
export const finish = (result: CheckResult, ended: Ended): CheckResult => {
  const { dueAt, startedAt, endedAt, stalledMs, intervalMs, paused } = ended;
  const suspect = isSuspect(stalledMs, endedAt - startedAt);
  const timing = { lateMs: Math.max(0, startedAt - dueAt), stalledMs, suspect, coversMs: intervalMs };
  if (!paused) return { ...result, ...timing };
  const detail = 'the prober was paused while the check ran';
  return { ...result, ...timing, outcome: 'unknown', reason: 'paused', detail, suspect: true };
};
