import type * as Client from 'prom-client';
import { METRICS } from '../names.ts';
import { createLoopDelay } from './loop-delay.ts';
import { Counter, Gauge, Histogram, Registry } from './prom.ts';

const HOME = ['system', 'environment', 'service'] as const;

const countersIn = (registers: Client.Registry[]) => ({
  checks: new Counter({
    name: METRICS.checks,
    help: 'Checks by outcome (pass, fail, unknown) and reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  }),
  checksMissed: new Counter({
    name: METRICS.checksMissed,
    help: 'Checks that were not started, by reason (late, pause, overlap, capacity, budget).',
    labelNames: ['reason'],
    registers,
  }),
  alertsReceived: new Counter({
    name: METRICS.alertsReceived,
    help: 'Alerts that others sent, by door and outcome (changed, repeated, silenced, unknown, refused, truncated).',
    labelNames: ['door', 'outcome'],
    registers,
  }),
  deliveries: new Counter({
    name: METRICS.deliveries,
    help: 'Attempts to deliver a notification, by channel and outcome (sent, retry, rejected, uncertain).',
    labelNames: ['channel', 'outcome'],
    registers,
  }),
  blackboxModuleUnknown: new Counter({
    name: METRICS.blackboxModuleUnknown,
    help: 'Scrapes of /probe that named a module which does not exist.',
    registers,
  }),
  possibleDuplicates: new Counter({
    name: METRICS.possibleDuplicates,
    help: 'Notifications sent again although an earlier attempt may have arrived.',
    labelNames: ['channel'],
    registers,
  }),
  incidentsOpened: new Counter({
    name: METRICS.incidentsOpened,
    help: 'Incidents that were opened.',
    labelNames: [...HOME, 'severity'],
    registers,
  }),
  incidentsResolved: new Counter({
    name: METRICS.incidentsResolved,
    help: 'Incidents that ended, by what ended them (recovery, person).',
    labelNames: [...HOME, 'by'],
    registers,
  }),
  incidentPages: new Counter({
    name: METRICS.incidentPages,
    help: 'How often an incident paged people, by level.',
    labelNames: [...HOME, 'level'],
    registers,
  }),
  connectorRequests: new Counter({
    name: METRICS.connectorRequests,
    help: 'Requests to sources that count for us, by how they ended.',
    labelNames: ['connector', 'outcome'],
    registers,
  }),
  catalogReloads: new Counter({
    name: METRICS.catalogReloads,
    help: 'Readings of the definitions by outcome (success, failure).',
    labelNames: ['outcome'],
    registers,
  }),
});

const gaugesIn = (registers: Client.Registry[]) => ({
  incidentsOpen: new Gauge({
    name: METRICS.incidentsOpen,
    help: 'Incidents that are not resolved.',
    labelNames: ['severity'],
    registers,
  }),
  alertsSilenced: new Gauge({
    name: METRICS.alertsSilenced,
    help: 'Alerts that fire and are not told, because planned work or the outage of what they depend on explains them.',
    registers,
  }),
  connectorAnswered: new Gauge({
    name: METRICS.connectorAnswered,
    help: 'When a source last answered, unix time.',
    labelNames: ['connector'],
    registers,
  }),
  outboxRows: new Gauge({
    name: METRICS.outboxRows,
    help: 'Notifications in the outbox by state.',
    labelNames: ['state'],
    registers,
  }),
  outboxOldest: new Gauge({
    name: METRICS.outboxOldest,
    help: 'How long the oldest notification waits that should have been delivered.',
    registers,
  }),
  catalogValid: new Gauge({
    name: METRICS.catalogValid,
    help: 'Whether the definitions on disk are the ones in use; 0 while a faulty file is ignored.',
    registers,
  }),
  catalogLoaded: new Gauge({
    name: METRICS.catalogLoaded,
    help: 'When the definitions in use were read, unix time.',
    registers,
  }),
  leader: new Gauge({
    name: METRICS.leader,
    help: 'Whether this replica probes and judges; of several on one database one does.',
    registers,
  }),
  storeWritable: new Gauge({
    name: METRICS.storeWritable,
    help: 'Whether the last write to the store succeeded.',
    registers,
  }),
});

const histogramsIn = (registers: Client.Registry[]) => ({
  tickDuration: new Histogram({
    name: METRICS.tickDuration,
    help: 'How long one evaluation of all SLOs and conditions took.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  }),
  incidentAcknowledge: new Histogram({
    name: METRICS.incidentAcknowledge,
    help: 'From the opening of an episode to its first acknowledgement.',
    labelNames: HOME,
    buckets: [30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400],
    registers,
  }),
  incidentRecover: new Histogram({
    name: METRICS.incidentRecover,
    help: 'From the first bad slot of an episode to the end of its last one.',
    labelNames: HOME,
    buckets: [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400],
    registers,
  }),
});

/**
 * The counters and histograms of the service itself, kept by prom-client. Values are in base units: seconds, not ms.
 * `text` renders them (Prometheus text format 0.0.4); `stop` ends the measuring of the event loop.
 */
export const createRegistry = (build: { version: string; node: string }) => {
  const registry = new Registry();
  const registers = [registry];
  const loopDelay = createLoopDelay();
  const counters = countersIn(registers);
  const gauges = gaugesIn(registers);
  const histograms = histogramsIn(registers);
  const loop: Client.Gauge = new Gauge({
    name: METRICS.loopDelay,
    help: 'How late the event loop comes to its timers: 99th percentile since the last two scrapes.',
    registers,
    collect: (): void => loop.set(loopDelay.p99() / 1_000),
  });
  new Gauge({ name: METRICS.buildInfo, help: 'Always 1.', labelNames: ['version', 'node'], registers }).set(build, 1);

  // A counter that appears with its first failure cannot be alerted on: its increase is never seen.
  for (const outcome of ['success', 'failure']) counters.catalogReloads.inc({ outcome }, 0);
  for (const reason of ['late', 'pause', 'overlap', 'capacity', 'budget']) counters.checksMissed.inc({ reason }, 0);
  for (const severity of ['critical', 'warning']) gauges.incidentsOpen.set({ severity }, 0);

  return { ...counters, ...gauges, ...histograms, text: () => registry.metrics(), stop: () => loopDelay.stop() };
};

export type NinesRegistry = ReturnType<typeof createRegistry>;
