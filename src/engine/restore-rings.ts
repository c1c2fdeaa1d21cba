import { DAY, HOUR, MINUTE } from '../duration.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import { RING_LEVELS } from '../slo/rings.ts';
import type { Slot, Sums } from '../slo/slot.ts';
import { spread } from '../slo/spread.ts';
import type { Recalled, RecallSpans, Store } from '../store/store.ts';
import type { Windows } from './windows.ts';

const RINGS = 3 * DAY;
/** How long 10 s slots are kept. */
const FINE = 6 * HOUR;

/** Work on the main loop is given back to it after this many SLIs. */
const SLIS_AT_ONCE = 5;

const floor = (at: number, width: number): number => Math.floor(at / width) * width;

/** What the finest ring that is as wide as `width` or finer holds at `now`. */
const heldBy = (width: number): number =>
  Math.max(...RING_LEVELS.filter((level) => level.width <= width).map((level) => level.width * level.slots));

/** Where the newest days begin, at the start of an hour: older hours come from the books. */
export const ringsBegin = (now: number): number => floor(now - RINGS, HOUR);

/** `until` is where the slots end that may be read, `now` where they could have been rolled up. */
export const spansOf = (now: number, until: number): RecallSpans => {
  const settled = floor(Math.min(now, until), MINUTE);
  const fineFrom = floor(settled - heldBy(CHECK_SLOT_WIDTH), MINUTE);
  return {
    hoursFrom: ringsBegin(now),
    minutesFrom: floor(fineFrom, HOUR),
    badFineFrom: floor(now - FINE, HOUR) + HOUR,
    fineFrom,
    settled,
    until,
  };
};

const sumOf = (slots: readonly Slot[]): Sums => {
  const sums = { good: 0, total: 0, covered: 0 };
  for (const { good, total, covered } of slots) {
    sums.good += good;
    sums.total += total;
    sums.covered += covered;
  }
  return sums;
};

const byStart = (slots: readonly Slot[], width: number): Map<number, Slot[]> => {
  const found = new Map<number, Slot[]>();
  for (const slot of slots) {
    const start = floor(slot.start, width);
    const some = found.get(start);
    if (some) some.push(slot);
    else found.set(start, [slot]);
  }
  return found;
};

/** The coarser slots of [from, to) as slots that the rings tell apart; those without one are only what is known of them. */
const refine = (
  coarse: readonly Slot[],
  known: ReadonlyMap<number, readonly Slot[]>,
  into: (slot: Slot, known: readonly Slot[]) => number,
): Slot[] => {
  const found: Slot[] = [];
  const seen = new Set<number>();
  for (const slot of coarse) {
    seen.add(slot.start);
    const finer = known.get(slot.start) ?? [];
    const step = into(slot, finer);
    if (step === slot.width) found.push(slot);
    else found.push(...spread(slot, finer, step));
  }
  for (const [start, finer] of known) if (!seen.has(start)) found.push(...finer);
  return found;
};

/** The slots of one SLI's newest days, oldest first: each as fine as a ring needs it, or as what is known of it. */
export const slotsOf = ({ hours, minutes, fine }: Recalled, { settled }: RecallSpans): Slot[] => {
  const minutesKept = settled - heldBy(MINUTE);
  const fineKept = settled - heldBy(CHECK_SLOT_WIDTH);
  const all = refine(hours, byStart(minutes, HOUR), ({ start }, known) =>
    known.length > 0 || start + HOUR > minutesKept ? MINUTE : 5 * MINUTE,
  );
  const coarser = all.filter(({ width }) => width > MINUTE);
  const minute = all.filter(({ width }) => width === MINUTE);
  const finest = refine(minute, byStart(fine, MINUTE), ({ start }, known) =>
    known.length > 0 || start + MINUTE > fineKept ? CHECK_SLOT_WIDTH : MINUTE,
  );
  return [...coarser, ...finest].sort((a, b) => a.start - b.start);
};

/** Fills the rings of the newest days, and their hours. */
export const restoreRings = async (
  { store, windows, turn }: { store: Store; windows: Windows; turn: () => Promise<void> },
  spans: RecallSpans,
): Promise<void> => {
  let done = 0;
  for await (const some of store.slots.recall(spans))
    for (const recalled of some) {
      const { sli } = recalled;
      const slots = slotsOf(recalled, spans);
      for (const slot of slots) windows.loadRing(sli, slot);
      for (const [, of] of byStart(slots, HOUR)) {
        const [first, last] = [of[0], of.at(-1)];
        if (first && last)
          windows.loadHour(sli, { start: first.start, width: last.start + last.width - first.start, ...sumOf(of) });
      }
      if (++done % SLIS_AT_ONCE === 0) await turn();
    }
};
