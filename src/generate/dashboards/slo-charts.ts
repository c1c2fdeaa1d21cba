import { DAY, HOUR, MINUTE } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { BUDGET, BURN, COVERAGE, PLAIN, words } from '../panels/colors.ts';
import type { Color, Step } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { table } from '../panels/table.ts';
import { timeSeries } from '../panels/time-series.ts';
import { SLO_LABEL_NAMES } from '../series.ts';
import { select, type Scope } from './selector.ts';
import { groupNumbers } from './slo-numbers.ts';
import type { sloNumbers } from './slo-numbers.ts';

type Numbers = ReturnType<typeof sloNumbers>;

export const budgetOverTime = (key: string, of: Numbers): Panel =>
  timeSeries({
    key,
    title: 'Error budget left',
    description:
      'How the budget was spent. A cliff is an outage: look for a mark of a deploy or an alert just before it. The dashed line is where the budget will stand a day later at the pace of six hours.',
    queries: [
      { expr: of.budget, legend: 'budget left' },
      { expr: of.budgetTomorrow, legend: 'a day later at this pace' },
    ],
    unit: 'percentunit',
    softMin: 0,
    max: 1,
    lines: [
      [null, 'red'],
      [0, 'orange'],
    ],
    colors: { 'budget left': 'green', 'a day later at this pace': 'orange' },
    dashed: ['a day later at this pace'],
  });

/** The factors of the tiers that page and ticket; where they are not known, those of a week and longer. */
const USUAL: readonly Step[] = [
  [null, 'green'],
  [1, 'yellow'],
  [3, 'yellow'],
  [6, 'orange'],
  [14.4, 'red'],
];

const LOOK_BACKS: readonly (readonly [ms: number, legend: string, color: Color])[] = [
  [5 * MINUTE, '5 min', 'red'],
  [HOUR, '1 h', 'orange'],
  [6 * HOUR, '6 h', 'yellow'],
  [3 * DAY, '3 d', 'blue'],
];

export const burnByWindow = (key: string, of: Numbers, lines: readonly Step[] = USUAL): Panel =>
  timeSeries({
    key,
    title: 'Burn rate by look-back',
    description:
      'The look-backs that alerts compare. An alert fires while its long and its short one are both above its dashed line; once the short one is back below, it is over.',
    queries: LOOK_BACKS.map(([ms, legend]) => ({ expr: of.burn(ms), legend })),
    unit: 'none',
    decimals: 1,
    min: 0,
    symlog: 1,
    lines,
    colors: Object.fromEntries(LOOK_BACKS.map(([, legend, color]) => [legend, color])),
  });

/** `{{region}} {{zone}}`, as Grafana fills it in. */
const groupLegend = (groupBy: readonly string[]): string => groupBy.map((name) => `{{${name}}}`).join(' ');

/** A line for each group, where the definition says by which labels they are told apart. */
export const budgetByGroup = (key: string, scope: Scope, groupBy: readonly string[]): Panel =>
  timeSeries({
    key,
    title: 'Error budget left',
    description: `How each group (${groupBy.join(', ')}) spent its budget. A line that falls alone is trouble of that group: look there before anywhere else.`,
    queries: [{ expr: groupNumbers(scope, groupBy).budget, legend: groupLegend(groupBy) }],
    unit: 'percentunit',
    softMin: 0,
    max: 1,
    lines: [
      [null, 'red'],
      [0, 'orange'],
    ],
  });

export const burnByGroup = (key: string, scope: Scope, groupBy: readonly string[], lines: readonly Step[]): Panel =>
  timeSeries({
    key,
    title: 'Burn rate of 1 h',
    description: `How fast each group (${groupBy.join(', ')}) burns. Alerts judge every group by itself, with further look-backs too; the dashed lines are their limits.`,
    queries: [{ expr: groupNumbers(scope, groupBy).burn(HOUR), legend: groupLegend(groupBy) }],
    unit: 'none',
    decimals: 1,
    min: 0,
    symlog: 1,
    lines,
  });

/** Its groups, whatever labels tell them apart: these become columns. An SLO without groups is one line. */
export const groupsNow = (key: string, scope: Scope): Panel => {
  const of = groupNumbers(scope);
  return table({
    key,
    title: 'Groups',
    description:
      'Each group of an SLO that is told apart by labels (groupBy), the fastest burning first; the other panels show its worst group. An SLO without groups has one line.',
    labels: [],
    without: SLO_LABEL_NAMES,
    columns: [
      { title: 'Burn 1 h', expr: of.burn(HOUR), unit: 'none', decimals: 1, steps: BURN },
      { title: 'Burn 6 h', expr: of.burn(6 * HOUR), unit: 'none', decimals: 1, steps: BURN },
      {
        title: 'Budget left',
        expr: of.budget,
        unit: 'percentunit',
        decimals: 1,
        steps: BUDGET,
        bar: { min: -0.5, max: 1 },
      },
      { title: 'SLI', expr: of.sli, unit: 'percentunit', decimals: 3 },
      { title: 'Data', expr: of.coverage, unit: 'percentunit', decimals: 1, steps: COVERAGE },
    ],
    sort: { by: 'Burn 1 h', desc: true },
  });
};

export const burnAlerts = (key: string, scope: Scope): Panel =>
  table({
    key,
    title: 'Burn-rate alerts',
    description:
      'Every tier of the SLO and whether it fires. Pages are critical, tickets are warnings. Many changes mean that it flaps: the cause was not removed.',
    labels: ['severity', 'tier'],
    columns: [
      {
        title: 'Now',
        expr: `max by (severity, tier) (${select(METRICS.alertFiring, scope)})`,
        unit: 'none',
        mappings: [words({ 0: ['quiet', 'green'], 1: ['firing', 'red'] })],
      },
      {
        title: 'Changes',
        expr: `sum by (severity, tier) (changes(${select(METRICS.alertFiring, scope)}[$__range]))`,
        unit: 'short',
        decimals: 0,
      },
    ],
    sort: { by: 'tier', desc: false },
  });

export const goodAndBad = (key: string, of: Numbers): Panel =>
  timeSeries({
    key,
    title: 'Events',
    description:
      'Good and bad events per second. Little traffic makes burn rates jump: a few bad events in a quiet night are no outage.',
    queries: [
      { expr: of.goodPerSecond, legend: 'good' },
      { expr: of.badPerSecond, legend: 'bad' },
    ],
    unit: 'cps',
    min: 0,
    stacked: true,
    colors: { good: 'green', bad: 'red' },
  });

export const whyChecksFailed = (key: string, scope: Scope): Panel =>
  table({
    key,
    title: 'Why checks failed',
    description:
      'Probes of the service with the reason of their failed checks, by how often each was seen in the picked time. Begin with the first line; without lines no check failed, or none was made.',
    labels: ['reason', 'probe'],
    columns: [
      {
        title: 'Seen',
        expr: `topk(10, sum by (probe, reason) (count_over_time(${select(METRICS.probeFailure, scope)}[$__range])))`,
        unit: 'short',
        decimals: 0,
        steps: PLAIN,
      },
    ],
    sort: { by: 'Seen', desc: true },
    link: {
      title: 'Probes of this service',
      url: '/d/nines-probes?${__url_time_range}&var-probe=${__data.fields.probe}',
    },
  });
