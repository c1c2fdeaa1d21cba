import type { Condition } from '../alert/condition.ts';
import { MINUTE } from '../duration.ts';
import type { Ladder, Policy } from '../incident/policy.ts';
import type { Slo } from '../slo/slo.ts';
import type { MaintenanceWindow } from '../slo/maintenance.ts';
import { correctionsOf, exclusionsOf } from './adjustment.ts';
import type { ActiveProbeSpec, CatalogChannel, CatalogLinks, CatalogProbe, CatalogSystem } from './catalog.ts';
import { NO_ADDRESS } from './connector.ts';
import { indicatorOf, isServed, leastBadOf, noDataAfterOf, settleLagOf, sloNotConfigured } from './indicator.ts';
import type { Sources } from './indicator.ts';
import { isDatabaseUrl, isHttpUrl, ms, ppmOf, tiersOf, windowOf } from './meaning.ts';
import type { ChannelSpec, ConditionSpec, PolicySpec, ProbeSpec, ServiceSpec, SloSpec } from './meaning.ts';
import { revealUrl, textsOf, unsetIn } from './resolve.ts';
import type { Lookup } from './resolve.ts';
import { isAddress } from './runbook.ts';
import { links } from './spec/links.ts';
import type { LinksDocument, SystemDocument } from './spec/document.ts';

/** Where an object stands: the ids and names that it inherits, and where relative runbooks of all systems are. */
export type Home = { system: SystemDocument; service: ServiceSpec; environment: string; runbooks: string };

const MAX_TIMEOUT_MS = 10_000;

export const timeoutOf = (probe: ProbeSpec, isWritten: boolean): number =>
  probe.kind === 'heartbeat' ? 0 : isWritten ? ms(probe.timeout) : Math.min(MAX_TIMEOUT_MS, ms(probe.every));

/** A runbook's address: relative ones stand below the system's `runbooks`, or else below those of the links. */
const runbookOf = (runbook: string | undefined, { system, runbooks }: Home): string | null => {
  if (runbook === undefined) return null;
  if (isAddress(runbook)) return runbook;
  // As an address it can hold no space, no quote and no mention, whatever the page is called.
  const page = runbook.replace(/^\/+/, '').replaceAll('@', '%40');
  const address = `${(system.runbooks ?? runbooks).replace(/\/+$/, '')}/${page}`;
  return URL.parse(address)?.href ?? address;
};

export const systemOf = (system: SystemDocument): CatalogSystem => ({
  id: system.id,
  name: system.name,
  description: system.description ?? null,
  owner: system.owner ?? null,
  zone: system.timeZone,
  residency: system.residency ?? null,
  retentionMs: ms(system.retention),
  maintenance: system.maintenance.map((spec) => maintenanceOf(system, spec)),
  exclusions: exclusionsOf(system),
  corrections: correctionsOf(system),
  connectivity: system.connectivity
    ? {
        probes: system.connectivity.probes.map((name) => wholeProbe(system.id, '', name)),
        atLeast: system.connectivity.atLeast,
      }
    : null,
});

const maintenanceOf = (
  { id, timeZone }: SystemDocument,
  spec: SystemDocument['maintenance'][number],
): MaintenanceWindow => ({
  id: spec.id,
  because: spec.because,
  services: spec.services?.map((service) => `${id}/${service}`) ?? null,
  zone: timeZone,
  forMs: ms(spec.for),
  when: 'from' in spec ? { kind: 'once', from: spec.from } : { kind: 'weekly', at: spec.at, weekdays: spec.weekdays },
});

/** `probe` of the same service, or `service/probe`, as a whole id. */
const wholeProbe = (system: string, service: string, name: string): string =>
  name.includes('/') ? `${system}/${name}` : `${system}/${service}/${name}`;

const placeOf = ({ system, service, environment }: Home, local: string) => ({
  id: `${system.id}/${service.id}/${local}`,
  system: system.id,
  service: service.id,
  environment,
});

export const probeOf = (home: Home, probe: ProbeSpec, isTimeoutWritten: boolean, lookup: Lookup): CatalogProbe => {
  const place = {
    ...placeOf(home, probe.id),
    description: probe.description ?? null,
    intervalMs: ms(probe.every),
    covers: probe.covers,
  };
  if (probe.kind === 'heartbeat')
    return {
      ...place,
      dependsOn: [],
      locations: [],
      quorum: 1,
      burst: null,
      kind: 'heartbeat',
      graceMs: ms(probe.grace),
      failureThreshold: 1,
      recoveryThreshold: 1,
      notConfigured: null,
    };
  const locations = probe.locations ?? [];
  const { burst } = probe;
  return {
    ...place,
    kind: probe.kind,
    timeoutMs: timeoutOf(probe, isTimeoutWritten),
    visits: visitsOf(probe),
    failureThreshold: probe.failureThreshold,
    recoveryThreshold: probe.recoveryThreshold,
    notConfigured: probeNotConfigured(probe, lookup),
    spec: probe,
    requestBudget: requestBudgetOf(home.system, probe.requestBudget),
    dependsOn: probe.dependsOn.map((name) => wholeProbe(home.system.id, home.service.id, name)),
    locations,
    quorum: probe.quorum ?? Math.floor(Math.max(1, locations.length) / 2) + 1,
    burst: burst ? { after: burst.after, intervalMs: ms(burst.every), forMs: ms(burst.for) } : null,
  };
};

const requestBudgetOf = (system: SystemDocument, id: string | undefined) => {
  const budget = system.requestBudgets.find((one) => one.id === id);
  return budget ? { id: `${system.id}/${budget.id}`, requests: budget.requests, perMs: ms(budget.per) } : null;
};

const visitsOf = (probe: ActiveProbeSpec): string => {
  switch (probe.kind) {
    case 'http':
      return `${probe.graphql ? 'POST' : probe.method} ${probe.url}`;
    case 'dns':
      return `${probe.type} ${probe.name}${probe.server === undefined ? '' : ` at ${probe.server}`}`;
    case 'icmp':
      return probe.host;
    case 'postgres':
    case 'redis':
      return probe.url;
    case 'tcp':
    case 'tls':
    case 'grpc':
      return probe.address;
  }
};

const probeNotConfigured = (probe: ActiveProbeSpec, lookup: Lookup): string | null => {
  // What people read is no place for references: a text that looks like one is just a text.
  const unset = unsetIn(textsOf({ ...probe, description: '' }), lookup);
  if (unset) return unset;
  if (probe.kind === 'http') return isHttpUrl(revealUrl(probe.url, lookup)) ? null : `its url ${NO_ADDRESS}`;
  if (probe.kind !== 'postgres' && probe.kind !== 'redis') return null;
  if (isDatabaseUrl(revealUrl(probe.url, lookup), probe.kind)) return null;
  return `its url is no ${probe.kind} address once its references are filled in`;
};

export const sloOf = (home: Home, spec: SloSpec, sources: Sources): Slo => ({
  ...placeOf(home, spec.id),
  name: spec.name,
  objective: ppmOf(spec.objective),
  window: windowOf(spec.window),
  zone: home.system.timeZone,
  indicator: indicatorOf(home, spec.indicator),
  tiers: tiersOf(spec),
  minBad: leastBadOf(home, spec),
  settleLagMs: settleLagOf(home, spec, sources),
  noData: { afterMs: noDataAfterOf(home, spec, sources), severity: spec.noData.page ? 'critical' : 'warning' },
  notConfigured: sloNotConfigured(home, spec, sources),
  served: isServed(home, spec),
  covers: spec.covers,
  description: spec.description ?? null,
  runbook: runbookOf(spec.runbook, home),
});

const probeUnset = (home: Home, local: string, probes: Sources['probes']): string | null => {
  const reason = probes.get(placeOf(home, local).id)?.notConfigured;
  return reason ? `probe ${local}: ${reason}` : null;
};

const readingUnset = (home: Home, local: string, connectors: Sources['connectors']): string =>
  `connector ${local}: ${connectors.get(`${home.system.id}/${local}`)?.notConfigured ?? 'this version reads no single values from it'}`;

export const conditionOf = (home: Home, spec: ConditionSpec, { probes, connectors }: Sources): Condition => {
  const { source } = spec;
  const probe = source.kind === 'probe' ? placeOf(home, source.probe).id : null;
  return {
    ...placeOf(home, spec.id),
    name: spec.name,
    source: source.kind === 'probe' ? { ...source, probe: placeOf(home, source.probe).id } : source,
    comparison: spec.comparison,
    threshold: spec.threshold,
    unit: spec.unit,
    forMs: ms(spec.for),
    intervalMs: (probe && probes.get(probe)?.intervalMs) || MINUTE,
    severity: spec.severity,
    notConfigured:
      source.kind === 'probe'
        ? probeUnset(home, source.probe, probes)
        : readingUnset(home, source.connector, connectors),
    served: source.kind === 'probe',
    covers: spec.covers,
    runbook: runbookOf(spec.runbook, home),
  };
};

const ladderOf = (spec: PolicySpec['critical']): Ladder => ({
  recovery: spec.observe === undefined ? null : { kind: 'observe', forMs: ms(spec.observe) },
  levels: spec.levels.map(({ level, after, channels }) => ({ level, afterMs: ms(after), channels })),
  repeatMs: ms(spec.repeat),
  acknowledgeTimeoutMs: ms(spec.acknowledgeTimeout),
});

export const policyOf = (spec: PolicySpec): Policy => ({
  id: spec.id,
  name: spec.name,
  critical: ladderOf(spec.critical),
  warning: ladderOf(spec.warning),
  holdMs: ms(spec.hold),
  flappingHoldMs: ms(spec.flappingHold),
  reopenMs: ms(spec.reopen),
  fallback: spec.fallback ?? null,
});

export const channelOf = (spec: ChannelSpec, lookup: Lookup): CatalogChannel => {
  if (spec.kind === 'console') return { ...spec, notConfigured: null };
  // A mention that is not set is left out: a page without it still arrives.
  const texts = spec.kind === 'slack' ? [spec.channel, spec.token] : [spec.routingKey];
  return { ...spec, notConfigured: unsetIn(texts, lookup) };
};

/** Without a document the addresses are those of the compose file on one's own machine. */
export const linksOf = (document: LinksDocument | undefined): CatalogLinks => {
  const { nines, grafana, scrape, runbooks, heartbeat } =
    document ?? links.parse({ apiVersion: 'nines/v1', kind: 'Links' });
  return {
    nines,
    grafana,
    scrape,
    runbooks: runbooks ?? `${nines}/runbooks`,
    heartbeat,
    isWritten: document !== undefined,
  };
};
