import type { Severity } from '../../alert/alert.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { MINUTE } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { selectorText } from '../../promql/print.ts';
import { SELF_LABEL } from '../alertmanager.ts';
import { JOBS } from '../prometheus.ts';
import type { AlertingRule, RuleGroup } from '../rule.ts';
import { FAST_INTERVAL } from '../series.ts';
import { runbookUrl } from './links.ts';
import type { AlertName } from './runbook-anchors.ts';

type Said = {
  alert: AlertName;
  expr: string;
  forMs?: number;
  severity: Severity;
  summary: string;
  description: string;
};

const UP = selectorText('up', [{ label: 'job', operator: '=', value: JOBS.nines }]);
const OUR_RULES = '{rule_group=~".*;nines(-.*)?"}';

/** Grows, or is there now and was not 15 min ago: a series that is born with its first count never grows by it. */
const grown = (by: string, series: string): string =>
  `sum by (${by}) (increase(${series}[15m])) > 0 or sum by (${by}) (${series} unless ${series} offset 15m) > 0`;

const LIFE: readonly Said[] = [
  {
    alert: 'NinesWatchdog',
    expr: 'vector(1)',
    severity: 'info',
    summary: 'The alerting chain works.',
    description: 'This alert always fires. Whoever receives it outside must tell somebody when it stops to arrive.',
  },
  {
    alert: 'NinesDown',
    expr: `max(${UP}) == 0 or absent(${UP})`,
    forMs: 2 * MINUTE,
    severity: 'critical',
    summary: 'Nines is down.',
    description: 'No replica answers its scrape: nothing is probed, judged or told to anybody.',
  },
  {
    alert: 'NinesHeartbeatMissing',
    expr: `sum(increase(${METRICS.tickDuration}_count[5m])) == 0 or absent(${METRICS.tickDuration}_count)`,
    forMs: 5 * MINUTE,
    severity: 'critical',
    summary: 'Nines runs and judges nothing.',
    description: 'For 5 min no SLO or condition was judged, though that is due every few seconds.',
  },
  {
    alert: 'NinesNoLeader',
    expr: `sum(${METRICS.leader}) == 0`,
    forMs: 2 * MINUTE,
    severity: 'critical',
    summary: 'No replica of Nines leads.',
    description: 'Replicas run, and none of them probes and judges.',
  },
  {
    alert: 'NinesTwoLeaders',
    expr: `sum(${METRICS.leader}) > 1`,
    forMs: 5 * MINUTE,
    severity: 'warning',
    summary: 'More than one replica of Nines leads.',
    description: '{{ $value }} replicas say that they lead: do they share one database?',
  },
];

const WORK: readonly Said[] = [
  {
    alert: 'NinesStoreUnwritable',
    expr: `min(${METRICS.storeWritable}) == 0`,
    forMs: 2 * MINUTE,
    severity: 'critical',
    summary: 'Nines cannot write its store.',
    description: 'What it measures and decides is kept in memory alone, and is lost when it stops.',
  },
  {
    alert: 'NinesOutboxStuck',
    expr: `max(${METRICS.outboxOldest}) > 300`,
    forMs: MINUTE,
    severity: 'critical',
    summary: 'Notifications of Nines are not delivered.',
    description: 'The oldest one that is due has waited for {{ $value | humanizeDuration }}.',
  },
  {
    alert: 'NinesDeliveriesFailing',
    expr: grown('channel', `${METRICS.deliveries}{outcome="rejected"}`),
    severity: 'warning',
    summary: 'A channel refuses notifications of Nines.',
    description:
      'The channel {{ $labels.channel }} has refused what Nines sent in the last 15 min: its settings are wrong.',
  },
  {
    alert: 'NinesCatalogInvalid',
    expr: `min(${METRICS.catalogValid}) == 0`,
    forMs: 5 * MINUTE,
    severity: 'warning',
    summary: 'Nines works with older definitions.',
    description: 'The definitions on disk have mistakes: nines check lists them.',
  },
  {
    alert: 'NinesChecksMissed',
    expr: `sum by (reason) (increase(${METRICS.checksMissed}[15m]))\n/ on () group_left () (sum(increase(${METRICS.checksScheduled}[15m])) > 0)\n> 0.01`,
    forMs: 5 * MINUTE,
    severity: 'warning',
    summary: 'Nines misses checks.',
    description: '{{ $value | humanizePercentage }} of the checks due in 15 min were not made: {{ $labels.reason }}.',
  },
  {
    alert: 'NinesLoopSlow',
    expr: `max(${METRICS.loopDelay}) > 0.2`,
    forMs: 10 * MINUTE,
    severity: 'warning',
    summary: 'Nines is too busy to keep its times.',
    description: 'Its main loop comes {{ $value | humanizeDuration }} late, so that checks look slower than they are.',
  },
  {
    alert: 'NinesLocationSilent',
    expr: `time() - max by (location) (${METRICS.locationLastSeen}) > 300`,
    forMs: MINUTE,
    severity: 'warning',
    summary: 'A location of Nines is silent.',
    description: 'The agent of {{ $labels.location }} was last heard {{ $value | humanizeDuration }} ago.',
  },
];

const CHAIN: readonly Said[] = [
  {
    alert: 'NinesRuleEvaluationFailing',
    expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total${OUR_RULES}[15m])) > 0`,
    severity: 'warning',
    summary: 'Prometheus cannot evaluate rules of Nines.',
    description: 'Rules of {{ $labels.rule_group }} failed in the last 15 min: their alerts may not fire.',
  },
  {
    alert: 'NinesRulesMissed',
    expr: `sum by (rule_group) (increase(prometheus_rule_group_iterations_missed_total${OUR_RULES}[15m])) > 0`,
    severity: 'warning',
    summary: 'Prometheus does not keep up with rules of Nines.',
    description: '{{ $labels.rule_group }} was skipped {{ $value | humanize }} times in 15 min.',
  },
  {
    alert: 'NinesNotificationsDropped',
    expr: [
      'sum(increase(prometheus_notifications_dropped_total[15m])) > 0',
      'or sum(increase(alertmanager_notifications_failed_total[15m])) > 0',
    ].join('\n'),
    severity: 'warning',
    summary: 'Alerts do not get through to their receivers.',
    description: 'Prometheus or Alertmanager failed to pass on {{ $value | humanize }} notifications in 15 min.',
  },
];

/**
 * The health of Nines and of the chain that alerts through it. `nines="self"` routes them to a receiver that does not need
 * Nines. Whoever scrapes it calls the job `nines`, Prometheus and Alertmanager under their own names.
 */
export const selfRuleGroups = (catalog: Catalog): RuleGroup[] => {
  const ruleOf = ({ alert, expr, forMs = 0, severity, summary, description }: Said): AlertingRule => ({
    alert,
    expr,
    forMs,
    labels: { severity, ...SELF_LABEL },
    annotations: {
      summary,
      description,
      runbook_url: runbookUrl(catalog, alert),
      dashboard_url: `${catalog.links.grafana}/d/nines-self`,
    },
  });
  return [
    { name: 'nines-self-life', intervalMs: FAST_INTERVAL, rules: LIFE.map(ruleOf) },
    { name: 'nines-self-work', intervalMs: FAST_INTERVAL, rules: WORK.map(ruleOf) },
    { name: 'nines-self-chain', intervalMs: FAST_INTERVAL, rules: CHAIN.map(ruleOf) },
  ];
};
