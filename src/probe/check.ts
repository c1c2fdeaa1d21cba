import type { Deadline } from './deadline.ts';
import type { CheckResult, Probe, Target } from './probe.ts';

/** Which probe runs a target: the record of kinds, or a fake one in a test. */
export type RunProbe = Probe<Target['check']>;

/** An outcome that says nothing about the target, in the shape of a result. */
export const unknownResult = (
  probe: string,
  at: number,
  reason: CheckResult['reason'],
  detail: string,
): CheckResult => ({
  probe,
  at,
  durationMs: 0,
  outcome: 'unknown',
  reason,
  detail,
  status: null,
  phases: {},
  certificateExpiresAt: null,
  address: null,
  degraded: false,
  attempts: 1,
  readings: {},
  lateMs: 0,
  stalledMs: 0,
  suspect: false,
});

/** Runs one check under its deadline; a probe that throws is our fault, not the target's. `at` is the start, epoch ms. */
export const runCheck = async (run: RunProbe, target: Target, deadline: Deadline, at: number): Promise<CheckResult> => {
  try {
    const { id, timeoutMs } = target;
    const result = await run(target.check, { id, timeoutMs, signal: deadline.signal });
    return { ...result, probe: id, at };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an unknown error';
    return unknownResult(target.id, at, 'internal', `the check ended with ${name} inside the prober`);
  } finally {
    deadline.clear();
  }
};
