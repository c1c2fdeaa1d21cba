import { HOUR, MINUTE } from '../duration.ts';
import type { Part } from '../slo/adjustment.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import { NO_SUMS, slotStart, type Slot, type Sums } from '../slo/slot.ts';
import type { Store } from '../store/store.ts';
import type { Weighted } from './composites.ts';
import type { Windows } from './windows.ts';

const add = (into: Map<number, Sums>, start: number, { good, total, covered }: Sums): void => {
  const had = into.get(start) ?? NO_SUMS;
  into.set(start, { good: had.good + good, total: had.total + total, covered: had.covered + covered });
};

/** The minutes of one SLI: as they are stored, or added up from ten-second slots where these know more. */
const minutesOf = (minutes: readonly Slot[], fine: readonly Slot[]): Map<number, Sums> => {
  const found = new Map<number, Sums>();
  for (const slot of fine) add(found, slotStart(slot.start, MINUTE), slot);
  for (const slot of minutes) if (slot.total >= (found.get(slot.start)?.total ?? 0)) found.set(slot.start, slot);
  return found;
};

/**
 * What was counted in a part of an hour, to the minute; null when the finer slots are gone, or do not add up to the hour.
 * A composite (several `leaves`) is the weighted sum of its parts.
 */
export const countedIn = async (
  { store, windows }: { store: Store; windows: Windows },
  slo: string,
  leaves: readonly Weighted[],
  { hour, from, to }: Part,
): Promise<Sums | null> => {
  const inside = { good: 0, total: 0, covered: 0 };
  let all = 0;
  for (const leaf of leaves) {
    const minutes = minutesOf(
      await store.slots.read(leaf.slo, MINUTE, hour, hour + HOUR),
      await store.slots.read(leaf.slo, CHECK_SLOT_WIDTH, hour, hour + HOUR),
    );
    for (const [start, { good, total, covered }] of minutes) {
      all += total * leaf.weight;
      if (start < from || start >= to) continue;
      inside.good += good * leaf.weight;
      inside.total += total * leaf.weight;
      inside.covered += covered / leaves.length;
    }
  }
  const counted = windows.hours(slo, hour, hour + HOUR)[0]?.total ?? 0;
  return Math.abs(all - counted) <= 1e-6 * Math.max(1, counted) ? inside : null;
};
