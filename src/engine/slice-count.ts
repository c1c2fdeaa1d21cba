import type { Catalog } from '../definition/catalog.ts';
import { MINUTE } from '../duration.ts';
import { sliceWord, worseWord, type SampledCheck, type SliceWord, type TimeSlice } from '../slo/slice.ts';
import type { Slo } from '../slo/slo.ts';
import { slotStart } from '../slo/slot.ts';
import type { Store, StoredResult } from '../store/store.ts';
import type { Windows } from './windows.ts';

/** As many results of one probe are read at a start. */
const MOST_READ = 5_000;

type Sliced = { slo: Slo; indicator: TimeSlice & { source: { kind: 'probe'; probe: string; metric: string } } };
/** Slices that are not over, by their start; those before `until` are counted. */
type Open = { sliceMs: number; until: number; slices: Map<number, SliceWord> };

/**
 * Samples on their way into slices, and slices into events. A slice is counted once, when its checks are known: what an
 * agent brings later than that changes nothing. A slice that a restart cut in two is made whole from stored results.
 */
export type SliceCount = {
  use(catalog: Catalog): void;
  /** `common` is what all locations of the probe say, `own` what this one saw. */
  see(probe: string, common: SampledCheck, own: SampledCheck): void;
  /** Counts the slices that are over. */
  close(now: number): void;
  /** Somebody else may have counted until now. */
  begin(): void;
};

export type SliceCountParts = {
  now: () => number;
  store: Pick<Store, 'results'>;
  windows: Pick<Windows, 'lastAt'>;
  count: (slo: Slo, start: number, sliceMs: number, word: SliceWord) => void;
};

const sampled = ({ readings, ...result }: StoredResult): SampledCheck => ({
  ...result,
  readings: JSON.parse(readings) as Record<string, unknown>,
});

const slicedOf = (slo: Slo): Sliced | null => {
  const { indicator } = slo;
  if (slo.notConfigured !== null || indicator.kind !== 'time-slice' || indicator.source.kind !== 'probe') return null;
  return { slo, indicator: { ...indicator, source: indicator.source } };
};

export const createSliceCount = ({ now: clockNow, store, windows, count }: SliceCountParts): SliceCount => {
  let catalog: Catalog | null = null;
  let byProbe = new Map<string, Sliced[]>();
  const open = new Map<string, Open>();
  let restoring: Promise<void> | null = null;
  let isRestored = false;
  let term = 0;

  const openOf = ({ slo, indicator: { sliceMs } }: Sliced): Open => {
    let found = open.get(slo.id);
    if (found?.sliceMs !== sliceMs) {
      // A clock that ran ahead has left slots in the future: nothing of what comes now is counted by those.
      const countedUntil = Math.min(windows.lastAt(slo.id) ?? 0, clockNow());
      const until = Math.ceil(countedUntil / sliceMs) * sliceMs;
      open.set(slo.id, (found = { sliceMs, until, slices: new Map() }));
    }
    return found;
  };

  const note = (one: Sliced, check: SampledCheck): void => {
    const word = sliceWord(one.indicator, one.indicator.source.metric, check);
    const { sliceMs, until, slices } = openOf(one);
    const start = slotStart(check.at, sliceMs);
    if (word !== null && start >= until) slices.set(start, worseWord(slices.get(start), word));
  };

  const restoreOne = async (probe: string, some: readonly Sliced[], mine: number): Promise<void> => {
    const { intervalMs = MINUTE, locations = [] } = catalog?.probes.get(probe) ?? {};
    const span = MINUTE + 2 * Math.max(...some.map(({ slo }) => slo.settleLagMs));
    const limit = Math.min(MOST_READ, Math.ceil(span / intervalMs) * Math.max(1, locations.length));
    const results = await store.results.latest(probe, limit);
    // What was seen meanwhile may come twice, and says the same.
    if (mine === term) for (const result of results.map(sampled)) for (const one of some) note(one, result);
  };

  const restore = async (): Promise<void> => {
    const mine = term;
    for (const [probe, some] of byProbe) await restoreOne(probe, some, mine);
    if (mine === term) isRestored = true;
  };

  return {
    use(next) {
      catalog = next;
      byProbe = new Map();
      for (const slo of next.slos.values()) {
        const one = slicedOf(slo);
        if (one) byProbe.set(one.indicator.source.probe, [...(byProbe.get(one.indicator.source.probe) ?? []), one]);
      }
      for (const id of open.keys()) if (!next.slos.has(id)) open.delete(id);
    },
    see(probe, common, own) {
      for (const one of byProbe.get(probe) ?? []) note(one, one.indicator.source.metric === 'failing' ? common : own);
    },
    close(now) {
      if (byProbe.size === 0) return;
      if (!isRestored) {
        // A store that cannot be read is asked again with the next tick; until then slices stay open.
        restoring ??= restore()
          .catch(() => undefined)
          .finally(() => void (restoring = null));
        return;
      }
      for (const some of byProbe.values())
        for (const one of some) {
          const state = openOf(one);
          const { slices, sliceMs } = state;
          if (state.until > now - one.slo.settleLagMs) continue;
          for (const start of [...slices.keys()].sort((a, b) => a - b)) {
            if (start + one.slo.settleLagMs > now) break;
            count(one.slo, start, sliceMs, slices.get(start) ?? 'nothing');
            slices.delete(start);
          }
          // Also of slices without any sample: they stay without data.
          state.until = Math.max(state.until, slotStart(now - one.slo.settleLagMs, sliceMs) + sliceMs);
        }
    },
    begin() {
      term++;
      isRestored = false;
      open.clear();
    },
  };
};
