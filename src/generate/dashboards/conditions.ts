import type { Condition } from '../../alert/condition.ts';
import { localId } from '../../alert/alert.ts';
import type { CatalogProbe } from '../../definition/catalog.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import { METRICS, READING_METRICS } from '../../names.ts';
import type { Step } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { timeSeries } from '../panels/time-series.ts';
import { unitOf } from './readings.ts';
import { scopeOf, select } from './selector.ts';

type Measured = { expr: string; unit: string };

/** What a condition reads, as PromQL; null when it is exported by nothing. */
const measured = (condition: Condition, probe: CatalogProbe | undefined): Measured | null => {
  const { source, system, environment, service } = condition;
  if (source.kind !== 'probe' || !probe) return null;
  const scope = scopeOf({ system, environment, service, probe: localId(source.probe) });
  switch (source.metric) {
    case 'failing':
      return { expr: `max(${select(METRICS.probeFailing, scope)})`, unit: 'none' };
    case 'degraded':
      return { expr: `max(${select(METRICS.probeDegraded, scope)})`, unit: 'none' };
    case 'response-time':
      return { expr: `max(${select(METRICS.probeDuration, scope)})`, unit: 's' };
    case 'certificate-days':
      return { expr: `(min(${select(METRICS.probeCertExpiry, scope)}) - time()) / 86400`, unit: 'd' };
  }
  if (probe.kind !== 'postgres' && probe.kind !== 'redis') return null;
  const metric = READING_METRICS[probe.kind][source.metric]?.[0];
  return metric === undefined ? null : { expr: `max(${select(metric, scope)})`, unit: unitOf(metric) };
};

/** What a condition, called `name`, measures, with the line that it must not cross. */
export const conditionChart = (condition: Condition, name: string, probe: CatalogProbe | undefined): Panel | null => {
  const found = measured(condition, probe);
  if (found === null) return null;
  const { comparison, threshold, severity, forMs } = condition;
  const color = severity === 'critical' ? 'red' : severity === 'warning' ? 'orange' : 'yellow';
  const bad: readonly Step[] = [
    [null, comparison.startsWith('>') ? 'green' : color],
    [threshold, comparison.startsWith('>') ? color : 'green'],
  ];
  const held = forMs > 0 ? ` for ${durationPhrase(forMs)}` : '';
  return timeSeries({
    key: `${condition.id}/condition`,
    title: name,
    description: `Alerts (${severity}) when the value is ${comparison} ${threshold}${condition.unit && ` ${condition.unit}`}${held}. The dashed line is that threshold; its runbook is on the page of Nines.`,
    queries: [{ expr: found.expr, legend: localId(condition.id) }],
    unit: found.unit,
    softMin: 0,
    lines: bad,
    softMax: threshold,
  });
};
