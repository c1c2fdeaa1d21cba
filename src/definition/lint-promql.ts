import { lintGroup } from './lint-group.ts';
import type { Query } from './lint-group.ts';
import { lintQuery } from './lint-query.ts';
import type { Path } from './locate.ts';
import type { IndicatorOf } from './meaning.ts';
import type { SystemDocument } from './spec/document.ts';
import { connectorNamed, idsOf, lintLeast, lintName } from './tell.ts';
import type { Tell } from './tell.ts';

const MEASURES = ['errors', 'good', 'ratio', 'histogram', 'nativeHistogram', 'gauge'] as const;
type MeasureKey = (typeof MEASURES)[number];

const FORMS: Readonly<Record<MeasureKey | 'total', Parameters<typeof lintQuery>[2]>> = {
  errors: 'counter',
  good: 'counter',
  total: 'counter',
  ratio: 'ratio',
  histogram: 'histogram',
  nativeHistogram: 'histogram',
  gauge: 'gauge',
};

/** Labels that series and alerts have of their own, or that Prometheus gives a meaning. */
const TAKEN = new Set([
  'system',
  'environment',
  'service',
  'slo',
  'condition',
  'nines',
  'nines_period',
  'tier',
  'severity',
  'long_window',
  'short_window',
  'alertname',
  'le',
  'quantile',
]);

/** A connector that speaks PromQL; false, and said, when it is none. */
export const lintPrometheus = (system: SystemDocument, id: string, path: Path, tell: Tell): boolean => {
  if (!lintName(tell, path, 'connector', id, idsOf(system.connectors))) return tell.isLost(id);
  const kind = connectorNamed(system, id)?.kind;
  if (kind === 'prometheus') return true;
  tell.error(path, `connector ${id} must be of kind prometheus to be asked in PromQL, it is ${kind}`);
  return false;
};

/** What no schema says about an indicator by PromQL. */
export const lintPromql = (system: SystemDocument, indicator: IndicatorOf<'promql'>, at: Path, tell: Tell): void => {
  lintPrometheus(system, indicator.connector, [...at, 'connector'], tell);
  lintMeasure(indicator, at, tell);
  const queries = [...MEASURES, 'total' as const].flatMap((key): Query[] => {
    const text = indicator[key];
    const expr = text === undefined ? null : lintQuery(key, text, FORMS[key], [...at, key], tell);
    return text !== undefined && expr ? [{ key, text, expr }] : [];
  });
  indicator.groupBy.forEach((label, index) => {
    const path: Path = [...at, 'groupBy', index];
    if (indicator.groupBy.indexOf(label) !== index) tell.error(path, `label ${label} is named twice`);
    else if (TAKEN.has(label) || label.startsWith('__'))
      tell.error(path, `label ${label} is taken: generated rules and alerts carry one of that name`);
    else lintGroup(label, index, queries, at, tell);
  });
};

const lintMeasure = (indicator: IndicatorOf<'promql'>, at: Path, tell: Tell): void => {
  const [first, second] = MEASURES.filter((key) => indicator[key] !== undefined);
  if (first === undefined) {
    tell.error(
      at,
      'indicator must say what it counts: errors and total, good and total, ratio, histogram, nativeHistogram or gauge',
    );
    return;
  }
  if (second !== undefined) {
    tell.error([...at, second], `${second} stands beside ${first}, which counts already; leave one of them out`, {
      key: true,
    });
    return;
  }
  const isCounted = first === 'errors' || first === 'good';
  if (isCounted && indicator.total === undefined)
    tell.error([...at, first], `${first} needs total beside it: the events that it is a part of`, { key: true });
  if (!isCounted && indicator.total !== undefined)
    tell.error([...at, 'total'], `total needs errors or good beside it, ${first} counts alone`, { key: true });
  const isTimed = first === 'histogram' || first === 'nativeHistogram';
  if (isTimed && indicator.threshold === undefined)
    tell.error([...at, first], `${first} needs threshold beside it: what took longer is bad`, { key: true });
  if (!isTimed && indicator.threshold !== undefined)
    tell.error([...at, 'threshold'], 'threshold needs a histogram beside it', { key: true });
  lintLeast(tell, [...at, 'threshold'], 'threshold', indicator.threshold, 1);
};
