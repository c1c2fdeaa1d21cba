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
};

/** How far back each width serves the rings and the hourly sums. Newer, finer slots win where widths overlap. */
const FINE = 6 * HOUR;
const RINGS = 3 * DAY;
const BOOKS = 100 * DAY;

/**
 * Rebuilds from the store what the engine keeps in memory. 10 s slots serve the newest six hours, 1 m slots the three
 * days before, 1 h slots all that is older; each instant is counted from one width only.
 */
export const restore = async (parts: RestoreParts): Promise<void> => {
  const { store, windows, now } = parts;
  await store.slots.rollUp(now);
  const fineFrom = Math.ceil((now - FINE) / HOUR) * HOUR;
  const ringsFrom = Math.floor((now - RINGS) / HOUR) * HOUR;
  for (const slot of await store.slots.readAll(HOUR, now - BOOKS, ringsFrom)) windows.loadHour(slot.sli, slot);
  for (const slot of await store.slots.readAll(MINUTE, ringsFrom, fineFrom)) windows.add(slot.sli, slot);
  for (const slot of await store.slots.readAll(CHECK_SLOT_WIDTH, fineFrom, now + CHECK_SLOT_WIDTH))
    windows.add(slot.sli, slot);
  for (const [sli, counter] of await store.counters.read()) parts.counters.set(sli, counter);
  for (const [probe, at] of await store.beats.all()) parts.lastBeats.set(probe, at);
  parts.probeStates.restore(await store.results.newest());
  parts.evaluate.restore(await store.alerts.all());
  await parts.incidents.restore();
};
