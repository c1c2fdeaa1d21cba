import type { CatalogLinks } from '../../definition/catalog.ts';
import type { Condition } from '../../alert/condition.ts';
import type { Indicator, Measure } from '../../slo/indicator.ts';
import { percentText } from '../../slo/objective.ts';
import { SECOND } from '../../duration.ts';
import type { Slo } from '../../slo/slo.ts';
import { windowLabel } from '../../slo/window.ts';
import { lengthText, listText, type Facts } from './fact.ts';

const measureFacts = (measure: Measure): Facts => {
  switch (measure.kind) {
    case 'errors':
      return { errors: measure.errors, total: measure.total };
    case 'good':
      return { good: measure.good, total: measure.total };
    case 'ratio':
      return { ratio: measure.ratio };
    case 'histogram':
      return { histogram: measure.histogram, 'histogram threshold': lengthText(measure.thresholdSeconds * SECOND) };
    case 'native-histogram':
      return {
        nativeHistogram: measure.histogram,
        'histogram threshold': lengthText(measure.thresholdSeconds * SECOND),
      };
    case 'gauge':
      return { gauge: measure.gauge };
  }
};

const indicatorFacts = (indicator: Indicator): Facts => {
  switch (indicator.kind) {
    case 'probe':
      return { probes: listText(indicator.probes) };
    case 'latency':
      return { probes: listText(indicator.probes), threshold: lengthText(indicator.thresholdMs) };
    case 'events':
      return { connector: indicator.connector };
    case 'freshness':
      return { probe: indicator.probe, maxAge: lengthText(indicator.maxAgeMs) };
    case 'incident-clock':
      return { within: lengthText(indicator.withinMs) };
    case 'time-slice': {
      const { source, comparison, threshold, sliceMs } = indicator;
      const { kind: _kind, ...from } = source;
      return { ...from, threshold: `${comparison} ${threshold}`, slice: lengthText(sliceMs) };
    }
    case 'composite':
      return Object.fromEntries(indicator.parts.map(({ slo, weight }) => [`weight of ${slo}`, weight]));
    case 'promql': {
      const { connector, measure, groupBy } = indicator;
      return { connector, ...measureFacts(measure), groupBy: listText(groupBy) };
    }
  }
};

const tierFacts = (tiers: Slo['tiers']): Facts =>
  Object.fromEntries(
    tiers.map(({ name, factor, longMs, shortMs, severity }) => [
      `tier ${name}`,
      `${factor} over ${lengthText(longMs)} and ${lengthText(shortMs)}, ${severity}`,
    ]),
  );

/** A page below that of the links is told as it is written, so that another address is told once. */
const runbookText = (runbook: string | null, { runbooks }: CatalogLinks): string | undefined =>
  runbook?.startsWith(`${runbooks}/`) ? runbook.slice(runbooks.length + 1) : (runbook ?? undefined);

/** All that a definition says of an SLO and that an alert or a number of it depends on; not what it `covers`. */
export const sloFacts = (slo: Slo, links: CatalogLinks): Facts => ({
  name: slo.name,
  description: slo.description ?? undefined,
  objective: Number(percentText(slo.objective)),
  window: windowLabel(slo.window),
  indicator: slo.indicator.kind,
  ...indicatorFacts(slo.indicator),
  ...tierFacts(slo.tiers),
  minBad: slo.minBad,
  settle: slo.settleLagMs === 0 ? undefined : lengthText(slo.settleLagMs),
  noData: `${lengthText(slo.noData.afterMs)}, ${slo.noData.severity}`,
  runbook: runbookText(slo.runbook, links),
});

export const conditionFacts = ({ source, ...condition }: Condition, links: CatalogLinks): Facts => {
  const { kind: _kind, ...from } = source;
  return {
    name: condition.name,
    ...from,
    threshold: `${condition.comparison} ${condition.threshold}${condition.unit === '' ? '' : ` ${condition.unit}`}`,
    for: lengthText(condition.forMs),
    severity: condition.severity,
    runbook: runbookText(condition.runbook, links),
  };
};
