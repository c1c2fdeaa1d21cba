import type { Path } from './locate.ts';
import type { ConditionSpec, ProbeSpec, ServiceSpec } from './meaning.ts';
import { nearest } from './near.ts';
import { readingsOf } from './readings.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintName, lintRunbook, probeNamed } from './tell.ts';
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
  const path: Path = [...at, 'source', 'probe'];
  if (!lintName(tell, path, 'probe', source.probe, idsOf(service.probes))) return;
  const probe = probeNamed(service, source.probe);
  if (source.metric === 'failing') {
    const holds = (value: number): boolean =>
      condition.comparison === '>'
        ? value > condition.threshold
        : condition.comparison === '>='
          ? value >= condition.threshold
          : condition.comparison === '<'
            ? value < condition.threshold
            : value <= condition.threshold;
    if (holds(0) || !holds(1))
      tell.error(
        [...at, 'threshold'],
        `threshold must tell 1 (failing) from 0 (up): write comparison ">=" and threshold 1`,
      );
  } else if (probe?.kind === 'heartbeat') {
    tell.error(path, `probe ${source.probe} must be one that visits a target: a heartbeat has no ${source.metric}`);
  } else if (source.metric === 'certificate-days' && probe?.kind === 'http' && probe.url.startsWith('http://')) {
    tell.error(path, `probe ${source.probe} must have an https url: without TLS there is no certificate`);
  } else if (source.metric === 'certificate-days' && probe?.kind === 'redis' && probe.url.startsWith('redis://')) {
    tell.error(path, `probe ${source.probe} must have a rediss url: without TLS there is no certificate`);
  } else if (probe && !OF_EVERY_PROBE.has(source.metric)) {
    lintMetric(probe.kind, source.probe, source.metric, [...at, 'source', 'metric'], tell);
  }
};

const OF_EVERY_PROBE = new Set(['failing', 'degraded', 'response-time', 'certificate-days']);

const lintMetric = (kind: ProbeSpec['kind'], id: string, metric: string, path: Path, tell: Tell): void => {
  const readings = readingsOf(kind);
  const known = new Set([...OF_EVERY_PROBE, ...readings]);
  if (known.has(metric)) return;
  const meant = nearest(metric, known);
  const hint = meant ? `did you mean ${meant}?` : `there is ${[...known].join(', ')}`;
  tell.error(path, `metric ${metric} is nothing that probe ${id} (${kind}) tells; ${hint}`);
};
