import type { Catalog } from '../../definition/catalog.ts';
import { METRICS } from '../../names.ts';
import type { JsonObject } from '../finish.ts';
import { NONE_IS_BEST, PLAIN, type Step } from '../panels/colors.ts';
import { CHART, FACT, line, type Panel } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { timeSeries } from '../panels/time-series.ts';
import { dashboard, ninesLink } from './frame.ts';
import { levelsOverTime } from './incident-panels.ts';
import { happeningsOfPicked } from './marks.ts';
import { picked, select, type Scope } from './selector.ts';
import { lists } from './variables.ts';

const NAMES = ['system', 'environment', 'service'] as const;
const HOME = NAMES.join(', ');

const increase = (metric: string, range: string, ...scopes: readonly Scope[]): string =>
  `increase(${select(metric, ...scopes)}[${range}])`;

/** Mean of a histogram over the picked time; no observation is no number. */
const mean = (metric: string, scope: Scope, by = ''): string =>
  `sum${by} (${increase(`${metric}_sum`, '$__range', scope)}) / (sum${by} (${increase(`${metric}_count`, '$__range', scope)}) > 0)`;

/** Without an observation the quantile is NaN, which no comparison lets through. */
const quantile = (share: number, metric: string, scope: Scope): string =>
  `histogram_quantile(${share}, sum by (le) (${increase(`${metric}_bucket`, '1d', scope)})) >= 0`;

const ACKNOWLEDGE: readonly Step[] = [
  [null, 'green'],
  [300, 'yellow'],
  [600, 'orange'],
  [1_800, 'red'],
];
const RECOVER: readonly Step[] = [
  [null, 'green'],
  [900, 'yellow'],
  [3_600, 'orange'],
  [14_400, 'red'],
];

const facts = (scope: Scope): readonly Panel[] => [
  stat({
    key: 'open-critical',
    title: 'Open, critical',
    description: 'Critical incidents that are open now. If one has nobody, acknowledge it on the page of Nines.',
    expr: `sum(${select(METRICS.incidentsOpen, 'severity="critical"')})`,
    unit: 'short',
    decimals: 0,
    steps: NONE_IS_BEST,
  }),
  stat({
    key: 'open-warning',
    title: 'Open, warning',
    description: 'Incidents of severity warning that are open now. They wait for working hours, not for ever.',
    expr: `sum(${select(METRICS.incidentsOpen, 'severity="warning"')})`,
    unit: 'short',
    decimals: 0,
    steps: [
      [null, 'green'],
      [1, 'yellow'],
    ],
  }),
  stat({
    key: 'mtta',
    title: 'Time to acknowledge',
    description:
      'MTTA: from opening to the first acknowledgement, mean of the picked time. Above 10 minutes L3 is paged: check that pages arrive and buzz.',
    expr: mean(METRICS.incidentAcknowledge, scope),
    unit: 's',
    decimals: 0,
    steps: ACKNOWLEDGE,
  }),
  stat({
    key: 'mttr',
    title: 'Time to recover',
    description:
      'MTTR: from the first bad slot to the end of the last one, mean of the picked time. What confirms a recovery is not counted.',
    expr: mean(METRICS.incidentRecover, scope),
    unit: 's',
    decimals: 0,
    steps: RECOVER,
  }),
  stat({
    key: 'opened',
    title: 'Opened',
    description:
      'Incidents that were opened in the picked time. Compare it with the time before: is it getting better?',
    expr: `sum(${increase(METRICS.incidentsOpened, '$__range', scope)})`,
    unit: 'short',
    decimals: 0,
    steps: PLAIN,
  }),
  stat({
    key: 'by-itself',
    title: 'Over by itself',
    description:
      'Share of the incidents that ended without a person resolving them. Where it is high, people are paged for what heals alone: raise thresholds.',
    expr: `sum(${increase(METRICS.incidentsResolved, '$__range', scope, 'by="recovery"')}) / (sum(${increase(METRICS.incidentsResolved, '$__range', scope)}) > 0)`,
    unit: 'percentunit',
    decimals: 0,
    steps: PLAIN,
  }),
];

const perService = (scope: Scope): Panel =>
  table({
    key: 'incidents-by-service',
    title: 'By service',
    description: 'Which service costs most sleep in the picked time. Take the first line to the next review.',
    labels: NAMES,
    columns: [
      {
        title: 'Opened',
        expr: `sum by (${HOME}) (${increase(METRICS.incidentsOpened, '$__range', scope)})`,
        unit: 'short',
        decimals: 0,
      },
      {
        title: 'Pages',
        expr: `sum by (${HOME}) (${increase(METRICS.incidentPages, '$__range', scope)})`,
        unit: 'short',
        decimals: 0,
      },
      {
        title: 'Reached L3 or L4',
        expr: `sum by (${HOME}) (${increase(METRICS.incidentPages, '$__range', scope, 'level=~"3|4"')})`,
        unit: 'short',
        decimals: 0,
      },
      {
        title: 'To acknowledge',
        expr: mean(METRICS.incidentAcknowledge, scope, ` by (${HOME})`),
        unit: 's',
        decimals: 0,
        steps: ACKNOWLEDGE,
      },
      {
        title: 'To recover',
        expr: mean(METRICS.incidentRecover, scope, ` by (${HOME})`),
        unit: 's',
        decimals: 0,
        steps: RECOVER,
      },
    ],
    sort: { by: 'Pages', desc: true },
  });

const reaction = (scope: Scope): Panel =>
  timeSeries({
    key: 'reaction',
    title: 'How long it took',
    description:
      'Half, and nine tenths, of the acknowledgements and recoveries on the day before each point. A rising upper line: some pages are missed.',
    queries: [
      { expr: quantile(0.5, METRICS.incidentAcknowledge, scope), legend: 'acknowledged, half' },
      { expr: quantile(0.9, METRICS.incidentAcknowledge, scope), legend: 'acknowledged, 90 %' },
      { expr: quantile(0.5, METRICS.incidentRecover, scope), legend: 'recovered, half' },
      { expr: quantile(0.9, METRICS.incidentRecover, scope), legend: 'recovered, 90 %' },
    ],
    unit: 's',
    min: 0,
  });

const pages = (scope: Scope): Panel =>
  timeSeries({
    key: 'pages-by-level',
    title: 'Pages by level',
    description: 'How often people were paged, by level. Look for the hour of the day at which most of them come.',
    queries: [
      {
        expr: `sum by (level) (${increase(METRICS.incidentPages, '$__rate_interval', scope)})`,
        legend: 'L{{level}}',
        interval: '1h',
      },
    ],
    unit: 'short',
    decimals: 0,
    min: 0,
    stacked: true,
    colors: { L1: 'yellow', L2: 'orange', L3: 'red', L4: 'purple' },
  });

const deliveries: readonly Panel[] = [
  timeSeries({
    key: 'deliveries',
    title: 'Deliveries',
    description:
      'Attempts to deliver, by channel and outcome. "rejected" never gets through by itself: repair the channel; "retry" does.',
    queries: [
      {
        expr: `sum by (channel, outcome) (${increase(METRICS.deliveries, '$__rate_interval')})`,
        legend: '{{channel}} {{outcome}}',
        interval: '5m',
      },
    ],
    unit: 'short',
    min: 0,
    stacked: true,
  }),
  timeSeries({
    key: 'outbox',
    title: 'Waiting notifications',
    description:
      'How long the oldest notification waits that should have been sent. Above a minute the fallback channel is used: find out why the first one does not take it.',
    queries: [{ expr: `max(${METRICS.outboxOldest})`, legend: 'oldest' }],
    unit: 's',
    min: 0,
    lines: [
      [null, 'green'],
      [60, 'red'],
    ],
  }),
  timeSeries({
    key: 'duplicates',
    title: 'Possible duplicates',
    description:
      'Messages that may have arrived twice, after a crash or an answer that was lost. Harmless; many mean a bad network.',
    queries: [
      {
        expr: `sum by (channel) (${increase(METRICS.possibleDuplicates, '$__rate_interval')})`,
        legend: '{{channel}}',
        interval: '5m',
      },
    ],
    unit: 'short',
    min: 0,
  }),
];

/** What incidents cost people, and whether pages arrive. */
export const incidents = ({ links }: Catalog): JsonObject => {
  const scope = picked(NAMES, NAMES);
  return dashboard({
    uid: 'nines-incidents',
    title: 'Nines incidents',
    description: 'How far incidents climb, how fast people and services are, and whether pages arrive.',
    from: 'now-7d',
    variables: lists(METRICS.incidentLevel, NAMES, NAMES),
    marks: [happeningsOfPicked(NAMES)],
    links: [ninesLink(links, '/incidents')],
    rows: [
      { key: 'incidents-now', title: 'Now', lines: [line(FACT, ...facts(scope))] },
      {
        key: 'incidents-escalation',
        title: 'Escalation',
        lines: [
          line(8, levelsOverTime('incidents-levels', scope, ['system', 'service'])),
          line(CHART, perService(scope)),
          line(CHART, reaction(scope), pages(scope)),
        ],
      },
      { key: 'incidents-delivery', title: 'Delivery', lines: [line(CHART, ...deliveries)] },
    ],
  });
};
