import type { Catalog } from '../definition/catalog.ts';
import type { Change } from '../incident/incident.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import { createIncidentSeries, type LevelNumbers } from '../metrics/incident-series.ts';
import { createLocationSeries, type ProbeWords } from '../metrics/location-series.ts';
import { createProbeSeries } from '../metrics/probe-series.ts';
import type { NinesRegistry } from '../metrics/registry.ts';
import type { Series } from '../metrics/series.ts';
import { createSloSeries } from '../metrics/slo-series.ts';
import type { TraceContext, Tracer } from '../metrics/tracer.ts';
import type { Delivery } from '../notify/channel.ts';
import type { CheckResult } from '../probe/probe.ts';
import { MISSED, type ProberStats } from '../probe/prober.ts';
import type { RequestOutcome } from '../provider/provider.ts';
import type { SloStatus } from '../slo/status.ts';
import type { Happening, OutboxRow, Store } from '../store/store.ts';
import { createIncidentMetrics } from './incident-metrics.ts';
import type { Nines, ProbeStatus } from './nines.ts';
import type { Held } from './incidents.ts';

/** What the locations of probes say. */
type Said = Pick<Nines, 'locations' | 'catalog' | 'words'>;

/** What metrics and traces hear of the engine. */
export type Observer = {
  result(result: CheckResult): void;
  /** Alerts that came through a door, by what became of them. */
  received(door: string, outcome: string, count: number): void;
  delivery(row: OutboxRow, outcome: Delivery['outcome'] | 'superseded' | 'duplicate'): void;
  /** A request to a connector ended. */
  request(connector: string, outcome: RequestOutcome): void;
  reload(outcome: 'success' | 'failure', at: number): void;
  tick(seconds: number): void;
  /** Whether this replica probes and judges. */
  leads(leads: boolean): void;
  /** The last write succeeded, or failed. */
  stored(ok: boolean): void;
  /** Before a scrape: what the series show. */
  statuses(
    slos: readonly SloStatus[],
    probes: Iterable<ProbeStatus>,
    counters: ReadonlyMap<string, { events: number; bad: number }>,
    open: readonly Held[],
    silenced: number,
    breathe: () => Promise<void>,
  ): Promise<void>;
  /** An incident was changed, and it is written. `timeline` reads its whole history. */
  incident(change: Change, timeline: () => Promise<readonly TimelineEntry[]>): void;
  /** Before a scrape. Levels and happenings are shown by the replica that leads. */
  levels(catalog: Catalog, leads: boolean, open: readonly Held[], happenings: readonly Happening[]): Promise<void>;
  /** What sources answered last, as far as this replica asks them. */
  connectors(connectors: readonly { id: string; lastAnswerAt: number | null }[]): void;
  /** Null: another replica shows them. */
  locations(nines: Said | null, breathe: () => Promise<void>): Promise<void>;
  /** Runs `work` as a step of a trace, child of `parent` (`trace()` of an earlier step). */
  span<T>(name: string, attributes: Record<string, string>, work: () => Promise<T>, parent?: TraceContext): Promise<T>;
  trace(): TraceContext;
};

function* wordsIn(nines: Said): Generator<ProbeWords> {
  for (const probe of nines.catalog().probes.values())
    if (probe.locations.length > 0) yield { probe, words: nines.words(probe.id) };
}

/** The highest level of each service; those without an open incident are at 0. */
const levelsOf = ({ services, environment }: Catalog, open: readonly Held[]): readonly LevelNumbers[] =>
  [...services.values()].map(({ system, local }) => {
    const own = open.filter(({ incident }) => incident.system === system && incident.service === local);
    return {
      system,
      environment,
      service: local,
      level: Math.max(0, ...own.map(({ incident }) => incident.level ?? 0)),
    };
  });

export const createObserver = (registry: NinesRegistry, series: Series, tracer: Tracer): Observer => {
  const slos = createSloSeries(series);
  const probes = createProbeSeries(series);
  const locations = createLocationSeries(series);
  const incidents = createIncidentSeries(series);
  const counted = createIncidentMetrics(registry);
  return {
    // A history that cannot be read costs one measurement, never the change that was just written.
    incident: (change, timeline) => void counted.count(change, timeline).catch(() => {}),
    levels(catalog, leads, open, happenings) {
      counted.begin(
        catalog,
        open.map(({ incident }) => incident),
      );
      if (!leads) return incidents.update([], [], '');
      return incidents.update(levelsOf(catalog, open), happenings, catalog.environment);
    },
    result: ({ outcome, reason }) => registry.checks.inc({ outcome, reason }),
    received(door, outcome, count) {
      if (count > 0) registry.alertsReceived.inc({ door, outcome }, count);
    },
    delivery(row, outcome) {
      if (outcome === 'duplicate') registry.possibleDuplicates.inc({ channel: row.channel });
      else registry.deliveries.inc({ channel: row.channel, outcome });
    },
    request: (connector, outcome) => registry.connectorRequests.inc({ connector, outcome }),
    reload(outcome, at) {
      registry.catalogReloads.inc({ outcome });
      registry.catalogValid.set(outcome === 'success' ? 1 : 0);
      if (outcome === 'success') registry.catalogLoaded.set(at / 1000);
    },
    tick: (seconds) => registry.tickDuration.observe(seconds),
    leads: (leads) => registry.leader.set(leads ? 1 : 0),
    stored: (ok) => registry.storeWritable.set(ok ? 1 : 0),
    async statuses(sloStatuses, probeStatuses, counters, open, silenced, breathe) {
      registry.alertsSilenced.set(silenced);
      slos.update(sloStatuses, counters);
      await probes.update(probeStatuses, breathe);
      for (const severity of ['critical', 'warning'])
        registry.incidentsOpen.set({ severity }, open.filter(({ incident }) => incident.severity === severity).length);
    },
    connectors(connectors) {
      registry.connectorAnswered.reset();
      for (const { id, lastAnswerAt } of connectors)
        if (lastAnswerAt !== null) registry.connectorAnswered.set({ connector: id }, lastAnswerAt / 1000);
    },
    locations: (nines, breathe) =>
      nines === null ? locations.update([], [], breathe) : locations.update(nines.locations(), wordsIn(nines), breathe),
    span: (name, attributes, work, parent) => tracer.span(name, attributes, work, parent),
    trace: () => tracer.current(),
  };
};

/** What only a scrape needs to know: the outbox, and the checks that were missed. */
export const refreshForScrape = async (
  registry: NinesRegistry,
  store: Store,
  stats: ProberStats,
  before: ProberStats | null,
  now: number,
): Promise<void> => {
  for (const reason of MISSED)
    registry.checksMissed.inc({ reason }, Math.max(0, stats.missed[reason] - (before?.missed[reason] ?? 0)));
  const counts = await store.outbox.counts();
  registry.outboxRows.reset();
  for (const { state, count } of counts) registry.outboxRows.inc({ state }, count);
  const waiting = counts.filter(({ state }) => state === 'queued' || state === 'sending' || state === 'uncertain');
  registry.outboxOldest.set(
    waiting.length > 0 ? Math.max(0, (now - Math.min(...waiting.map(({ oldest }) => oldest))) / 1000) : 0,
  );
};
