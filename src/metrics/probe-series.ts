import { METRICS } from '../names.ts';
import { createOptional, type Optional } from './optional.ts';
import { createReadingSeries, type ExportedReadings } from './reading-series.ts';
import type { Family, Labels, Series } from './series.ts';

/** What is exported of a probe. `phases` is the JSON of milliseconds per phase, `readings` that of numbers by name; times are epoch ms. */
export type ProbeNumbers = {
  probe: { id: string; system: string; environment: string; service: string; kind: string };
  state: string;
  last: {
    at: number;
    durationMs: number;
    outcome: string;
    reason: string;
    degraded: boolean;
    status: number | null;
    phases: string;
    readings: string;
    certificateExpiresAt: number | null;
  } | null;
};

export type ProbeSeries = {
  /** All probes as they stand: what is not among them any more is no longer exported. `breathe` is called after each. */
  update(probes: Iterable<ProbeNumbers>, breathe?: () => Promise<void>): Promise<void>;
};

// As blackbox_exporter names them. Unlike there, a phase that did not happen is absent: a 0 would spoil every quantile.
const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;

const familiesIn = (series: Series) => ({
  success: series.gauge(METRICS.probeSuccess, 'Whether the last check passed.'),
  duration: series.gauge(METRICS.probeDuration, 'How long the last check took.'),
  status: series.gauge(METRICS.probeHttpStatus, 'HTTP status of the last check; 0 when there was no answer.'),
  phases: series.gauge(METRICS.probeHttpDuration, 'Duration of the last check by phase, summed over redirects.'),
  failing: series.gauge(METRICS.probeFailing, 'Whether it counts as down: its failure threshold is reached.'),
  degraded: series.gauge(METRICS.probeDegraded, 'Whether the last check passed and was not well.'),
  failure: series.gauge(METRICS.probeFailure, 'Why the last check failed; absent when it passed.'),
  expiry: series.gauge(METRICS.probeCertExpiry, 'When the earliest certificate of the last check expires, unix time.'),
});

type Exported = Record<'success' | 'duration' | 'status' | 'expiry' | 'failing' | 'degraded', Optional> & {
  failure: (reason: string | null) => void;
  phases: readonly (readonly [phase: string, Optional])[];
  readings: ExportedReadings;
  at: number | null;
};

/** One series at a time: the reason of the last failure is a label. */
const createFailure = (family: Family, labels: Labels): Exported['failure'] => {
  let shown: { reason: string; optional: Optional } | null = null;
  return (reason) => {
    if (shown?.reason === reason) return;
    shown?.optional.set(null);
    shown = reason === null ? null : { reason, optional: createOptional(family, { ...labels, reason }) };
    shown?.optional.set(1);
  };
};

const exportedOf = (
  families: ReturnType<typeof familiesIn>,
  readings: ReturnType<typeof createReadingSeries>,
  probe: ProbeNumbers['probe'],
): Exported => {
  const labels = labelsOf(probe);
  return made(families, readings.of(probe.kind, labels), labels);
};

const made = (families: ReturnType<typeof familiesIn>, readings: ExportedReadings, labels: Labels): Exported => ({
  readings,
  failing: createOptional(families.failing, labels),
  degraded: createOptional(families.degraded, labels),
  failure: createFailure(families.failure, labels),
  success: createOptional(families.success, labels),
  duration: createOptional(families.duration, labels),
  status: createOptional(families.status, labels),
  expiry: createOptional(families.expiry, labels),
  phases: PHASES.map((phase) => [phase, createOptional(families.phases, { ...labels, phase })]),
  at: null,
});

const clear = (exported: Exported): void => {
  exported.failure(null);
  for (const name of ['success', 'duration', 'status', 'expiry', 'failing', 'degraded'] as const)
    exported[name].set(null);
  for (const [, optional] of exported.phases) optional.set(null);
  exported.readings.show(null);
  exported.at = null;
};

const phasesOf = (text: string): Record<string, unknown> => {
  try {
    const phases: unknown = JSON.parse(text);
    return typeof phases === 'object' && phases !== null ? (phases as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const show = (exported: Exported, http: boolean, last: NonNullable<ProbeNumbers['last']>): void => {
  if (exported.at === last.at) return;
  exported.at = last.at;
  exported.success.set(last.outcome === 'pass' ? 1 : 0);
  exported.degraded.set(last.degraded ? 1 : 0);
  exported.failure(last.outcome === 'fail' ? last.reason : null);
  exported.duration.set(last.durationMs / 1_000);
  exported.expiry.set(last.certificateExpiresAt === null ? null : last.certificateExpiresAt / 1_000);
  exported.readings.show(last.readings);
  if (!http) return;
  exported.status.set(last.status ?? 0);
  const phases = phasesOf(last.phases);
  for (const [phase, optional] of exported.phases) {
    const ms = phases[phase];
    optional.set(typeof ms === 'number' ? ms / 1_000 : null);
  }
};

const labelsOf = ({ id, system, environment, service }: ProbeNumbers['probe']): Labels => ({
  system,
  environment,
  service,
  probe: id.slice(id.lastIndexOf('/') + 1),
});

/** Down by its thresholds, as conditions judge it; during planned work nothing is said. */
const failing = (state: string): number | null =>
  state === 'down' ? 1 : state === 'up' || state === 'degraded' ? 0 : null;

/** The last check of every probe, under the names of blackbox_exporter. Nothing is exported of one without fresh data. */
export const createProbeSeries = (series: Series): ProbeSeries => {
  const families = familiesIn(series);
  const readings = createReadingSeries(series);
  const known = new Map<string, Exported>();
  return {
    update: async (probes, breathe = async () => {}) => {
      const gone = new Set(known.keys());
      for (const { probe, state, last } of probes) {
        gone.delete(probe.id);
        const exported = known.get(probe.id) ?? exportedOf(families, readings, probe);
        known.set(probe.id, exported);
        if (last === null || state === 'stale' || state === 'not-configured') clear(exported);
        // An unknown outcome says that we were paused, not how the target is.
        else {
          exported.failing.set(failing(state));
          if (last.outcome !== 'unknown') show(exported, probe.kind === 'http', last);
        }
        await breathe();
      }
      for (const id of gone) {
        const exported = known.get(id);
        if (exported) clear(exported);
        known.delete(id);
      }
    },
  };
};
