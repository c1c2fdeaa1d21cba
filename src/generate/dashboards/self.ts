import type { Catalog } from '../../definition/catalog.ts';
import { METRICS } from '../../names.ts';
import type { JsonObject } from '../finish.ts';
import { GREY, words, type Step } from '../panels/colors.ts';
import { CHART, FACT, line, type Panel, type Words } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { timeSeries } from '../panels/time-series.ts';
import { dashboard, ninesLink } from './frame.ts';

const holds = (key: string, told: Words, expr: string, no: string, yes: string): Panel =>
  stat({
    key,
    ...told,
    expr,
    unit: 'none',
    steps: [[null, GREY]],
    mappings: [words({ 0: [no, 'red'], 1: [yes, 'green'] })],
  });

const facts: readonly Panel[] = [
  stat({
    key: 'leaders',
    title: 'Leaders',
    description:
      'Replicas that probe and judge. One is right; with none nothing is checked: look at the database and at the logs.',
    expr: `sum(${METRICS.leader})`,
    unit: 'short',
    decimals: 0,
    steps: [
      [null, 'red'],
      [1, 'green'],
      [2, 'red'],
    ],
  }),
  stat({
    key: 'replicas',
    title: 'Replicas',
    description: 'Processes of Nines that Prometheus scrapes. Fewer than you run: one is down, or its scrape fails.',
    expr: `count(${METRICS.buildInfo})`,
    unit: 'short',
    decimals: 0,
    steps: [[null, 'text']],
  }),
  holds(
    'store',
    {
      title: 'Store',
      description:
        'Whether the last write succeeded. If not, alerts go to the fallback channel alone: free the disk or reach the database.',
    },
    `min(${METRICS.storeWritable})`,
    'not writable',
    'writable',
  ),
  holds(
    'catalog',
    {
      title: 'Definitions',
      description:
        'Whether the definitions on disk are those in use. While a file is faulty the older ones stay in force: run nines check.',
    },
    `min(${METRICS.catalogValid})`,
    'faulty',
    'in use',
  ),
  stat({
    key: 'self-outbox',
    title: 'Oldest notification',
    description:
      'How long the oldest notification waits that should have been sent. Above a minute somebody is not told: look at its channel.',
    expr: `max(${METRICS.outboxOldest})`,
    unit: 's',
    decimals: 0,
    steps: [
      [null, 'green'],
      [30, 'yellow'],
      [60, 'red'],
    ],
  }),
  stat({
    key: 'catalog-age',
    title: 'Definitions read',
    description:
      'How long ago the definitions in use were read. If you changed a file since, it was not taken: see Definitions.',
    expr: `time() - max(${METRICS.catalogLoaded})`,
    unit: 'dtdurations',
    decimals: 0,
    steps: [[null, 'text']],
  }),
];

const second = (limit: number): readonly Step[] => [
  [null, 'green'],
  [limit, 'red'],
];

const quantiles = (key: string, told: Words, metric: string, limit: number): Panel =>
  timeSeries({
    key,
    ...told,
    queries: [0.5, 0.99].map((share) => ({
      // Without an observation it is NaN, which no comparison lets through.
      expr: `histogram_quantile(${share}, sum by (le) (rate(${metric}_bucket[$__rate_interval]))) >= 0`,
      legend: share === 0.5 ? 'half' : '99 %',
    })),
    unit: 's',
    min: 0,
    lines: second(limit),
  });

const prober: readonly Panel[] = [
  timeSeries({
    key: 'checks',
    title: 'Checks per second',
    description:
      'Checks that were due and that were started. Where they part, checks are missed: the next chart says why.',
    queries: [
      { expr: `sum(rate(${METRICS.checksScheduled}[$__rate_interval]))`, legend: 'due' },
      { expr: `sum(rate(${METRICS.checksStarted}[$__rate_interval]))`, legend: 'started' },
    ],
    unit: 'cps',
    min: 0,
  }),
  timeSeries({
    key: 'missed',
    title: 'Missed checks',
    description:
      'Slots without a check, by reason. capacity: too many at once; budget: no request left; late, pause: the machine was busy or asleep.',
    queries: [{ expr: `sum by (reason) (increase(${METRICS.checksMissed}[$__rate_interval]))`, legend: '{{reason}}' }],
    unit: 'short',
    min: 0,
    stacked: true,
  }),
  timeSeries({
    key: 'room',
    title: 'Checks at once',
    description:
      'Checks that run, and those that wait because too many run. If many wait for long, spread intervals or shorten timeouts.',
    queries: [
      { expr: `sum(${METRICS.checksInFlight})`, legend: 'running' },
      { expr: `sum(${METRICS.checksWaiting})`, legend: 'waiting' },
    ],
    unit: 'short',
    min: 0,
  }),
];

const agents: readonly Panel[] = [
  timeSeries({
    key: 'agents',
    title: 'Silence of locations',
    description: 'How long ago each location was heard. A line that climbs is an agent that is down or cut off.',
    queries: [{ expr: `time() - max by (location) (${METRICS.locationLastSeen})`, legend: '{{location}}' }],
    unit: 's',
    min: 0,
  }),
  timeSeries({
    key: 'clocks',
    title: 'Clocks of locations',
    description: 'How far the clock of each location is off. More than a few seconds: repair its time synchronisation.',
    queries: [{ expr: `max by (location) (${METRICS.locationOffset})`, legend: '{{location}}' }],
    unit: 's',
  }),
  timeSeries({
    key: 'dropped',
    title: 'Dropped results of locations',
    description: 'Results for which a cut-off agent had no memory. They are missing from the coverage of SLOs.',
    queries: [
      { expr: `sum by (location) (increase(${METRICS.locationDropped}[$__rate_interval]))`, legend: '{{location}}' },
    ],
    unit: 'short',
    min: 0,
  }),
];

const rules: readonly Panel[] = [
  timeSeries({
    key: 'rule-failures',
    title: 'Rule failures in Prometheus',
    description:
      'Evaluations of rules that failed. A rule that fails records nothing and fires nothing: read the page of rules in Prometheus.',
    queries: [
      {
        expr: 'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))',
        legend: '{{rule_group}}',
      },
    ],
    unit: 'short',
    min: 0,
  }),
  table({
    key: 'versions',
    title: 'Versions',
    description: 'What runs. More than one version for longer than an update takes: one replica was forgotten.',
    labels: ['version', 'node'],
    columns: [
      { title: 'Replicas', expr: `count by (version, node) (${METRICS.buildInfo})`, unit: 'short', decimals: 0 },
    ],
    sort: { by: 'version', desc: true },
  }),
];

/** Whether Nines itself is well. */
export const self = ({ links }: Catalog): JsonObject =>
  dashboard({
    uid: 'nines-self',
    title: 'Nines itself',
    description:
      'Whether Nines itself is well: its store, its checks, its agents, and the rules that watch in its place.',
    from: 'now-6h',
    variables: [],
    marks: [],
    links: [ninesLink(links)],
    rows: [
      { key: 'self-now', title: 'Now', lines: [line(FACT, ...facts)] },
      {
        key: 'self-engine',
        title: 'Engine',
        lines: [
          line(
            CHART,
            quantiles(
              'ticks',
              {
                title: 'Evaluation',
                description:
                  'How long one evaluation of everything took. Above a second alerts come late: fewer objects, or a faster machine.',
              },
              METRICS.tickDuration,
              1,
            ),
            timeSeries({
              key: 'loop',
              title: 'Event loop delay',
              description:
                'How late the main loop comes to its timers, 99th percentile. Above 0.1 s pages and answers are slow: the machine is busy.',
              queries: [{ expr: `max(${METRICS.loopDelay})`, legend: 'delay' }],
              unit: 's',
              min: 0,
              lines: second(0.1),
            }),
            quantiles(
              'lateness',
              {
                title: 'Lateness of checks',
                description:
                  'How long after its slot each check started. Above a second what it measures is partly our own delay.',
              },
              METRICS.checkLateness,
              1,
            ),
          ),
          line(CHART, ...prober),
        ],
      },
      { key: 'self-agents', title: 'Locations', lines: [line(CHART, ...agents)] },
      { key: 'self-rules', title: 'Rules and versions', lines: [line(CHART, ...rules)] },
    ],
  });
