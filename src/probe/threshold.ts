import type { CheckResult } from './probe.ts';

/** Whether a probe is up, after its thresholds. `since` is epoch ms of the last change; `against` counts in a row. */
export type ProbeState = {
  state: 'up' | 'down' | 'no-data';
  since: number | null;
  /** Results in a row that speak against `state`. */
  against: number;
};

export const NO_PROBE_STATE: ProbeState = { state: 'no-data', since: null, against: 0 };

/** Results in a row that turn up into down, and down into up. */
export type Thresholds = { failureThreshold: number; recoveryThreshold: number };

/**
 * The state after one more result. An unknown result changes nothing and breaks no row. The first known result decides
 * at once: there is nothing before it that a threshold could defend.
 */
export const nextProbeState = (
  before: ProbeState,
  result: Pick<CheckResult, 'outcome' | 'at'>,
  { failureThreshold, recoveryThreshold }: Thresholds,
): ProbeState => {
  if (result.outcome === 'unknown') return before;
  const told = result.outcome === 'pass' ? 'up' : 'down';
  if (before.state === 'no-data') return { state: told, since: result.at, against: 0 };
  if (told === before.state) return before.against === 0 ? before : { ...before, against: 0 };
  const against = before.against + 1;
  const needed = told === 'down' ? failureThreshold : recoveryThreshold;
  return against >= needed ? { state: told, since: result.at, against: 0 } : { ...before, against };
};
