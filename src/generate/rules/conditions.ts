import { systemUid } from '../dashboards/uid.ts';
import { conditionIdentity } from '../../alert/condition.ts';
import type { Condition } from '../../alert/condition.ts';
import { localId } from '../../alert/alert.ts';
import { ALERT_NAMES, identityLabels } from '../../alert/labels.ts';
import type { Catalog, CatalogProbe } from '../../definition/catalog.ts';
import { DAY, SECOND } from '../../duration.ts';
import { METRICS, READING_METRICS } from '../../names.ts';
import { numberText } from '../../promql/print.ts';
import type { AlertingRule } from '../rule.ts';
import { runbookUrl } from './links.ts';
import { titleOf } from './naming.ts';
import { selectorOf, spanOf, templateText } from './text.ts';

const GAUGES: Readonly<Record<string, string>> = {
  failing: METRICS.probeFailing,
  degraded: METRICS.probeDegraded,
  'response-time': METRICS.probeDuration,
};

const selectorOfProbe = ({ system, environment, service }: Condition, { id }: CatalogProbe): string =>
  selectorOf({ system, environment, service, probe: localId(id) });

/** What the condition compares, of the one probe that it reads; undefined where Nines exports no such metric. */
const measured = (condition: Condition, probe: CatalogProbe): string | undefined => {
  const { source } = condition;
  const selector = selectorOfProbe(condition, probe);
  // Replicas export the same gauges: one of them is enough, and their own labels are no part of the alert.
  const of = (metric: string): string => `max(${metric}${selector})`;
  if (source.metric === 'certificate-days') return `(${of(METRICS.probeCertExpiry)} - time()) / ${DAY / SECOND}`;
  const gauge = GAUGES[source.metric];
  if (gauge !== undefined) return of(gauge);
  const readings: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = READING_METRICS;
  const reading = readings[probe.kind]?.[source.metric];
  return reading && of(reading[0]);
};

/** How Prometheus writes a number of this metric, with its unit; null where the condition says the unit. */
const filterOf = (metric: string): readonly [filter: string, unit: string | null] => {
  if (metric === 'response-time' || metric === 'query' || metric === 'ping' || metric.endsWith('-seconds'))
    return ['humanizeDuration', ''];
  if (metric.endsWith('-ratio')) return ['humanizePercentage', ''];
  if (metric.endsWith('-bytes')) return ['humanize1024', 'B'];
  if (metric === 'certificate-days') return ['printf "%.4g"', ' days'];
  return ['humanize', null];
};

/** A number in a template: `30` would be a whole one there, which not every version writes as it writes values. */
const constant = (value: number): string => {
  const text = numberText(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** `: status, HTTP 503`: why the last check failed, and what the server answered; nothing once one has passed. */
const reason = (selector: string, isHttp: boolean): string => {
  const status = `{{ with query \`max(${METRICS.probeHttpStatus}${selector}) > 0\` }}, HTTP {{ . | first | value }}{{ end }}`;
  return [
    `{{ with query \`max by (reason) (${METRICS.probeFailure}${selector})\` }}: `,
    `{{ . | first | label "reason" }}${isHttp ? status : ''}{{ end }}`,
  ].join('');
};

const description = (condition: Condition, probe: CatalogProbe): string => {
  const { source, comparison, threshold, forMs, unit } = condition;
  const { metric } = source;
  if (metric === 'failing') {
    const since = forMs > 0 ? `has been down for more than ${spanOf(forMs)}` : 'is down';
    return `The probe ${probe.id} ${since}${reason(selectorOfProbe(condition, probe), probe.kind === 'http')}.`;
  }
  const held = forMs > 0 ? ` for ${spanOf(forMs)}` : '';
  const [filter, known] = filterOf(metric);
  const suffix = known ?? (unit === '' ? '' : ` ${templateText(unit)}`);
  const shown = (value: string): string => `{{ ${value} | ${filter} }}${suffix}`;
  return `The ${metric} of the probe ${probe.id} is ${shown('$value')}, limit ${comparison} ${shown(constant(threshold))}${held}.`;
};

/** The alert of a condition; none where what it reads is no metric (the answers of DNS). */
export const conditionAlert = (catalog: Catalog, condition: Condition): AlertingRule | undefined => {
  const { source, comparison, threshold, severity, forMs, name, runbook } = condition;
  const probe = source.kind === 'probe' ? catalog.probes.get(source.probe) : undefined;
  const value = probe && measured(condition, probe);
  if (probe === undefined || value === undefined) return undefined;
  const { alertname, labels } = identityLabels(conditionIdentity(condition));
  return {
    alert: alertname,
    expr: `${value} ${comparison} ${numberText(threshold)}`,
    forMs,
    labels: { ...labels, severity },
    annotations: {
      summary: `${titleOf(catalog, condition, name)}.`,
      description: description(condition, probe),
      runbook_url: runbookUrl(catalog, ALERT_NAMES.condition, runbook),
      dashboard_url: `${catalog.links.grafana}/d/${systemUid(condition.system)}`,
      nines_url: `${catalog.links.nines}/probes/${probe.id}`,
    },
  };
};
