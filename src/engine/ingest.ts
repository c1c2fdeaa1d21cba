import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { beatCheck } from '../probe/heartbeat.ts';
import type { CheckResult } from '../probe/probe.ts';
import { CHECK_SLOT_WIDTH, freshnessSlot, slotsOf } from '../slo/indicator.ts';
import type { Slo } from '../slo/slo.ts';
import type { Incident } from '../incident/incident.ts';
import { slotStart, type Slot } from '../slo/slot.ts';
import type { Store, StoredResult } from '../store/store.ts';
import type { ProbeStates } from './probe-states.ts';
import type { Windows } from './windows.ts';

/** The location of what runs inside Nines itself. */
export const HOME = 'main';

export type Ingest = {
  /** Check results become results, probe states and slots. */
  results(results: readonly CheckResult[], location: string): void;
  /** Heartbeats that are due are judged, and freshness slots that closed are counted. */
  beats(now: number): void;
  /** An incident ended: it counts once for every recovery objective of its service. */
  incident(incident: Incident): void;
  /** SLOs whose data changed since the last call. */
  takeDirty(): ReadonlySet<string>;
  use(catalog: Catalog): void;
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
  /** The result as it counts, after planned work. */
  excuse: (probe: CatalogProbe, result: CheckResult) => CheckResult;
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

export const createIngest = (parts: IngestParts): Ingest => {
  let catalog: Catalog;
  let readers = new Map<string, Slo[]>();
  let dirty = new Set<string>();
  const lastJudged = new Map<string, number>();
  const freshUntil = new Map<string, number>();

  const addSlot = (slo: Slo, slot: Slot): void => {
    parts.windows.add(slo.id, slot);
    parts.store.slots.add([{ sli: slo.id, ...slot }]);
    const counter = parts.counters.get(slo.id) ?? { events: 0, bad: 0 };
    parts.counters.set(slo.id, { events: counter.events + slot.total, bad: counter.bad + slot.total - slot.good });
    dirty.add(slo.id);
  };

  const results = (batch: readonly CheckResult[], location: string): void => {
    const counted: StoredResult[] = [];
    for (const raw of batch) {
      const probe = catalog.probes.get(raw.probe);
      if (!probe) continue;
      const result = parts.excuse(probe, raw);
      counted.push(stored(result, location));
      parts.probeStates.see(probe, stored(result, location));
      parts.onResult(result);
      for (const slo of readers.get(result.probe) ?? []) {
        const probes = 'probes' in slo.indicator ? slo.indicator.probes.length : 1;
        const intervalMs = result.coversMs ?? parts.intervalOf(probe);
        for (const slot of slotsOf(slo.indicator, { ...result, intervalMs, probes })) addSlot(slo, slot);
      }
    }
    parts.store.results.add(counted);
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
    },
    takeDirty() {
      const taken = dirty;
      dirty = new Set();
      return taken;
    },
    use(next) {
      catalog = next;
      readers = new Map();
      for (const slo of next.slos.values()) {
        if (slo.notConfigured || (slo.indicator.kind !== 'probe' && slo.indicator.kind !== 'latency')) continue;
        for (const probe of slo.indicator.probes) readers.set(probe, [...(readers.get(probe) ?? []), slo]);
      }
      parts.windows.keepOnly(new Set(next.slos.keys()));
    },
  };
};
