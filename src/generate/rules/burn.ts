import { ALERT_NAMES, identityLabels } from '../../alert/labels.ts';
import { burnRateIdentity } from '../../alert/evaluate.ts';
import { HOUR, SECOND } from '../../duration.ts';
import { quote, thresholdText } from '../../promql/print.ts';
import type { Tier } from '../../slo/burn-policy.ts';
import { measurePhrase } from '../../slo/phrase.ts';
import type { AlertingRule } from '../rule.ts';
import { RECORDED, SLO_LABEL_NAMES } from '../series.ts';
import { sloLinks } from './links.ts';
import { groupText, sloTitle } from './naming.ts';
import type { Subject } from './subject.ts';
import { budgetPpm, rangeOf, ratioSeries, spanOf } from './text.ts';

/** Bad events in the long look-back: never more than there were, also while it is not full yet. */
const badEvents = ({ selector }: Subject, { longMs }: Tier): string =>
  longMs === HOUR ? `${RECORDED.errors('1h')}${selector} * ${HOUR / SECOND}` : `${RECORDED.bad(longMs)}${selector}`;

/** Half an event less, because rates are extrapolated to the ends of their range: three events may read as 2.9. */
const condition = (subject: Subject, tier: Tier): string => {
  const { slo, selector } = subject;
  const limit = thresholdText(tier.factor, budgetPpm(slo));
  const above = (ms: number): string => `${ratioSeries(ms)}${selector} > ${limit}`;
  const enough = `${badEvents(subject, tier)} > ${slo.minBad - 0.5}`;
  return `${above(tier.longMs)}\nand ${above(tier.shortMs)}\nand ${enough}`;
};

/** A query inside a template; the values of grouping labels are only known there. */
const asked = ({ groupBy, labels, selector }: Subject, query: (selector: string) => string): string => {
  if (groupBy.length === 0) return `query \`${query(selector)}\``;
  const own = Object.entries(labels).map(([name, value]) => `${name}=${quote(value).replaceAll('%', '%%')}`);
  const group = groupBy.map((name, index) => `${name}=%[${index + 1}]q`);
  const values = groupBy.map((name) => `$labels.${name}`).join(' ');
  return `printf \`${query(`{${[...own, ...group].join(',')}}`)}\` ${values} | query`;
};

/** From here on nothing of a budget is lost that would be shown: `99.95%`. */
const WHOLE = 0.9995;

/**
 * The budget is recorded every 5 min: it is about as told, and of an outage that is younger it knows nothing yet, so a whole
 * one goes without a word.
 */
const description = (subject: Subject, tier: Tier): string => {
  const { budget, groupBy } = subject;
  const ratio = (selector: string): string => `${ratioSeries(tier.longMs)}${selector}`;
  const left = (selector: string): string => `${RECORDED.budgetRemaining}${selector}`;
  const window = `${RECORDED.window}${subject.selector}`;
  const join = groupBy.length === 0 ? '*' : `* on (${SLO_LABEL_NAMES.join(', ')}) group_left ()`;
  const group = groupBy.length === 0 ? '' : ` of ${groupText(subject)}`;
  const burn = asked(subject, (selector) => `${ratio(selector)} / ${budget}`);
  const remaining = asked(subject, left);
  const ends = asked(subject, (selector) => `${left(selector)} / ${ratio(selector)} * ${budget} ${join} ${window}`);
  return [
    `{{ $value | humanizePercentage }} of events${group} were bad in ${spanOf(tier.longMs)}`,
    `{{ with ${burn} }} (burn rate {{ . | first | value | humanize }}, limit ${measurePhrase(tier.factor)}){{ end }}`,
    `{{ with ${remaining} }}{{ if le (. | first | value) 0.0 }}; the budget is gone`,
    `{{ else if lt (. | first | value) ${WHOLE} }}; about {{ . | first | value | humanizePercentage }} of the budget is left`,
    `{{ with ${ends} }}, for {{ . | first | value | humanizeDuration }} at this rate{{ end }}{{ end }}{{ end }}.`,
  ].join('');
};

const summary = (subject: Subject, tier: Tier): string => {
  const times = tier.factor === 1 ? '' : ` more than ${measurePhrase(tier.factor)} times`;
  const group = subject.groupBy.length === 0 ? '' : ` (${groupText(subject)})`;
  return `${sloTitle(subject)}${group} burns its error budget${times} too fast.`;
};

/**
 * One alert for each tier, under the name and labels of the embedded evaluator. Without `for`: the short look-back is what
 * confirms and what ends it. What begins to burn is judged exactly alike; the end of data is not (docs/decisions).
 */
export const burnAlerts = (subject: Subject, tiers: readonly Tier[]): AlertingRule[] =>
  tiers.map((tier) => ({
    alert: ALERT_NAMES.burnRate,
    expr: condition(subject, tier),
    forMs: 0,
    labels: {
      ...identityLabels(burnRateIdentity(subject.slo, tier)).labels,
      severity: tier.severity,
      long_window: rangeOf(tier.longMs),
      short_window: rangeOf(tier.shortMs),
    },
    annotations: {
      summary: summary(subject, tier),
      description: description(subject, tier),
      ...sloLinks(subject, ALERT_NAMES.burnRate),
    },
  }));
