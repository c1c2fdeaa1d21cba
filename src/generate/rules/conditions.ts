import { systemUid } from '../dashboards/uid.ts';
import { conditionIdentity } from '../../alert/condition.ts';
import type { Condition } from '../../alert/condition.ts';
import { localId } from '../../alert/alert.ts';
import { ALERT_NAMES, identityLabels } from '../../alert/labels.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { DAY, SECOND } from '../../duration.ts';
import { METRICS, READING_METRICS } from '../../names.ts';
import { numberText } from '../../promql/print.ts';
import { measurePhrase } from '../../slo/phrase.ts';
import type { AlertingRule } from '../rule.ts';
import { runbookUrl } from './links.ts';
import { selectorOf, templateText } from './text.ts';

const GAUGES: Readonly<Record<string, string>> = {
  failing: METRICS.probeFailing,
  degraded: METRICS.probeDegraded,
  'response-time': METRICS.probeDuration,
};

/** What the condition compares, of the one probe that it reads; undefined where Nines exports no such metric. */
const measured = (catalog: Catalog, { source, system, environment, service }: Condition): string | undefined => {
  const probe = source.kind === 'probe' ? catalog.probes.get(source.probe) : undefined;
  if (probe === undefined) return undefined;
  const selector = selectorOf({ system, environment, service, probe: localId(probe.id) });
  // Replicas export the same gauges: one of them is enough, and their own labels are no part of the alert.
  const of = (metric: string): string => `max(${metric}${selector})`;
  if (source.metric === 'certificate-days') return `(${of(METRICS.probeCertExpiry)} - time()) / ${DAY / SECOND}`;
  const gauge = GAUGES[source.metric];
  if (gauge !== undefined) return of(gauge);
  const readings: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = READING_METRICS;
  const reading = readings[probe.kind]?.[source.metric];
  return reading && of(reading[0]);
};

const withUnit = (value: string, unit: string): string => (unit === '' ? value : `${value} ${templateText(unit)}`);

const description = ({ source, comparison, threshold, unit }: Condition, probe: string): string => {
  if (source.metric === 'failing') return `The probe ${probe} fails.`;
  const limit = withUnit(measurePhrase(threshold), unit);
  return `${source.metric} of the probe ${probe} is ${withUnit('{{ $value | humanize }}', unit)}, limit ${comparison} ${limit}.`;
};

/** The alert of a condition; none where what it reads is no metric (the answers of DNS). */
export const conditionAlert = (catalog: Catalog, condition: Condition): AlertingRule | undefined => {
  const { source, comparison, threshold, severity, forMs, name, runbook } = condition;
  const value = measured(catalog, condition);
  if (value === undefined || source.kind !== 'probe') return undefined;
  const { alertname, labels } = identityLabels(conditionIdentity(condition));
  return {
    alert: alertname,
    expr: `${value} ${comparison} ${numberText(threshold)}`,
    forMs,
    labels: { ...labels, severity },
    annotations: {
      summary: `${templateText(name)}.`,
      description: description(condition, source.probe),
      runbook_url: runbookUrl(catalog, ALERT_NAMES.condition, runbook),
      dashboard_url: `${catalog.links.grafana}/d/${systemUid(condition.system)}`,
      nines_url: `${catalog.links.nines}/probes/${source.probe}`,
    },
  };
};
