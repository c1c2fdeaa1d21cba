import { DAY, HOUR, MINUTE } from '../duration.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import type { Store } from '../store/store.ts';
import type { Incidents } from './incidents.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { ProbeStates } from './probe-states.ts';
import type { Windows } from './windows.ts';

export type RestoreParts = {
  store: Store;
  windows: Windows;
  probeStates: ProbeStates;
  counters: Map<string, { events: number; bad: number }>;
  lastBeats: Map<string, number>;
  evaluate: Evaluate;
  incidents: Incidents;
  now: number;
  /** Checked at several locations: the last word of one of them is not the probe's. */
  isSpread: (probe: string) => boolean;
  /** Slots that start before this are read. */
  until: number;
  /** Only who leads may write. */
  leads: boolean;
  /** How many SLIs there are, about. */
  slis: number;
  turn: () => Promise<void>;
};

/** How far back each width serves the rings and the hourly sums. Newer, finer slots win where widths overlap. */
const FINE = 6 * HOUR;
const RINGS = 3 * DAY;
const BOOKS = 100 * DAY;

/** Reads about this many rows at once: more would fill the store thread's memory, and hold the loop. */
const ROWS = 20_000;

const inSlices = async (
  { slis, turn }: RestoreParts,
  width: number,
  from: number,
  to: number,
  load: (from: number, to: number) => Promise<void>,
): Promise<void> => {
  const step = Math.max(1, Math.floor(ROWS / Math.max(1, slis))) * width;
  for (let start = Math.floor(from / width) * width; start < to; start += step) {
    await load(start, Math.min(to, start + step));
    await turn();
  }
};

/**
 * Rebuilds from the store what the engine keeps in memory. 10 s slots serve the newest six hours, 1 m slots the three
 * days before, 1 h slots all that is older; each instant is counted from one width only.
 */
export const restore = async (parts: RestoreParts): Promise<void> => {
  const { store, windows, now } = parts;
  if (parts.leads) await store.slots.rollUp(now);
  const fineFrom = Math.ceil((now - FINE) / HOUR) * HOUR;
  const ringsFrom = Math.floor((now - RINGS) / HOUR) * HOUR;
  await inSlices(parts, HOUR, now - BOOKS, ringsFrom, async (from, to) => {
    const booked = await store.ledger.readAll(from, to);
    const known = new Set(booked.map(({ sli, start }) => `${start} ${sli}`));
    const slots = await store.slots.readAll(HOUR, from, to);
    // The ledger's row holds what was revised since; a slot without one belongs to an hour that was never closed here.
    for (const slot of [...booked, ...slots.filter(({ sli, start }) => !known.has(`${start} ${sli}`))])
      windows.loadHour(slot.sli, slot);
  });
  const fill = (width: number) => async (from: number, to: number) => {
    for (const slot of await store.slots.readAll(width, from, to)) windows.add(slot.sli, slot);
  };
  await inSlices(parts, MINUTE, ringsFrom, fineFrom, fill(MINUTE));
  await inSlices(parts, CHECK_SLOT_WIDTH, fineFrom, parts.until, fill(CHECK_SLOT_WIDTH));
  // Series that were damaged begin anew; what the books hold of the newest days is not lost with them.
  await inSlices(parts, HOUR, ringsFrom, now, async (from, to) => {
    for (const booked of await store.ledger.readAll(from, to)) {
      const [had] = windows.hours(booked.sli, booked.start, booked.start + HOUR);
      const missing = (field: 'good' | 'total' | 'covered'): number => Math.max(0, booked[field] - (had?.[field] ?? 0));
      if (missing('covered') > 0)
        windows.loadHour(booked.sli, {
          ...booked,
          good: missing('good'),
          total: missing('total'),
          covered: missing('covered'),
        });
    }
  });
  for (const [sli, counter] of await store.counters.read()) parts.counters.set(sli, counter);
  for (const [probe, at] of await store.beats.all()) parts.lastBeats.set(probe, at);
  const newest = await store.results.newest();
  parts.probeStates.restore(newest.filter(({ probe }) => !parts.isSpread(probe)));
  parts.evaluate.adopt(await store.alerts.all());
  if (parts.leads) await store.commit(store.outbox.reclaiming());
  await parts.incidents.restore();
};
