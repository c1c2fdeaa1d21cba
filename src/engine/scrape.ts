import type { Clock } from '../clock.ts';
import { DAY } from '../duration.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Held } from './incidents.ts';
import type { Nines, ProbeStatus } from './nines.ts';
import type { Observer } from './observer.ts';
import { createSlicer } from './slices.ts';

export type ScrapeParts = {
  clock: Clock;
  observer: Observer;
  nines: Nines;
  evaluate: Evaluate;
  /** Counters as they are stored. */
  exported: ReadonlyMap<string, { events: number; bad: number }>;
  open: () => readonly Held[];
};

function* statusesOf(nines: Nines): Generator<ProbeStatus> {
  for (const id of nines.catalog().probes.keys()) {
    const status = nines.probe(id);
    if (status) yield status;
  }
}

/**
 * Hands what a scrape shows to the observer, giving way to others. Of several replicas only the leader shows what all
 * share, or sums over them would count it twice.
 */
export const scrape = async (parts: ScrapeParts): Promise<void> => {
  const { observer, nines, evaluate } = parts;
  await evaluate.refresh();
  const breathe = createSlicer(parts.clock);
  const { leads } = nines.replica();
  observer.connectors(leads ? nines.connectors() : []);
  await observer.locations(leads ? nines : null, breathe);
  const now = parts.clock.now();
  const happenings = leads ? await nines.happenings(null, now - DAY, now + 1) : [];
  await observer.levels(nines.catalog(), leads, parts.open(), happenings);
  if (!leads) return observer.statuses([], [], new Map(), [], 0, breathe);
  const { length: silenced } = nines.silenced();
  return observer.statuses(evaluate.statuses(), statusesOf(nines), parts.exported, parts.open(), silenced, breathe);
};
