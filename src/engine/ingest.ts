import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { HOUR, MINUTE } from '../duration.ts';
import { beatCheck } from '../probe/heartbeat.ts';
import type { CheckResult } from '../probe/probe.ts';
import type { Word } from '../probe/quorum.ts';
import { createSightings } from '../probe/sightings.ts';
import { CHECK_SLOT_WIDTH, freshnessSlot, slotsOf } from '../slo/indicator.ts';
import { sliceSlot } from '../slo/slice.ts';
import type { Slo } from '../slo/slo.ts';
import type { Incident } from '../incident/incident.ts';
import { slotStart, type Slot } from '../slo/slot.ts';
import type { Store, StoredResult } from '../store/store.ts';
import { judgeResult, wordsOf, type Judged } from './judging.ts';
import type { ProbeStates } from './probe-states.ts';
import { countedBy, type Weighted } from './composites.ts';
import { createShare } from './share.ts';
import { createSliceCount } from './slice-count.ts';
import { inSlices } from './slices.ts';
import type { Windows } from './windows.ts';

/** The location of what runs inside Nines itself. */
export const HOME = 'main';

export type Ingest = {
  /** Check results become results, probe states and slots. */
  results(results: readonly CheckResult[], location: string): void;
  /**
   * The same for results of an agent, which repeats what it got no answer for: each counts once, and all of them are
   * stored when it settles. Gives how many were new, and how many were more than its share.
   */
  reported(results: readonly CheckResult[], location: string): Promise<{ taken: number; refused: number }>;
  /** What each location of a probe says now. */
  words(probe: CatalogProbe, now: number): Word[];
  /** Heartbeats that are due are judged; freshness slots and time slices that are over are counted. */
  beats(now: number): void;
  /** An incident ended: it counts once for every recovery objective of its service. */
  incident(incident: Incident): void;
  /** The data of an SLO changed by other ways than these. */
  changed(slo: string): void;
  /** Adds to the counters of an SLO and of the composites that it is a part of. */
  count(slo: string, slot: Slot): void;
  /** SLOs whose data changed since the last call. */
  takeDirty(): ReadonlySet<string>;
  /** Settles when it counts for all that comes, or a newer one does. */
  use(catalog: Catalog): Promise<void>;
  /** What was counted before, by this replica or another, is not counted again. */
  begin(): void;
  /** The wall clock was set by `ms`. */
  clockSet(ms: number): void;
};

export type IngestParts = {
  store: Store;
  windows: Windows;
  probeStates: ProbeStates;
  counters: Map<string, { events: number; bad: number }>;
  lastBeats: ReadonlyMap<string, number>;
  /** Since when data could have reached us. */
  listeningSince: () => number;
  onResult: (result: CheckResult) => void;
  now: () => number;
  turn: () => Promise<void>;
  /** The result as it counts, after planned work, and while its location is cut off. */
  excuse: (probe: CatalogProbe, result: CheckResult, location: string) => CheckResult;
  /** How often a probe is due at present, ms. */
  intervalOf: (probe: CatalogProbe) => number;
};

const stored = (result: CheckResult, location: string): StoredResult => ({
  location,
  address: result.address,
  degraded: result.degraded,
  attempts: result.attempts,
  readings: JSON.stringify(result.readings),
  stalledMs: result.stalledMs,
  probe: result.probe,
  at: result.at,
  durationMs: result.durationMs,
  outcome: result.outcome,
  reason: result.reason,
  detail: result.detail,
  status: result.status,
  phases: JSON.stringify(result.phases),
  certificateExpiresAt: result.certificateExpiresAt,
});

type Counted = Judged & { probe: CatalogProbe; slots: readonly { slo: Slo; slot: Slot }[] };

/** 10 s slots are kept for 6 h and added up every minute: after that a late result goes into its minute. */
const COARSE_AFTER = 6 * HOUR - 5 * MINUTE;

const widthAt = (at: number, now: number): number => (now - at > COARSE_AFTER ? MINUTE : CHECK_SLOT_WIDTH);

/** What one location saw; nothing when the others contradict it. */
const ownWord = ({ seen, overruled }: Judged) => (overruled ? { ...seen, reason: 'limited' } : seen);

/** What a judged result adds to one SLO. Availability is the locations' common word; latency is each one's own. */
const slotsFor = ({ indicator }: Slo, judged: Judged, intervalMs: number, now: number): readonly Slot[] => {
  const { seen, result } = judged;
  const own = ownWord(judged);
  const probes = ('probes' in indicator ? indicator.probes.length : 1) * judged.locations;
  const check = { ...(indicator.kind === 'latency' ? own : result), intervalMs, probes };
  return slotsOf(indicator, check, widthAt(seen.at, now));
};

/** Which SLO counts which probe. */
const readings = function* ({ slos }: Catalog): Generator<readonly [Slo, string]> {
  for (const slo of slos.values()) {
    if (slo.notConfigured || (slo.indicator.kind !== 'probe' && slo.indicator.kind !== 'latency')) continue;
    for (const probe of slo.indicator.probes) yield [slo, probe];
  }
};

export const createIngest = (parts: IngestParts): Ingest => {
  let catalog: Catalog;
  let readers = new Map<string, Slo[]>();
  let composites: ReadonlyMap<string, readonly Weighted[]> = new Map();
  let dirty = new Set<string>();
  let uses = 0;
  const lastJudged = new Map<string, number>();
  const freshUntil = new Map<string, number>();

  const sightings = createSightings();
  const share = createShare();
  let reporting: Promise<unknown> = Promise.resolve();

  const bump = (slo: string, { good, total }: Slot, weight: number): void => {
    const { events, bad } = parts.counters.get(slo) ?? { events: 0, bad: 0 };
    parts.counters.set(slo, { events: events + weight * total, bad: bad + weight * (total - good) });
  };

  const count = (slo: string, slot: Slot): void => {
    bump(slo, slot, 1);
    for (const { slo: composite, weight } of composites.get(slo) ?? []) bump(composite, slot, weight);
  };

  const countSlot = (slo: Slo, slot: Slot): void => {
    parts.windows.add(slo.id, slot);
    count(slo.id, slot);
    dirty.add(slo.id);
  };

  const addSlot = (slo: Slo, slot: Slot): void => {
    countSlot(slo, slot);
    parts.store.slots.add([{ sli: slo.id, ...slot }]);
  };

  const sliceCount = createSliceCount({
    now: parts.now,
    store: parts.store,
    windows: parts.windows,
    count: (slo, start, sliceMs, word) => addSlot(slo, sliceSlot(start, sliceMs, word, widthAt(start, parts.now()))),
  });

  const judged = (batch: readonly CheckResult[], location: string): Counted[] =>
    batch.flatMap((raw) => {
      const probe = catalog.probes.get(raw.probe);
      if (!probe) return [];
      const result = parts.excuse(probe, raw, location);
      const now = parts.now();
      const judgement = judgeResult(sightings, probe, result, location, now, parts.listeningSince());
      const slots = (readers.get(result.probe) ?? []).flatMap((slo) =>
        slotsFor(slo, judgement, result.coversMs ?? parts.intervalOf(probe), now).map((slot) => ({ slo, slot })),
      );
      return [{ ...judgement, probe, slots }];
    });

  /** A late result is history: it counts in the books, and the present stays what newer ones made it. */
  const see = (counted: Counted): void => {
    const { probe, seen, result, location, late, heard } = counted;
    sliceCount.see(probe.id, result, ownWord(counted));
    if (!late) parts.probeStates.see(probe, stored(result, location), heard);
    parts.onResult(seen);
  };

  const results = (batch: readonly CheckResult[], location: string): void => {
    const counted = judged(batch, location);
    for (const one of counted) {
      see(one);
      for (const { slo, slot } of one.slots) addSlot(slo, slot);
    }
    parts.store.results.add(counted.map(({ seen }) => stored(seen, location)));
  };

  const report = async (batch: readonly CheckResult[], location: string): ReturnType<Ingest['reported']> => {
    const known = new Set(await parts.store.reports.known(location, batch));
    const news = new Map(batch.map((result) => [`${result.at} ${result.probe}`, result]));
    const fresh = [...news].filter(([key]) => !known.has(key)).map(([, result]) => result);
    const theirs = fresh.filter(({ probe: id, at }) => {
      const probe = catalog.probes.get(id);
      return probe !== undefined && share.take(probe, location, at);
    });
    const counted = judged(theirs, location);
    const slots = counted.flatMap(({ slots: made }) => made.map(({ slo, slot }) => ({ sli: slo.id, ...slot })));
    const rows = counted.map(({ seen }) => stored(seen, location));
    await parts.store.reports.add(rows, slots).catch((error: unknown) => {
      for (const { probe, at } of theirs) share.giveBack(probe, location, at);
      throw error;
    });
    for (const one of counted) {
      see(one);
      for (const { slo, slot } of one.slots) countSlot(slo, slot);
    }
    return { taken: counted.length, refused: fresh.length - counted.length };
  };

  const judgeBeat = (probe: CatalogProbe & { kind: 'heartbeat' }, now: number): CheckResult | null => {
    const due = slotStart(now, Math.min(probe.intervalMs, 60_000));
    if (lastJudged.get(probe.id) === due) return null;
    lastJudged.set(probe.id, due);
    const lastBeatAt = parts.lastBeats.get(probe.id) ?? null;
    return beatCheck(probe, { lastBeatAt, startedAt: parts.listeningSince() }, now);
  };

  const countFreshness = (slo: Slo, now: number): void => {
    if (slo.indicator.kind !== 'freshness' || slo.notConfigured) return;
    const closed = slotStart(now, CHECK_SLOT_WIDTH);
    for (let start = freshUntil.get(slo.id) ?? closed; start < closed; start += CHECK_SLOT_WIDTH) {
      const lastBeatAt = parts.lastBeats.get(slo.indicator.probe) ?? null;
      addSlot(slo, freshnessSlot(slo.indicator, lastBeatAt, start, CHECK_SLOT_WIDTH));
    }
    freshUntil.set(slo.id, closed);
  };

  return {
    results,
    // One after the other: whether a result is known must not change between the question and the commit.
    reported(batch, location) {
      const done = reporting.then(() => report(batch, location));
      reporting = done.catch(() => undefined);
      return done;
    },
    words: (probe, now) => wordsOf(sightings, probe, now),
    clockSet(ms) {
      sightings.clockSet(ms);
      sliceCount.begin();
    },
    begin() {
      freshUntil.clear();
      sliceCount.begin();
    },
    incident({ system, service, badFrom, badTo, changedAt }) {
      for (const slo of catalog.slos.values()) {
        if (slo.notConfigured || slo.indicator.kind !== 'incident-clock') continue;
        if (slo.system !== system || slo.service !== service) continue;
        const end = badTo ?? changedAt;
        const good = end - badFrom <= slo.indicator.withinMs ? 1 : 0;
        addSlot(slo, { start: slotStart(end, CHECK_SLOT_WIDTH), width: CHECK_SLOT_WIDTH, good, total: 1, covered: 0 });
      }
    },
    beats(now) {
      const judged = [...catalog.probes.values()]
        .filter((probe) => probe.kind === 'heartbeat' && !probe.notConfigured)
        .map((probe) => judgeBeat(probe as CatalogProbe & { kind: 'heartbeat' }, now))
        .filter((result) => result !== null);
      if (judged.length > 0) results(judged, HOME);
      for (const slo of catalog.slos.values()) countFreshness(slo, now);
      sliceCount.close(now);
    },
    changed: (slo) => void dirty.add(slo),
    count,
    takeDirty() {
      const taken = dirty;
      dirty = new Set();
      for (const slo of taken) for (const { slo: composite } of composites.get(slo) ?? []) taken.add(composite);
      return taken;
    },
    async use(next) {
      const mine = ++uses;
      const found = new Map<string, Slo[]>();
      const read = ([slo, probe]: readonly [Slo, string]): void => {
        const slos = found.get(probe);
        if (slos) slos.push(slo);
        else found.set(probe, [slo]);
      };
      if (!(await inSlices(readings(next), read, parts.turn, () => mine === uses))) return;
      catalog = next;
      readers = found;
      parts.windows.use(next.slos);
      composites = countedBy(next.slos);
      sliceCount.use(next);
      sightings.keepOnly(next.probes);
      share.keepOnly(next.probes);
      for (const probe of lastJudged.keys()) if (!next.probes.has(probe)) lastJudged.delete(probe);
      // An SLO that is defined anew is counted from then on: nobody judged what lies between.
      for (const slo of freshUntil.keys()) if (!next.slos.has(slo)) freshUntil.delete(slo);
    },
  };
};
