import { DAY, formatDuration, HOUR, MINUTE } from '../duration.ts';
import type { Tier } from './burn-policy.ts';
import { MILLION } from './objective.ts';
import type { Ppm } from './objective.ts';
import type { Sums } from './slot.ts';
import type { BurnRate } from './status.ts';

/** The look-backs that are kept, judged and shown, in ms. */
export const LOOK_BACKS: readonly number[] = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY];

const LABELS = new Map(LOOK_BACKS.map((ms) => [ms, formatDuration(ms)]));

/**
 * Error ratio ÷ (1 − objective); `null` without data or without traffic, never NaN.
 * One division of whole numbers, so that 1.44 % of errors at 99.9 % is exactly 14.4 and not above it.
 */
export const burnOf = (sums: Sums, objective: Ppm): number | null =>
  sums.total > 0 ? (Math.max(0, sums.total - sums.good) * MILLION) / (sums.total * (MILLION - objective)) : null;

/** The burn rate of one look-back with the numbers behind it. `label` is `5m` for 300,000 ms unless given. */
export const burnRate = (
  sums: Sums,
  objective: Ppm,
  lookbackMs: number,
  label: string = LABELS.get(lookbackMs) ?? formatDuration(lookbackMs),
): BurnRate => ({
  label,
  ms: lookbackMs,
  rate: burnOf(sums, objective),
  coverage: Math.min(1, sums.covered / lookbackMs),
  bad: Math.max(0, sums.total - sums.good),
  total: sums.total,
});

/** The error ratio that a tier allows: k · B, with k its factor and B = 1 − objective. */
const threshold = (tier: Tier, objective: Ppm): number => (tier.factor * (MILLION - objective)) / MILLION;

/** True when not even a total outage exceeds the factor: k · B ≥ 1 (14.4 needs an objective above 93.0556 %). */
export const unreachable = (tier: Tier, objective: Ppm): boolean => threshold(tier, objective) >= 1;

/**
 * Ms from the first error to the alert, for a constant error ratio (0 … 1] after perfect operation and constant
 * traffic: k · B · L ÷ e (SRE Workbook, "Alerting on SLOs": (1 − SLO) ÷ error ratio × window × burn rate). The short
 * look-back never binds. The settle lag and the interval of evaluation come on top. `null` = never: it needs e > k · B.
 */
export const timeToDetect = (tier: Tier, objective: Ppm, errorRatio: number): number | null => {
  const limit = threshold(tier, objective);
  return errorRatio > limit ? (limit * tier.longMs) / errorRatio : null;
};

/**
 * Ms from the last error until the alert resets, when the errors filled the short look-back S: S · (1 − k · B ÷ e).
 * `null` when such an error ratio never fires.
 */
export const timeToReset = (tier: Tier, objective: Ppm, errorRatio: number): number | null => {
  const limit = threshold(tier, objective);
  return errorRatio > limit ? tier.shortMs * (1 - limit / errorRatio) : null;
};

/**
 * Share of the window's budget that is gone when the tier fires, whatever the error ratio: k · L ÷ P (SRE Workbook,
 * "Alerting on SLOs": burn rate × alert window ÷ period). 0.02 for 14.4, 1 h and 30 days.
 */
export const budgetShareAtDetection = (tier: Tier, windowDays: number): number =>
  (tier.factor * tier.longMs) / (windowDays * DAY);
