import { HOUR, MINUTE, SECOND, formatDuration } from '../duration.ts';
import { holds } from '../slo/comparison.ts';
import { JUDGED_COVERAGE } from '../slo/judge.ts';
import { lintProbeMetric } from './lint-condition.ts';
import { lintPrometheus } from './lint-promql.ts';
import { lintQuery } from './lint-query.ts';
import type { Path } from './locate.ts';
import { ms, tiersOf } from './meaning.ts';
import type { IndicatorOf, ServiceSpec, SloSpec } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { idsOf, lintName, probeNamed } from './tell.ts';
import type { Tell } from './tell.ts';

/** Slots are stored so wide: slices that share one could not be told apart when they are revised. */
const STEP_MS = 10 * SECOND;

/** What no schema says about slices of time. */
export const lintTimeSlice = (
  system: SystemDocument,
  service: ServiceSpec,
  slo: SloSpec & { indicator: IndicatorOf<'time-slice'> },
  at: Path,
  tell: Tell,
): void => {
  const { indicator } = slo;
  const { source } = indicator;
  if (source.kind === 'query') {
    if (lintPrometheus(system, source.connector, [...at, 'source', 'connector'], tell))
      lintQuery('query', source.query, 'value', [...at, 'source', 'query'], tell);
  } else if (lintName(tell, [...at, 'source', 'probe'], 'probe', source.probe, idsOf(service.probes))) {
    lintProbeMetric(service, source, [...at, 'source'], tell);
    const every = probeNamed(service, source.probe)?.every;
    if (every !== undefined && ms(indicator.slice) < ms(every))
      tell.error(
        [...at, 'slice'],
        `slice must be at least as long as probe ${source.probe} takes from one check to the next (${every}), got ${indicator.slice}`,
      );
    if (source.metric === 'failing' || source.metric === 'degraded') lintFlag(indicator, source.metric, at, tell);
  }
  lintLength(slo, at, tell);
};

/** 1 or 0: the good one is 0. */
const lintFlag = (
  { comparison, threshold }: IndicatorOf<'time-slice'>,
  metric: 'failing' | 'degraded',
  at: Path,
  tell: Tell,
): void => {
  if (!holds(0, comparison, threshold) || holds(1, comparison, threshold))
    tell.error(
      [...at, 'threshold'],
      `threshold must tell 0 (good) from 1 (${metric}): write comparison "<" and threshold 1`,
    );
};

const lintLength = (slo: SloSpec & { indicator: IndicatorOf<'time-slice'> }, at: Path, tell: Tell): void => {
  const { slice, source } = slo.indicator;
  const path: Path = [...at, 'slice'];
  const sliceMs = ms(slice);
  if (sliceMs < STEP_MS || sliceMs % STEP_MS !== 0 || HOUR % sliceMs !== 0) {
    tell.error(path, `slice must divide an hour and be a multiple of 10s, such as 1m or 5m, got ${slice}`);
    return;
  }
  // Queries are asked by the minute.
  if (source.kind === 'query' && sliceMs % MINUTE !== 0 && MINUTE % sliceMs !== 0) {
    tell.error(path, `slice of a query must be whole minutes, or 10s, 20s or 30s, got ${slice}`);
    return;
  }
  // A look-back must hold enough whole slices to be judged, wherever it begins.
  const tier = tiersOf(slo).find(({ shortMs }) => Math.floor(shortMs / sliceMs) * sliceMs < JUDGED_COVERAGE * shortMs);
  if (tier)
    tell.error(
      path,
      `slice must fill the short look-back of ${tier.name} (${formatDuration(tier.shortMs)}), such as 1m or 5m, got ${slice}`,
    );
};
