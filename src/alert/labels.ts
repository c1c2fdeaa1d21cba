import { TIER_NAMES } from '../slo/burn-policy.ts';
import type { AlertIdentity } from './alert.ts';

/**
 * What our alerts are called in Prometheus and Alertmanager. Together with these labels a name is the identity of design
 * 4.5, so that the embedded evaluator and every Prometheus name the same alert:
 * `ErrorBudgetBurn` {system, environment, service, slo, tier} · `ConditionMet` {…, condition} · `SliNoData` and
 * `SliNoTraffic` {…, slo}. Grouping labels of an SLO stand beside them under their own names.
 */
export const ALERT_NAMES = {
  burnRate: 'ErrorBudgetBurn',
  condition: 'ConditionMet',
  noData: 'SliNoData',
  noTraffic: 'SliNoTraffic',
} as const;

type Labels = Readonly<Record<string, string>>;

const place = ({ system, environment, service }: AlertIdentity): Labels => ({ system, environment, service });

/** The name and the labels that carry an identity. What else a rule adds (severity, look-backs) is no part of it. */
export const identityLabels = (identity: AlertIdentity): { alertname: string; labels: Labels } => {
  const { kind, subject, tier, labels = {} } = identity;
  const { missing, ...grouped } = labels;
  switch (kind) {
    case 'burn-rate':
      return {
        alertname: ALERT_NAMES.burnRate,
        labels: { ...place(identity), slo: subject, ...(tier && { tier }), ...grouped },
      };
    case 'condition':
      return { alertname: ALERT_NAMES.condition, labels: { ...place(identity), condition: subject, ...grouped } };
    case 'absence':
      return {
        alertname: missing === 'traffic' ? ALERT_NAMES.noTraffic : ALERT_NAMES.noData,
        labels: { ...place(identity), slo: subject, ...grouped },
      };
    case 'foreign':
      return { alertname: subject, labels };
  }
};

/**
 * The identity that the labels of an alert carry, `alertname` among them; null when it is none of ours. `groupingOf`
 * knows the grouping labels of an SLO by its whole id: other labels may come from the Prometheus that sends it.
 */
export const identityFromLabels = (
  labels: Labels,
  groupingOf: (slo: string) => readonly string[] = () => [],
): AlertIdentity | null => {
  const { alertname, system, environment, service, slo, condition } = labels;
  if (!system || !environment || !service) return null;
  const names = slo ? groupingOf(`${system}/${service}/${slo}`) : [];
  const grouping = Object.fromEntries(names.flatMap((name) => (labels[name] ? [[name, labels[name]]] : [])));
  const grouped = Object.keys(grouping).length > 0 ? { labels: grouping } : {};
  const home = { system, environment, service };
  const absent = (missing: string): AlertIdentity | null =>
    slo ? { ...home, kind: 'absence', subject: slo, labels: { ...grouping, missing } } : null;
  if (alertname === ALERT_NAMES.noData) return absent('data');
  if (alertname === ALERT_NAMES.noTraffic) return absent('traffic');
  if (alertname === ALERT_NAMES.condition)
    return condition ? { ...home, kind: 'condition', subject: condition, ...grouped } : null;
  if (alertname !== ALERT_NAMES.burnRate) return null;
  const tier = TIER_NAMES.find((name) => name === labels['tier']);
  return slo && tier ? { ...home, kind: 'burn-rate', subject: slo, tier, ...grouped } : null;
};
