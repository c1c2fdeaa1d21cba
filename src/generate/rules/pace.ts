import type { Tier } from '../../slo/burn-policy.ts';
import { FAST_LOOK_BACKS } from '../series.ts';

/** A tier is judged in the group that records its long look-back. */
export const isFast = (tier: Tier): boolean => FAST_LOOK_BACKS.includes(tier.longMs);
