import { MINUTE, SECOND } from '../duration.ts';
import type { Indicator, Measure } from '../slo/indicator.ts';
import type { CatalogConnector, CatalogProbe } from './catalog.ts';
import { idsLike, ms } from './meaning.ts';
import type { IndicatorOf, IndicatorSpec, ServiceSpec, SloSpec } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';

/** Where an SLO stands: what it names is found from here. */
export type Around = { system: SystemDocument; service: ServiceSpec };

/** What indicators read from, by whole id. */
export type Sources = {
  probes: ReadonlyMap<string, CatalogProbe>;
  connectors: ReadonlyMap<string, CatalogConnector>;
};

/** An SLO that a composite names: `slo` of the same service, or `service/slo`; undefined when there is none. */
export const partNamed = ({ system, service }: Around, name: string): (Around & { slo: SloSpec }) | undefined => {
  const [slo = '', local = service.id] = name.split('/', 2).toReversed();
  const home = system.services.find(({ id }) => id === local);
  const found = home?.slos.find(({ id }) => id === slo);
  return home && found && { system, service: home, slo: found };
};

const partsOf = (around: Around, { parts }: IndicatorOf<'composite'>) =>
  parts.flatMap(({ slo: name, weight }) => {
    const part = partNamed(around, name);
    return part ? [{ ...part, name, weight }] : [];
  });

const probesOf = ({ service }: Around, indicator: IndicatorSpec): readonly string[] => {
  if (indicator.kind === 'probe' || indicator.kind === 'latency')
    return [...new Set(indicator.probes.flatMap((name) => idsLike(name, service.probes)))];
  if (indicator.kind === 'freshness') return [indicator.probe];
  return indicator.kind === 'time-slice' && indicator.source.kind === 'probe' ? [indicator.source.probe] : [];
};

/** The connector that an indicator reads; undefined for what Nines measures itself. */
export const connectorNameOf = (indicator: IndicatorSpec): string | undefined => {
  if (indicator.kind === 'events' || indicator.kind === 'promql') return indicator.connector;
  return indicator.kind === 'time-slice' && indicator.source.kind === 'query' ? indicator.source.connector : undefined;
};

/** Exactly one of its ways to count is written: the lint has seen to that. */
const measureOf = (spec: IndicatorOf<'promql'>): Measure => {
  const { errors, good, total = '', ratio, histogram, nativeHistogram, gauge = '', threshold = '0s' } = spec;
  const thresholdSeconds = ms(threshold) / SECOND;
  if (errors !== undefined) return { kind: 'errors', errors, total };
  if (good !== undefined) return { kind: 'good', good, total };
  if (ratio !== undefined) return { kind: 'ratio', ratio };
  if (histogram !== undefined) return { kind: 'histogram', histogram, thresholdSeconds };
  if (nativeHistogram === undefined) return { kind: 'gauge', gauge };
  return { kind: 'native-histogram', histogram: nativeHistogram, thresholdSeconds };
};

export const indicatorOf = (around: Around, indicator: IndicatorSpec): Indicator => {
  const { system, service } = around;
  const whole = (local: string): string => `${system.id}/${service.id}/${local}`;
  const connector = `${system.id}/${connectorNameOf(indicator)}`;
  switch (indicator.kind) {
    case 'probe':
      return { kind: 'probe', probes: probesOf(around, indicator).map(whole) };
    case 'latency':
      return {
        kind: 'latency',
        probes: probesOf(around, indicator).map(whole),
        thresholdMs: ms(indicator.threshold),
      };
    case 'events':
      return { kind: 'events', connector: indicator.connector };
    case 'freshness':
      return { kind: 'freshness', probe: whole(indicator.probe), maxAgeMs: ms(indicator.maxAge) };
    case 'incident-clock':
      return { kind: 'incident-clock', withinMs: ms(indicator.within) };
    case 'time-slice': {
      const { source, comparison, threshold, slice } = indicator;
      return {
        kind: 'time-slice',
        source: source.kind === 'probe' ? { ...source, probe: whole(source.probe) } : { ...source, connector },
        comparison,
        threshold,
        sliceMs: ms(slice),
      };
    }
    case 'composite':
      return {
        kind: 'composite',
        parts: partsOf(around, indicator).map((part) => ({
          slo: `${system.id}/${part.service.id}/${part.slo.id}`,
          weight: part.weight,
        })),
      };
    case 'promql':
      return { kind: 'promql', connector, measure: measureOf(indicator), groupBy: indicator.groupBy };
  }
};

/** Why nothing can be measured; null when it can. */
export const sloNotConfigured = (around: Around, { indicator }: SloSpec, sources: Sources): string | null => {
  const { system, service } = around;
  const name = connectorNameOf(indicator);
  if (name !== undefined) {
    const reason = sources.connectors.get(`${system.id}/${name}`)?.notConfigured;
    return reason ? `connector ${name}: ${reason}` : null;
  }
  if (indicator.kind === 'composite') {
    for (const part of partsOf(around, indicator)) {
      const reason = sloNotConfigured(part, part.slo, sources);
      if (reason) return `part ${part.name}: ${reason}`;
    }
    return null;
  }
  for (const local of probesOf(around, indicator)) {
    const reason = sources.probes.get(`${system.id}/${service.id}/${local}`)?.notConfigured;
    if (reason) return `probe ${local}: ${reason}`;
  }
  return null;
};

/** Whether this version can measure it at all. */
export const isServed = (around: Around, { indicator }: SloSpec): boolean =>
  indicator.kind === 'composite'
    ? partsOf(around, indicator).every((part) => isServed(part, part.slo))
    : indicator.kind !== 'events';

/** One failed check of a new service is no trend; of the requests of many users some always fail. */
export const leastBadOf = (around: Around, { indicator, minBad }: SloSpec): number => {
  if (minBad !== undefined) return minBad;
  if (indicator.kind === 'composite')
    return Math.max(
      3,
      ...partsOf(around, indicator).map((part) => leastBadOf(part, { ...part.slo, minBad: undefined })),
    );
  return indicator.kind === 'events' || indicator.kind === 'promql' ? 10 : 3;
};

/** The results of an agent, or of a check that took its time, are on their way for so long. */
const ROAD_MS = 5 * SECOND;

/** How long the last check of a slice may take to be known; with several locations, until one of them counts as silent. */
const resultLagOf = (probe: CatalogProbe | undefined): number => {
  if (!probe || probe.kind === 'heartbeat') return ROAD_MS;
  return ROAD_MS + probe.timeoutMs + (probe.locations.length > 0 ? 2 * probe.intervalMs : 0);
};

/** Slots of a connector are a minute or a slice wide, and are asked for within seconds of being over and settled. */
const pulledLagOf = (connector: CatalogConnector | undefined, sliceMs: number): number =>
  Math.max(MINUTE, sliceMs) + (connector?.kind === 'prometheus' ? ms(connector.spec.settle) : 0) + 2 * ROAD_MS;

/** What is younger than this is not known yet, or still revised. A slice is known when it is over. */
export const settleLagOf = (around: Around, { indicator }: SloSpec, sources: Sources): number => {
  const { system, service } = around;
  if (indicator.kind === 'composite')
    return Math.max(0, ...partsOf(around, indicator).map((part) => settleLagOf(part, part.slo, sources)));
  const name = connectorNameOf(indicator);
  const slice = indicator.kind === 'time-slice' ? ms(indicator.slice) : 0;
  if (name !== undefined && indicator.kind !== 'events')
    return pulledLagOf(sources.connectors.get(`${system.id}/${name}`), slice);
  if (indicator.kind !== 'time-slice' || indicator.source.kind !== 'probe') return 0;
  return slice + resultLagOf(sources.probes.get(`${system.id}/${service.id}/${indicator.source.probe}`));
};

/** Heartbeats are judged every minute, however seldom they come. */
const gapOf = (probe: CatalogProbe | undefined): number =>
  probe === undefined ? 0 : probe.kind === 'heartbeat' ? Math.min(probe.intervalMs, MINUTE) : probe.intervalMs;

/**
 * How long its input must be silent to be missing: what is written, and never less than two gaps between two checks, or
 * than a slice and five minutes, so that what comes seldom is not missed in between. Freshness is counted all the time.
 */
export const noDataAfterOf = (around: Around, { indicator, noData }: SloSpec, sources: Sources): number => {
  const { system, service } = around;
  const written = ms(noData.after);
  if (indicator.kind === 'freshness') return written;
  if (indicator.kind === 'composite')
    return Math.max(written, ...partsOf(around, indicator).map((part) => noDataAfterOf(part, part.slo, sources)));
  const gaps = probesOf(around, indicator).map((local) =>
    gapOf(sources.probes.get(`${system.id}/${service.id}/${local}`)),
  );
  const slice = indicator.kind === 'time-slice' ? ms(indicator.slice) + 5 * MINUTE : 0;
  return Math.max(written, slice, ...gaps.map((gap) => 2 * gap));
};
