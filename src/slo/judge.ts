import type { Tier } from './burn-policy.ts';
import { burnOf } from './burn-rate.ts';
import type { Ppm } from './objective.ts';
import type { Sums } from './slot.ts';

/** What the two look-backs of a tier say together. */
export type Verdict = 'burning' | 'below' | 'unknown';

/**
 * A look-back is judged below only when this share of it is backed by data. Bad slots leave a look-back with time, data
 * or none: with less, their leaving would pass for recovery. Three quarters, because a check every minute may show
 * four of five in 5 m.
 */
export const JUDGED_COVERAGE = 0.75;

const judged = (sums: Sums, ms: number): boolean => sums.total > 0 && sums.covered >= JUDGED_COVERAGE * ms;

/**
 * burning: both look-backs are above the factor (strictly). below: the short one has enough data, and it, or the long
 * one with enough data too, is not above. Otherwise nobody knows.
 */
export const judgeTier = (tier: Tier, long: Sums, short: Sums, objective: Ppm): Verdict => {
  const longRate = burnOf(long, objective);
  const shortRate = burnOf(short, objective);
  const longAbove = longRate !== null && longRate > tier.factor;
  const shortAbove = shortRate !== null && shortRate > tier.factor;
  if (longAbove && shortAbove) return 'burning';
  if (!judged(short, tier.shortMs)) return 'unknown';
  return !shortAbove || judged(long, tier.longMs) ? 'below' : 'unknown';
};

/** A tier needs `minBad` bad events in its long look-back before it fires: one failed check of a new service is no trend. */
export const enoughBad = (long: Sums, minBad: number): boolean => long.total - long.good >= minBad;

/**
 * The next status of a tier. What fired stays (firing on data, stale without) until it is judged below on data; `enough`
 * gates only the beginning.
 */
export const nextStatus = (
  was: 'pending' | 'firing' | 'stale' | 'clear',
  verdict: Verdict,
  enough: boolean,
): 'pending' | 'firing' | 'stale' | 'clear' | 'unknown' => {
  if (verdict === 'below') return 'clear';
  const fired = was === 'firing' || was === 'stale';
  if (verdict === 'burning') return fired || enough ? 'firing' : 'pending';
  return fired ? 'stale' : 'unknown';
};
