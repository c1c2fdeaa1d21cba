import { systemClock } from '../clock.ts';
import { hashOf } from './hash.ts';
import type { CheckResult, Target } from './probe.ts';

/** Between half and all of `waitMs`, by the id: probes that fail together do not come back together. */
const pauseOf = ({ id, retries }: Target, tries: number): number =>
  retries.waitMs * (0.5 + hashOf(`${id} ${tries}`) / 2);

/** Ends early when the check is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
};

/** How a passed check tells that it was not well at first. */
const told = (last: CheckResult, before: CheckResult, attempts: number, most: number): CheckResult => {
  if (last.outcome !== 'pass') return { ...last, attempts };
  const history = `passed at try ${attempts} of ${most}; before: ${before.detail || before.reason}`;
  return { ...last, attempts, detail: last.detail === '' ? history : `${last.detail}; ${history}` };
};

/**
 * Tries again while a try fails, as often as the target allows, all within its deadline: `attempt` is given what is
 * left of it, ms. What is limited or unknown is no failure and is not tried again. `mayAgain` is asked right before each
 * further try: without a request left there is none. The numbers are the last try's.
 */
export const withRetries = async (
  target: Target,
  signal: AbortSignal,
  attempt: (timeoutMs: number) => Promise<CheckResult>,
  mayAgain: () => boolean,
): Promise<CheckResult> => {
  const startedAt = systemClock.monotonic();
  const left = (): number => target.timeoutMs - (systemClock.monotonic() - startedAt);
  const most = 1 + target.retries.count;
  let last = await attempt(target.timeoutMs);
  for (let tries = 1; tries < most && last.outcome === 'fail' && !signal.aborted; tries++) {
    const pauseMs = pauseOf(target, tries);
    if (pauseMs >= left()) break;
    await pause(pauseMs, signal);
    // The time may be over before its timer says so: what is not started is not the target's failure.
    if (signal.aborted || left() <= 0 || !mayAgain()) break;
    last = told(await attempt(Math.ceil(left())), last, tries + 1, most);
  }
  return last;
};
