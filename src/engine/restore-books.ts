import { DAY, HOUR } from '../duration.ts';
import { NO_SUMS, type Slot } from '../slo/slot.ts';
import type { RecalledHours, Store } from '../store/store.ts';
import type { Windows } from './windows.ts';

/** As far as a quarter, and the days it takes to look back from its end. */
const BOOKS = 100 * DAY;

/** SLIs that are read at once: the store thread has work, and a page never waits behind many. */
const LANES = 8;

type Parts = { store: Store; windows: Windows; turn: () => Promise<void> };
type Span = { from: number; to: number };

const dayOf = (at: number): number => Math.floor(at / DAY) * DAY;

/** Where the ledger's rows may not be all there is: days with gaps, and data from before its first row. */
const uncertain = ({ days }: RecalledHours, first: number, exactFrom: number, to: number): Span[] => {
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

/** A slot without a ledger's row belongs to an hour that was never closed here. */
const unbooked = async ({ store }: Parts, sli: string, spans: readonly Span[], booked: ReadonlySet<number>) => {
  const found: Slot[] = [];
  for (const { from, to } of spans)
    found.push(...(await store.slots.read(sli, HOUR, from, to)).filter(({ start }) => !booked.has(start)));
  return found;
};

/**
 * The hours before `to` from the books; where these have none, from the slots. Gives back what the books hold since
 * then, by SLI: the newest days come from the slots.
 */
export const restoreBooks = async (parts: Parts, now: number, to: number): Promise<Map<string, readonly Slot[]>> => {
  const { store, windows } = parts;
  const since = dayOf(now - BOOKS);
  const exactFrom = dayOf(to);
  const firsts = await store.slots.firsts();
  const newest = new Map<string, readonly Slot[]>();

  const restoreOne = async (sli: string): Promise<void> => {
    const recalled = await store.ledger.recall(sli, since, exactFrom, now);
    const booked = recalled.rows.filter(({ start }) => start < to);
    const known = new Set(booked.map(({ start }) => start));
    const first = firsts.get(sli);
    const spans = uncertain(recalled, first === undefined ? exactFrom : Math.max(since, dayOf(first)), exactFrom, to);
    const hours = [...booked, ...(first === undefined ? [] : await unbooked(parts, sli, spans, known))];
    for (const hour of hours) windows.loadHour(sli, hour);
    newest.set(
      sli,
      recalled.rows.filter(({ start }) => start >= to),
    );
    const whole = recalled.days.filter((day) => day.whole);
    const [from, last] = [whole[0]?.start, whole.at(-1)?.start];
    if (from === undefined || last === undefined) return;
    // Between whole days, an hour that nothing is known of is empty, not usual.
    const loaded = new Set(hours.map(({ start }) => start));
    for (const day of recalled.days)
      for (let start = day.start; !day.whole && start < day.start + DAY; start += HOUR)
        if (start >= from && start < last && !loaded.has(start))
          windows.loadHour(sli, { start, width: HOUR, ...NO_SUMS });
    windows.loadUsual(sli, { from, to: last + DAY }, recalled.usual);
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
