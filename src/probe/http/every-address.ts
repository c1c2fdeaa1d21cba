import type { CheckResult } from '../probe.ts';

/** A name with more addresses than this has its first ones checked. */
export const MOST_ADDRESSES = 32;

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
