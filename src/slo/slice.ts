import { DAY, SECOND } from '../duration.ts';
import { holds } from './comparison.ts';
import { saysNothing } from './indicator.ts';
import type { Check, Indicator } from './indicator.ts';
import { slotStart } from './slot.ts';
import type { Slot } from './slot.ts';

export type TimeSlice = Extract<Indicator, { kind: 'time-slice' }>;

/** One finished check, as a time slice samples it. */
export type SampledCheck = Pick<Check, 'at' | 'durationMs' | 'outcome' | 'reason' | 'stalledMs'> & {
  degraded: boolean;
  /** Epoch ms. */
  certificateExpiresAt: number | null;
  /** In base units, by name. */
  readings: Readonly<Record<string, unknown>>;
};

/** What a check, or all of a slice, say of it. `nothing`: it was watched, and there was nothing to compare. */
export type SliceWord = 'nothing' | 'good' | 'bad';

/** The value that is compared; `nothing` where the check tells none and none is missing, null where one is. */
const sampleOf = (metric: string, check: SampledCheck): number | 'nothing' | null => {
  const passed = check.outcome === 'pass';
  switch (metric) {
    case 'failing':
      return passed ? 0 : 1;
    case 'degraded':
      return passed ? Number(check.degraded) : 'nothing';
    case 'response-time':
      // What failed for another reason took no time that a user would wait: availability counts it.
      return passed || check.reason === 'response-time' || check.reason === 'timeout'
        ? check.durationMs / SECOND
        : 'nothing';
    case 'certificate-days':
      return check.certificateExpiresAt === null ? null : (check.certificateExpiresAt - check.at) / DAY;
    default: {
      const value = check.readings[metric];
      return typeof value === 'number' ? value : null;
    }
  }
};

/** What one check says of its slice; null when it says nothing at all, so that the slice is not covered by it. */
export const sliceWord = (
  { comparison, threshold }: TimeSlice,
  metric: string,
  check: SampledCheck,
): SliceWord | null => {
  if (check.reason === 'maintenance' || check.reason === 'limited') return 'nothing';
  if (saysNothing(check)) return null;
  const value = sampleOf(metric, check);
  if (value === null || value === 'nothing') return value;
  if (holds(value, comparison, threshold)) return 'good';
  // Too slow is only what our own stalls do not explain.
  const stalled = metric === 'response-time' ? (check.stalledMs ?? 0) / SECOND : 0;
  return stalled > 0 && holds(value - stalled, comparison, threshold) ? 'nothing' : 'bad';
};

const WORDS: readonly SliceWord[] = ['nothing', 'good', 'bad'];

/** One bad sample makes a slice bad. */
export const worseWord = (a: SliceWord | undefined, b: SliceWord): SliceWord =>
  a !== undefined && WORDS.indexOf(a) > WORDS.indexOf(b) ? a : b;

/** A slice that is over, as one event. It lies where it began and covers itself whole, whatever the slot's width. */
export const sliceSlot = (start: number, sliceMs: number, word: SliceWord, width: number): Slot => ({
  start: slotStart(start, width),
  width,
  good: word === 'good' ? 1 : 0,
  total: word === 'nothing' ? 0 : 1,
  covered: sliceMs,
});
