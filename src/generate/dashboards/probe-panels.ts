import { METRICS } from '../../names.ts';
import { between, FAILING, NONE_IS_BEST, PASSED, PLAIN, UP_OR_DOWN, type Step } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { table } from '../panels/table.ts';
import { statusHistory } from '../panels/timeline.ts';
import { timeSeries } from '../panels/time-series.ts';
import { select, type Scope } from './selector.ts';

export const checksOverTime = (key: string, scope: Scope, legend = '{{service}} / {{probe}}'): Panel =>
  statusHistory({
    key,
    title: 'Checks',
    description:
      'Every probe over time. One red square is a blip; a red stretch is an outage; a gap means that nobody checked: find out why before you trust the green around it.',
    // The worst since the square before: a square stands for up to hours.
    queries: [
      {
        expr: `min by (service, probe) (min_over_time(${select(METRICS.probeSuccess, scope)}[$__rate_interval]))`,
        legend,
      },
    ],
    mappings: [PASSED],
  });

export const durations = (key: string, scope: Scope, legend = '{{service}} / {{probe}}'): Panel =>
  timeSeries({
    key,
    title: 'Duration of checks',
    description:
      'How long the checks took. A step up right after a deploy points to the deploy; a slow climb points to load or a full resource.',
    queries: [{ expr: `max by (service, probe) (${select(METRICS.probeDuration, scope)})`, legend }],
    unit: 's',
    min: 0,
  });

const NAMES = 'system, environment, service, probe';
const LABELS = ['system', 'environment', 'service', 'probe'] as const;
const DAY_SECONDS = 86_400;

const CERTIFICATE: readonly Step[] = [
  [null, 'red'],
  [7 * DAY_SECONDS, 'yellow'],
  [21 * DAY_SECONDS, 'green'],
];

const secondsToExpiry = (scope: Scope): string => `${select(METRICS.probeCertExpiry, scope)} - time()`;

/** `title` differs where several stand on one dashboard. */
export const certificate = (key: string, scope: Scope, title = 'Certificates last'): Panel =>
  stat({
    key,
    title,
    description:
      'Time until the first certificate expires. Below three weeks its renewal did not work: renew it by hand and repair the job.',
    expr: `min(${secondsToExpiry(scope)})`,
    unit: 'dtdurations',
    decimals: 0,
    steps: CERTIFICATE,
    mappings: [between(null, 0, ['expired', 'red'])],
  });

const count = (key: string, title: string, description: string, expr: string, steps: readonly Step[]): Panel =>
  stat({ key, title, description, expr, unit: 'short', decimals: 0, steps });

export const probeFacts = (prefix: string, scope: Scope): readonly Panel[] => [
  count(
    `${prefix}-down`,
    'Probes down',
    'Probes that count as down by their failure threshold. The table says why each of them failed.',
    `sum(${select(METRICS.probeFailing, scope)})`,
    NONE_IS_BEST,
  ),
  count(
    `${prefix}-up`,
    'Probes up',
    'Probes that count as up. Those that are silent or in maintenance are in neither number.',
    `sum(${select(METRICS.probeFailing, scope)} == bool 0)`,
    PLAIN,
  ),
  count(
    `${prefix}-degraded`,
    'Probes degraded',
    'Probes whose last check passed and was not well. It works, but look at it before it does not.',
    `sum(${select(METRICS.probeDegraded, scope)})`,
    [
      [null, 'green'],
      [1, 'yellow'],
    ],
  ),
  certificate(`${prefix}-certificate`, scope),
];

export const probeTable = (key: string, scope: Scope): Panel =>
  table({
    key,
    title: 'Probes',
    description:
      'Every probe, the worst first: how it stands, what share of its checks passed in the picked time, and how often it went up or down. Many changes: raise its failure threshold, or repair what flaps.',
    labels: LABELS,
    columns: [
      {
        title: 'Now',
        expr: `max by (${NAMES}) (${select(METRICS.probeFailing, scope)})`,
        unit: 'none',
        mappings: [FAILING],
      },
      {
        title: 'Passed',
        expr: `min by (${NAMES}) (avg_over_time(${select(METRICS.probeSuccess, scope)}[$__range]))`,
        unit: 'percentunit',
        decimals: 2,
        steps: [
          [null, 'red'],
          [0.99, 'yellow'],
          [0.999, 'green'],
        ],
      },
      { title: 'Duration', expr: `max by (${NAMES}) (${select(METRICS.probeDuration, scope)})`, unit: 's' },
      {
        title: 'Changes',
        expr: `max by (${NAMES}) (changes(${select(METRICS.probeFailing, scope)}[$__range]))`,
        unit: 'short',
        decimals: 0,
      },
      {
        title: 'Certificate',
        expr: `min by (${NAMES}) (${secondsToExpiry(scope)})`,
        unit: 'dtdurations',
        decimals: 0,
        steps: CERTIFICATE,
      },
    ],
    sort: { by: 'Passed', desc: false },
  });

export const phases = (key: string, scope: Scope): Panel =>
  timeSeries({
    key,
    title: 'Phases of HTTP checks',
    description:
      'Where the time goes, on average over the picked probes. Resolve and connect are the network, processing is the service, transfer is the size of the answer.',
    queries: [{ expr: `avg by (phase) (${select(METRICS.probeHttpDuration, scope)})`, legend: '{{phase}}' }],
    unit: 's',
    min: 0,
    stacked: true,
  });

export const statusCodes = (key: string, scope: Scope): Panel =>
  timeSeries({
    key,
    title: 'HTTP status',
    description: 'Status of the last check. 0 is no answer at all, 4xx is what we sent, 5xx is the service.',
    queries: [
      {
        expr: `max by (service, probe) (${select(METRICS.probeHttpStatus, scope)})`,
        legend: '{{service}} / {{probe}}',
      },
    ],
    unit: 'none',
    decimals: 0,
    min: 0,
  });

export const byLocation = (key: string, scope: Scope): Panel =>
  statusHistory({
    key,
    title: 'By location',
    description:
      'What each location sees. One red location: its network; all of them: the target. A gap is a location that is silent.',
    queries: [
      {
        expr: `min by (service, probe, location) (min_over_time(${select(METRICS.probeLocationUp, scope)}[$__rate_interval]))`,
        legend: '{{service}} / {{probe}} from {{location}}',
      },
    ],
    mappings: [UP_OR_DOWN],
  });
