import type { Slot } from './slot.ts';

/** The share of `amount` in piece `at` of `pieces`: whole numbers stay whole, and all shares add up to the amount. */
const share = (amount: number, at: number, pieces: number): number =>
  Number.isInteger(amount)
    ? Math.floor(((at + 1) * amount) / pieces) - Math.floor((at * amount) / pieces)
    : amount / pieces;

/**
 * The slots of `width` that `whole` was summed from, as far as they are `known`: those as they are, in order, and
 * what is left evenly in all others. Where nothing is left, the others stay empty; where the known ones hold more than
 * the whole, it is older than they are and is not believed.
 */
export const spread = (whole: Slot, known: readonly Slot[], width: number): Slot[] => {
  const left = { good: whole.good, total: whole.total, covered: whole.covered };
  for (const { good, total, covered } of known) {
    left.good -= good;
    left.total -= total;
    left.covered -= covered;
  }
  const bad = Math.max(0, left.total - left.good);
  const total = Math.max(bad, left.total);
  const covered = Math.max(0, left.covered);
  if (total === 0 && covered === 0) return [...known];
  const byStart = new Map(known.map((slot) => [slot.start, slot]));
  const starts = Array.from({ length: whole.width / width }, (_, at) => whole.start + at * width);
  const free = starts.filter((start) => !byStart.has(start));
  const pieces = free.length > 0 ? free : starts;
  const shares = pieces.map((start, at): Slot => {
    const slot = byStart.get(start) ?? { start, width, good: 0, total: 0, covered: 0 };
    const more = share(total, at, pieces.length);
    return {
      start,
      width,
      good: slot.good + more - share(bad, at, pieces.length),
      total: slot.total + more,
      covered: slot.covered + share(covered, at, pieces.length),
    };
  });
  return free.length > 0 ? [...known, ...shares].sort((a, b) => a.start - b.start) : shares;
};
