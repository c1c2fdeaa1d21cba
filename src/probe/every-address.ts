import { lookUp } from './net/find.ts';
import { createTrace, type Trace } from './net/phases.ts';
import type { Failure } from './net/reasons.ts';
import type { Found } from './net/resolve.ts';
import { failureFrom, type Time, type Timing } from './outcome.ts';
import type { CheckContext, CheckResult } from './probe.ts';
import type { Reach } from './targets.ts';

/** A name with more addresses than this has its first ones checked. */
const MOST_ADDRESSES = 32;

const rank = ({ outcome, degraded }: CheckResult): number =>
  outcome === 'fail' ? 3 : outcome === 'unknown' ? 2 : degraded ? 1 : 0;

/**
 * Of one result per address the one that counts: the worst; of healthy ones the slowest. It is a whole result of one
 * address, so that its numbers belong together, and its detail names that address.
 */
export const worstOf = (results: readonly [CheckResult, ...CheckResult[]]): CheckResult => {
  const worst = results.reduce((worse, result) => {
    if (rank(result) !== rank(worse)) return rank(result) > rank(worse) ? result : worse;
    return rank(result) === 0 && result.durationMs > worse.durationMs ? result : worse;
  });
  return worst.detail === '' ? worst : { ...worst, detail: `${worst.address}: ${worst.detail}` };
};

/** When a check began, and what of it was done before it came to one address. */
export type Begun = { startedAt: number; at: number; found: Found | null; resolveMs: number };

export const beginNow = (time: Time): Begun => ({
  startedAt: time.monotonic(),
  at: time.now(),
  found: null,
  resolveMs: 0,
});

/** A trace that knows what was done before. */
export const traceOf = ({ startedAt, found, resolveMs }: Begun): Trace => {
  const trace = createTrace(startedAt);
  return found ? Object.assign(trace, { phases: { resolve: resolveMs }, cached: found.cached }) : trace;
};

/** What differs between kinds: the check at one address, and the result when the name could not be looked up. */
type Checking = {
  host: string;
  /** As sentences call it. */
  place: string;
  reach: Reach;
  check: (start: Begun) => Promise<CheckResult>;
  failed: (start: Timing, trace: Trace, failure: Failure) => CheckResult;
};

/** The same check at every address of the name at once; the worst one decides. */
export const checkEvery = async (checking: Checking, context: CheckContext, time: Time): Promise<CheckResult> => {
  const { host, place, reach, check, failed } = checking;
  const start = beginNow(time);
  const trace = traceOf(start);
  trace.place = place;
  try {
    const found = await lookUp(host, reach, trace, context.signal, time.monotonic);
    const resolveMs = trace.phases.resolve ?? 0;
    const addresses = found.addresses.slice(0, MOST_ADDRESSES);
    const results = addresses.map((address) =>
      check({ ...start, found: { ...found, addresses: [address] }, resolveMs }),
    );
    return worstOf((await Promise.all(results)) as [CheckResult, ...CheckResult[]]);
  } catch (error) {
    const result = { probe: context.id, at: start.at, durationMs: time.monotonic() - start.startedAt };
    return failed(result, trace, failureFrom(error, trace, context));
  }
};
