import { DAY, HOUR } from '../duration.ts';
import { NO_SUMS, type Slot } from '../slo/slot.ts';
import type { RecalledHours, Store } from '../store/store.ts';
import type { Windows } from './windows.ts';

/** As far as a quarter, and the days it takes to look back from its end. */
const BOOKS = 100 * DAY;

/** SLIs that are read at once: the store thread has work, and a page never waits behind many. */
const LANES = 8;

/** Work on the main loop is given back to it after this many SLIs. */
const SLIS_AT_ONCE = 50;

type Parts = { store: Store; windows: Windows; turn: () => Promise<void> };
type Span = { from: number; to: number };

const dayOf = (at: number): number => Math.floor(at / DAY) * DAY;

/** Where the ledger's rows may not be all there is: days with gaps, and data from before its first row. */
const uncertain = (days: RecalledHours['days'], first: number, exactFrom: number, to: number): Span[] => {
  const begin = days[0]?.start ?? exactFrom;
  const gaps = days.filter(({ whole }) => !whole).map(({ start }) => ({ from: start, to: start + DAY }));
  const spans: Span[] = [];
  for (const span of [{ from: Math.min(first, begin), to: begin }, ...gaps, { from: exactFrom, to }]) {
    const last = spans.at(-1);
    if (span.from >= span.to) continue;
    if (last?.to === span.from) last.to = span.to;
    else spans.push({ ...span });
  }
  return spans;
};

const hoursOf = ({ from, to }: Span): number[] =>
  Array.from({ length: (to - from) / HOUR }, (_, at) => from + at * HOUR);

/** A slot without a ledger's row belongs to an hour that was never closed here. */
const unbooked = async ({ store }: Parts, sli: string, spans: readonly Span[], holes: ReadonlySet<number>) => {
  const found: Slot[] = [];
  for (const { from, to } of spans)
    found.push(...(await store.slots.read(sli, HOUR, from, to)).filter(({ start }) => holes.has(start)));
  return found;
};

/**
 * The hours before `to` from the books; where these have none, from the slots. Gives back what the books hold since
 * then, by SLI and oldest first: the newest days come from the slots.
 */
export const restoreBooks = async (parts: Parts, now: number, to: number): Promise<Map<string, readonly Slot[]>> => {
  const { store, windows } = parts;
  const since = dayOf(now - BOOKS);
  const exactFrom = dayOf(to);
  const firsts = await store.slots.firsts();
  const newest = new Map<string, readonly Slot[]>();

  const restoreOne = async (sli: string): Promise<void> => {
    const { usual, days, rows } = await store.ledger.recall(sli, since, exactFrom, now);
    const first = Math.max(since, firsts.get(sli) ?? to);
    const spans = uncertain(days, dayOf(first), exactFrom, to);
    const booked = new Set(rows.map(({ start }) => start));
    const holes = new Set(spans.flatMap(hoursOf).filter((start) => !booked.has(start)));
    for (const hour of rows) if (hour.start < to) windows.loadHour(sli, hour);
    newest.set(
      sli,
      rows.filter(({ start }) => start >= to),
    );
    const isStored = [...holes].some((start) => start + HOUR > first);
    for (const slot of isStored ? await unbooked(parts, sli, spans, holes) : []) {
      windows.loadHour(sli, slot);
      holes.delete(slot.start);
    }
    const whole = days.filter((day) => day.whole);
    const [from, last] = [whole[0]?.start, whole.at(-1)?.start];
    if (from === undefined || last === undefined) return;
    // Between whole days, an hour that nothing is known of is empty, not usual.
    for (const start of holes)
      if (start > from && start < last) windows.loadHour(sli, { start, width: HOUR, ...NO_SUMS });
    windows.loadUsual(sli, { from, to: last + DAY }, usual);
  };

  const slis = [...new Set([...(await store.ledger.slos()), ...firsts.keys()])];
  const lane = async (): Promise<void> => {
    for (let sli = slis.pop(); sli !== undefined; sli = slis.pop()) {
      await restoreOne(sli);
      await parts.turn();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return newest;
};

/**
 * Series that were damaged begin anew; what the books hold of the newest days, `booked` by SLI and oldest first, is not
 * lost with them.
 */
export const restoreLost = async (
  { windows, turn }: Parts,
  booked: ReadonlyMap<string, readonly Slot[]>,
): Promise<void> => {
  let done = 0;
  for (const [sli, hours] of booked) {
    const had = windows.hours(sli, hours[0]?.start ?? Infinity, Infinity);
    let at = 0;
    for (const hour of hours) {
      while ((had[at]?.start ?? Infinity) < hour.start) at++;
      const { good, total, covered } = had[at]?.start === hour.start ? (had[at] ?? NO_SUMS) : NO_SUMS;
      if (hour.covered <= covered) continue;
      windows.loadHour(sli, {
        ...hour,
        good: Math.max(0, hour.good - good),
        total: Math.max(0, hour.total - total),
        covered: hour.covered - covered,
      });
    }
    if (++done % SLIS_AT_ONCE === 0) await turn();
  }
};
