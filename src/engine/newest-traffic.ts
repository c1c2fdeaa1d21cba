import { HOUR, MINUTE } from '../duration.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import type { Slot } from '../slo/slot.ts';
import type { Recalled, Store } from '../store/store.ts';

const withTraffic = (slots: readonly Slot[]): Slot | undefined => slots.findLast(({ total }) => total > 0);

const replaced = (slots: readonly Slot[], { start, width }: Slot, finer: readonly Slot[]): Slot[] =>
  [...slots.filter((slot) => slot.start < start || slot.start >= start + width), ...finer].sort(
    (a, b) => a.start - b.start,
  );

/**
 * When traffic stopped is a fact that alerts are made of: where an SLI was without any since `settled`, the hour and the
 * minute in which it stopped are read whole, not spread.
 */
export const withNewestTraffic = async (store: Store, recalled: Recalled, settled: number): Promise<Recalled> => {
  const { sli, hours, fine } = recalled;
  let { minutes } = recalled;
  if (fine.some(({ start, total }) => start >= settled && total > 0)) return recalled;
  const hour = withTraffic(hours);
  let minute = withTraffic(minutes);
  if (hour && (!minute || minute.start < hour.start + HOUR)) {
    minutes = replaced(minutes, hour, await store.slots.read(sli, MINUTE, hour.start, hour.start + HOUR));
    minute = withTraffic(minutes);
  }
  if (!minute) return { ...recalled, minutes };
  const exact = await store.slots.read(sli, CHECK_SLOT_WIDTH, minute.start, minute.start + MINUTE);
  return { ...recalled, minutes, fine: replaced(fine, minute, exact) };
};
