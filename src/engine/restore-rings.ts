import { DAY, HOUR, MINUTE } from '../duration.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import { RING_LEVELS } from '../slo/rings.ts';
import type { Slot } from '../slo/slot.ts';
import { spread } from '../slo/spread.ts';
import type { Recalled, RecallSpans, Store } from '../store/store.ts';
import { withNewestTraffic } from './newest-traffic.ts';
import type { Windows } from './windows.ts';

const RINGS = 3 * DAY;
/** How long 10 s slots are kept. */
const FINE = 6 * HOUR;

/** So much of the newest is read slot by slot: most SLIs have their newest traffic in it. */
const EXACT = 5 * MINUTE;

/** Work on the main loop is given back to it after this many SLIs. */
const SLIS_AT_ONCE = 10;

const floor = (at: number, width: number): number => Math.floor(at / width) * width;

/** How far back the finest ring reaches. */
const FINEST = Math.min(...RING_LEVELS.map(({ width, slots }) => width * slots));

/** Where the newest days begin, at the start of an hour: older hours come from the books. */
export const ringsBegin = (now: number): number => floor(now - RINGS, HOUR);

/** `until` is where the slots end that may be read, `now` where they could have been rolled up. */
export const spansOf = (now: number, until: number): RecallSpans => {
  const settled = floor(Math.min(now, until) - EXACT, MINUTE);
  const fineFrom = floor(now - FINEST, MINUTE);
  return {
    hoursFrom: ringsBegin(now),
    minutesFrom: floor(fineFrom, HOUR),
    badFineFrom: floor(now - FINE, HOUR) + HOUR,
    fineFrom,
    settled,
    until,
  };
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

/** Where something is known of a coarse slot, that, and the rest of the slot spread over its other slots of `width`. */
const refine = (coarse: readonly Slot[], finer: readonly Slot[], within: number, width: number): Slot[] => {
  const left = new Map(coarse.map((slot) => [slot.start, slot]));
  const found: Slot[] = [];
  for (const [start, known] of byStart(finer, within)) {
    const whole = left.get(start);
    left.delete(start);
    for (const slot of whole ? spread(whole, known, width) : known) found.push(slot);
  }
  for (const slot of left.values()) found.push(slot);
  return found;
};

/** The slots of one SLI's newest days, newest first: wide ones where the traffic was good all the time. */
const slotsOf = ({ hours, minutes, fine }: Recalled): Slot[] => {
  const inMinutes = refine(hours, minutes, HOUR, MINUTE);
  const wide = inMinutes.filter(({ width }) => width > MINUTE);
  const finest = refine(
    inMinutes.filter(({ width }) => width === MINUTE),
    fine,
    MINUTE,
    CHECK_SLOT_WIDTH,
  );
  return [...wide, ...finest].sort((a, b) => b.start - a.start);
};

/** An hour as the sum of its slots, from the first to the end of the last. */
const grow = (hour: Slot, { start, width, good, total, covered }: Slot): void => {
  const end = Math.max(hour.start + hour.width, start + width);
  hour.start = Math.min(hour.start, start);
  hour.width = end - hour.start;
  hour.good += good;
  hour.total += total;
  hour.covered += covered;
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
      let hour: Slot | null = null;
      // Newest first, so that no ring has to make room again and again.
      for (const slot of slotsOf(await withNewestTraffic(store, recalled, spans.settled))) {
        windows.loadRing(sli, slot);
        if (hour && floor(hour.start, HOUR) === floor(slot.start, HOUR)) grow(hour, slot);
        else {
          if (hour) windows.loadHour(sli, hour);
          hour = { ...slot };
        }
      }
      if (hour) windows.loadHour(sli, hour);
      if (++done % SLIS_AT_ONCE === 0) await turn();
    }
};
