import { absenceIdentity } from '../../alert/absence.ts';
import { ALERT_NAMES, identityLabels } from '../../alert/labels.ts';
import { MINUTE, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { AlertingRule } from '../rule.ts';
import { RECORDED } from '../series.ts';
import { absenceText } from './absence-text.ts';
import { sloLinks } from './links.ts';
import { ageOfData } from './source.ts';
import { isCountedByNines } from './subject.ts';
import type { Subject } from './subject.ts';
import { rangeOf } from './text.ts';

/**
 * One alert about an SLO, whatever is missing: `absent` of one selector, whose labels are those of the rule. Where Nines
 * counts, the age of its data must have grown for the whole `for`; and an SLO that is not set up is not missing data.
 */
const noData = (subject: Subject): string => {
  const { selector, gapMs } = subject;
  if (!isCountedByNines(subject)) return `absent(${RECORDED.total('5m')}${selector})`;
  const silent = `${ageOfData(subject)} > ${gapMs / SECOND} or absent(${METRICS.sliLastData}${selector})`;
  return `(${silent})\nunless on () ${METRICS.sloConfigured}${selector} == 0`;
};

/** Totals are there and are zero. Where data comes seldom, zeros between two arrivals mean nothing. */
const noTraffic = ({ selector, gapMs }: Subject): string => {
  const total = `${RECORDED.total('5m')}${selector}`;
  return 2 * gapMs <= 5 * MINUTE ? `sum(${total}) == 0` : `sum(sum_over_time(${total}[${rangeOf(2 * gapMs)}])) == 0`;
};

/** The samples of a gauge are what is counted: where there are none, there are no data. */
const countsSamples = ({ indicator }: Slo): boolean =>
  indicator.kind === 'promql' && indicator.measure.kind === 'gauge';

/**
 * No data, told from no traffic: at most one of them fires, since totals are either absent or zero. An incident clock has
 * no input that could fall silent.
 */
export const absenceAlerts = (subject: Subject): AlertingRule[] => {
  const { slo } = subject;
  if (slo.indicator.kind === 'incident-clock') return [];
  const of = (missing: 'data' | 'traffic', severity: string, expr: string): AlertingRule => {
    const { alertname, labels } = identityLabels(absenceIdentity(slo, missing));
    const [summary, description] = absenceText(subject, missing);
    const links = sloLinks(subject, missing === 'data' ? ALERT_NAMES.noData : ALERT_NAMES.noTraffic);
    return {
      alert: alertname,
      expr,
      forMs: slo.noData.afterMs,
      labels: { ...labels, severity },
      annotations: { summary, description, ...links },
    };
  };
  const data = of('data', slo.noData.severity, noData(subject));
  return countsSamples(slo) ? [data] : [data, of('traffic', 'info', noTraffic(subject))];
};
