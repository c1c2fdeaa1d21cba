import type { Store } from '../store/store.ts';
import type { Incidents } from './incidents.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Judges } from './judges.ts';
import type { ProbeStates } from './probe-states.ts';
import { restoreBooks, restoreLost } from './restore-books.ts';
import { restoreRings, ringsBegin, spansOf } from './restore-rings.ts';
import type { Windows } from './windows.ts';

export type RestoreParts = {
  store: Store;
  windows: Windows;
  probeStates: ProbeStates;
  counters: Map<string, { events: number; bad: number }>;
  lastBeats: Map<string, number>;
  evaluate: Evaluate;
  judges: Pick<Judges, 'adopt'>;
  incidents: Incidents;
  now: number;
  /** Checked at several locations: the last word of one of them is not the probe's. */
  isSpread: (probe: string) => boolean;
  /** Slots that start before this are read. */
  until: number;
  /** Only who leads may write. */
  leads: boolean;
  turn: () => Promise<void>;
};

/**
 * Rebuilds from the store what the engine keeps in memory, by exception: of the newest days all that is not an even spread
 * (restore-rings.ts), of the months before all hours that are not as usual (restore-books.ts).
 */
export const restore = async (parts: RestoreParts): Promise<void> => {
  const { store, now } = parts;
  if (parts.leads) await store.slots.rollUp(now);
  const booked = await restoreBooks(parts, now, ringsBegin(now));
  await restoreRings(parts, spansOf(now, parts.until));
  await restoreLost(parts, booked);
  for (const [sli, counter] of await store.counters.read()) parts.counters.set(sli, counter);
  for (const [probe, at] of await store.beats.all()) parts.lastBeats.set(probe, at);
  const newest = await store.results.newest();
  parts.probeStates.restore(newest.filter(({ probe }) => !parts.isSpread(probe)));
  const alerts = await store.alerts.all();
  parts.judges.adopt(alerts);
  parts.evaluate.adopt(alerts);
  if (parts.leads) await store.commit(store.outbox.reclaiming());
  await parts.incidents.restore();
};
