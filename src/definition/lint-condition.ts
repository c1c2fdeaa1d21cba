import { holds } from '../slo/comparison.ts';
import type { Path } from './locate.ts';
import type { ConditionSpec, ProbeSpec, ServiceSpec } from './meaning.ts';
import { nearest } from './near.ts';
import { readingsOf } from './readings.ts';
import { lintRunbook } from './runbook.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintName, probeNamed } from './tell.ts';
import type { Tell } from './tell.ts';

/** What no schema says about one condition. */
export const lintCondition = (
  system: SystemDocument,
  service: ServiceSpec,
  condition: ConditionSpec,
  at: Path,
  tell: Tell,
): void => {
  const { source } = condition;
  lintRunbook(condition.runbook, at, tell);
  if (source.kind === 'reading') {
    lintName(tell, [...at, 'source', 'connector'], 'connector', source.connector, idsOf(system.connectors));
    return;
  }
  if (!lintName(tell, [...at, 'source', 'probe'], 'probe', source.probe, idsOf(service.probes))) return;
  if (source.metric === 'failing') {
    if (holds(0, condition.comparison, condition.threshold) || !holds(1, condition.comparison, condition.threshold))
      tell.error(
        [...at, 'threshold'],
        `threshold must tell 1 (failing) from 0 (up): write comparison ">=" and threshold 1`,
      );
  } else lintProbeMetric(service, source, [...at, 'source'], tell);
};

const OF_EVERY_PROBE = new Set(['failing', 'degraded', 'response-time', 'certificate-days']);

/** Whether a probe tells a metric at all. */
export const lintProbeMetric = (
  service: ServiceSpec,
  { probe: id, metric }: { probe: string; metric: string },
  at: Path,
  tell: Tell,
): void => {
  const probe = probeNamed(service, id);
  const path: Path = [...at, 'probe'];
  if (probe?.kind === 'heartbeat') {
    tell.error(path, `probe ${id} must be one that visits a target: a heartbeat has no ${metric}`);
  } else if (metric === 'certificate-days' && probe?.kind === 'http' && probe.url.startsWith('http://')) {
    tell.error(path, `probe ${id} must have an https url: without TLS there is no certificate`);
  } else if (metric === 'certificate-days' && probe?.kind === 'redis' && probe.url.startsWith('redis://')) {
    tell.error(path, `probe ${id} must have a rediss url: without TLS there is no certificate`);
  } else if (probe && !OF_EVERY_PROBE.has(metric)) {
    lintMetric(probe.kind, id, metric, [...at, 'metric'], tell);
  }
};

const lintMetric = (kind: ProbeSpec['kind'], id: string, metric: string, path: Path, tell: Tell): void => {
  const readings = readingsOf(kind);
  const known = new Set([...OF_EVERY_PROBE, ...readings]);
  if (known.has(metric)) return;
  const meant = nearest(metric, known);
  const hint = meant ? `did you mean ${meant}?` : `there is ${[...known].join(', ')}`;
  tell.error(path, `metric ${metric} is nothing that probe ${id} (${kind}) tells; ${hint}`);
};
