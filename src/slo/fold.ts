import type { Tier } from './burn-policy.ts';
import { burnOf } from './burn-rate.ts';
import type { Ppm } from './objective.ts';
import type { Sums } from './slot.ts';
import type { TierStatus } from './status.ts';

/** What was last known of a tier's alert. */
export type Was = { status: 'pending' | 'firing' | 'stale' | 'clear'; since: number };

/** A tier before it in the list, faster than it: as it was, and as it is now judged. */
export type Faster = {
  tier: Tier;
  was: Was | null;
  status: 'pending' | 'firing' | 'stale' | 'clear' | 'unknown';
  short: Sums;
};

/**
 * Whether a burning tier only remembers an outage that a faster tier fired for and has seen end. Its long look-back
 * holds that outage for hours, and without this a recovered system would climb the ladder until they have passed.
 * It is folded (counts as clear) for as long as the outage can still lie in its short look-back, that is until
 * `shortMs` after the faster tier cleared; but not while errors go on at more than its own factor, judged over the
 * faster tier's short look-back at the time the folding begins. Whatever still burns afterwards fires on its own.
 * Only page tiers fold: a ticket calls nobody above L2, and one that flaps would hide a steady slower one for ever.
 * Silence begins no folding, and ends none: a pause or a restart is no second outage.
 */
export const isFolded = (
  tier: Tier,
  was: Was | null,
  faster: readonly Faster[],
  objective: Ppm,
  now: number,
): boolean => {
  const ended = faster.flatMap((one) => {
    if (one.was === null || one.tier.severity !== 'critical') return [];
    if (one.was.status === 'firing' || one.was.status === 'stale') return [now];
    return one.was.status === 'clear' ? [one.was.since] : [];
  });
  const endedAt = Math.max(...ended);
  if (ended.length === 0 || now >= endedAt + tier.shortMs) return false;
  const hasBegun = was?.status === 'clear' && was.since >= endedAt;
  if (faster.some(({ status }) => status !== 'clear' && !(hasBegun && status === 'unknown'))) return false;
  if (hasBegun) return true;
  const rate = burnOf(faster[0]!.short, objective);
  return rate !== null && rate <= tier.factor;
};

/** Whether a tier burns at present and counts as clear all the same: nothing else makes it so. */
export const isFoldedNow = ({ status, factor, long, short }: TierStatus): boolean =>
  status === 'clear' && (long.rate ?? 0) > factor && (short.rate ?? 0) > factor;
