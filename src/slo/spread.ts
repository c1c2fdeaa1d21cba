import type { Slot, Sums } from './slot.ts';

/** The share of `amount` in piece `at` of `pieces`: whole numbers stay whole, and all shares add up to the amount. */
export const share = (amount: number, at: number, pieces: number): number =>
  Number.isInteger(amount)
    ? Math.floor(((at + 1) * amount) / pieces) - Math.floor((at * amount) / pieces)
    : amount / pieces;

const evenly = (whole: Sums, starts: readonly number[], width: number): Slot[] => {
  const bad = whole.total - whole.good;
  return starts.map((start, at) => {
    const total = share(whole.total, at, starts.length);
    return {
      start,
      width,
      good: total - share(bad, at, starts.length),
      total,
      covered: share(whole.covered, at, starts.length),
    };
  });
};

/** What `whole` holds beside `known`; nothing negative. */
const beside = (whole: Slot, known: readonly Slot[]): Sums => {
  let { good, total, covered } = whole;
  for (const slot of known) {
    good -= slot.good;
    total -= slot.total;
    covered -= slot.covered;
  }
  const bad = Math.max(0, total - good);
  return { good: Math.max(0, total - bad), total: Math.max(bad, total), covered: Math.max(0, covered) };
};

/**
 * The slots of `width` that `whole` was summed from, as far as they are `known`: those as they are, and what is left
 * evenly in all others (added to the known ones where there are no others). Where nothing is left, the others stay empty;
 * where the known ones hold more than the whole, it is older than they are and is not believed. Not in order.
 */
export const spread = (whole: Slot, known: readonly Slot[], width: number): Slot[] => {
  const starts = Array.from({ length: whole.width / width }, (_, at) => whole.start + at * width);
  if (known.length === 0) return evenly(whole, starts, width);
  const left = beside(whole, known);
  if (left.total === 0 && left.covered === 0) return [...known];
  const named = new Set(known.map(({ start }) => start));
  const free = starts.filter((start) => !named.has(start));
  return [...known, ...evenly(left, free.length > 0 ? free : starts, width)];
};
