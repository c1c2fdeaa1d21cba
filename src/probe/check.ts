import type { Deadline } from './deadline.ts';
import { unknownResult, type CheckResult, type Probe, type Target } from './probe.ts';
import { withRetries } from './retries.ts';

/** Which probe runs a target: the record of kinds, or a fake one in a test. */
export type RunProbe = Probe<Target['check']>;

/** One try; a probe that throws is our fault, not the target's. */
const tryOnce = async (run: RunProbe, { id, check }: Target, timeoutMs: number, signal: AbortSignal, at: number) => {
  try {
    return { ...(await run(check, { id, timeoutMs, signal })), probe: id, at };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'an unknown error';
    return unknownResult(id, at, 'internal', `the check ended with ${name} inside the prober`);
  }
};

/**
 * Runs one check, with the further tries that its target and `mayAgain` allow, under its deadline. `at` is the start,
 * epoch ms.
 */
export const runCheck = async (
  run: RunProbe,
  target: Target,
  deadline: Deadline,
  at: number,
  mayAgain: () => boolean = () => true,
): Promise<CheckResult> => {
  const attempt = (timeoutMs: number): Promise<CheckResult> => tryOnce(run, target, timeoutMs, deadline.signal, at);
  try {
    return await withRetries(target, deadline.signal, attempt, mayAgain);
  } finally {
    deadline.clear();
  }
};
