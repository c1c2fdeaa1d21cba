import { expect, test } from 'vitest';
import { placeOf, said } from './own-indicator.ts';

const promql = (fields: Record<string, string>, groupBy?: string): string =>
  [
    '',
    'kind: promql',
    'connector: metrics',
    ...Object.entries(fields).map(([key, text]) => `${key}: '${text}'`),
    ...(groupBy === undefined ? [] : [`groupBy: [${groupBy}]`]),
  ].join('\n          ');

const slice = (query: string): string =>
  `{ kind: time-slice, source: { kind: query, connector: metrics, query: '${query}' }, comparison: <, threshold: 1 }`;

const KEEP = 'loses the label region here, by which groupBy groups; keep it, as in sum by (region) (…)';
const TOTAL = 'sum by (region) (rate(payments_total[$window]))';

test.each([
  [
    'in one of two queries',
    promql({ good: 'sum(rate(good_total[$window]))', total: TOTAL }, 'region'),
    [['sum(rate(good', `good ${KEEP}`]],
  ],
  [
    'in both',
    promql({ errors: 'sum(rate(a[$window]))', total: 'sum by (zone) (rate(b[$window]))' }, 'region'),
    [
      ['sum(rate(a', `errors ${KEEP}`],
      ['sum by (zone)', `total ${KEEP}`],
    ],
  ],
  [
    'because it is misspelt',
    promql({ good: TOTAL, total: TOTAL }, 'regoin'),
    [['regoin', 'label regoin is not kept by good and total; did you mean region?']],
  ],
  [
    'because it is misspelt, beside a counter that may carry anything',
    promql({ errors: TOTAL, total: 'payments_total' }, 'regoin'),
    [['regoin', 'label regoin is not kept by errors; did you mean region?']],
  ],
  [
    'by without',
    promql({ ratio: 'avg without (region) (avg_over_time(a[$window]))' }, 'region'),
    [['region) (avg', `ratio ${KEEP}`]],
  ],
  [
    'inside of an aggregation that names it',
    promql({ ratio: 'max by (region) (sum(rate(a[$window])) / 2)' }, 'region'),
    [['sum(rate', `ratio ${KEEP}`]],
  ],
  [
    'where two sides are matched',
    promql({ ratio: 'sum by (region) (rate(a[$window])) / on () sum(rate(b[$window]))' }, 'region'),
    [['() sum', `ratio ${KEEP}`]],
  ],
  ['by the selector', promql({ gauge: 'up{region=""}' }, 'region'), [['region=""', `gauge ${KEEP}`]]],
] as const)('a label that is grouped by and lost %s is told at its character', (_, indicator, told) => {
  expect(said(indicator)).toEqual(told.map(([text, message]) => `${placeOf(indicator, text)} ${message}`));
});

test.each([
  promql({ errors: 'a', total: 'b' }, 'region'),
  promql({ errors: 'topk by (job) (3, rate(a[$window]))', total: TOTAL }, 'region'),
  promql({ errors: 'sum without (pod) (rate(a[$window]))', total: TOTAL }, 'region'),
  promql({ errors: 'rate(a[$window]) * on (pod) group_left (region) info', total: TOTAL }, 'region'),
  promql({ errors: 'label_replace(sum(rate(a[$window])), "region", "eu", "", "")', total: TOTAL }, 'region'),
  promql({ errors: `${TOTAL} or vector(0)`, total: TOTAL }, 'region'),
])('nothing is said where a label may be carried: %#', (indicator) => expect(said(indicator)).toEqual([]));

const GROWS = (call: string): string =>
  `must be events per second, and ${call} over $window counts all of its events: write rate, or give the bare counter`;
const FILTERS = (sign: string): string =>
  `must not filter: ${sign} leaves out what it is not true of, and keeps the value of the rest. Write ${sign} bool for 1 and 0, or leave the comparison out`;
const LOOKS = (written: string): string =>
  `looks back over $window and, here, over ${written}: alerts compare look-backs of several lengths, so write $window in both`;
const MANY =
  'query may answer with several series, which are refused where one value is due: put sum(…) or max(…) around it';

test.each([
  [
    'an increase beside a rate',
    promql({ errors: 'sum(increase(x[$window]))', total: 'y' }),
    'increase',
    `errors ${GROWS('increase')}`,
  ],
  [
    'an increase with something in its place',
    promql({ errors: 'y', total: 'sum(delta(x[$window] offset 1m)) / 60 or vector(0)' }),
    'delta',
    `total ${GROWS('delta')}`,
  ],
  ['a filter in place of a share', promql({ ratio: 'sum(rate(x[$window])) > 0.5' }), '> 0.5', `ratio ${FILTERS('>')}`],
  [
    'a filter around a counter',
    promql({ errors: '(sum(rate(x[$window])) <= 2)', total: 'y' }),
    '<= 2',
    `errors ${FILTERS('<=')}`,
  ],
  [
    'a share of two look-backs',
    promql({ ratio: 'sum(rate(x[$window])) / sum(rate(y[5m]))' }),
    '5m',
    `ratio ${LOOKS('5m')}`,
  ],
  ['a slice of whatever has the name', slice('queue_depth'), 'queue_depth', MANY],
  ['a slice of many groups', slice('sum by (queue) (depth)'), 'sum by', MANY],
  [
    'a slice that has no value while all is well',
    slice('max(depth) > 5'),
    '> 5',
    'query filters: where > is not true there is no value, and so no data. Leave it to comparison and threshold, or write > bool for 1 and 0',
  ],
  [
    'a counter of which little is left out',
    promql({ errors: 'e', total: 'sum(rate(x[$window])) > 0.1' }),
    '> 0.1',
    'total > leaves out what is less, which is no data then; minBad says how few events are too few to judge',
  ],
] as const)('%s is told where it stands', (_, indicator, text, message) => {
  expect(said(indicator)).toEqual([`${placeOf(indicator, text)} ${message}`]);
});

test.each([
  promql({ ratio: 'sum(increase(x[$window])) / sum(increase(y[$window]))' }),
  promql({
    errors: 'sum(rate(x[$window])) > 0',
    total: 'sum(increase(x[$window])) / sum(increase(y[$window])) * sum(rate(z[$window]))',
  }),
  promql({ ratio: 'sum(rate(x[$window])) / sum(rate(y[$window])) >= 0' }),
  promql({ ratio: '0 <= sum(rate(x[$window])) / sum(rate(y[$window])) <= 1' }),
  promql({ ratio: 'sum(rate(x[$window])) / sum(rate(y[$window])) < Inf' }),
  promql({ ratio: 'sum(rate(x[$window])) / sum(rate(y[$window])) > -1' }),
  promql({ errors: '0 < sum(rate(x[$window]))', total: 'sum(rate(y[$window])) != +Inf' }),
  promql({ ratio: 'avg(avg_over_time((rate(x[5m]) > bool 2)[$window:1m]))' }),
  promql({ ratio: '(rate(x[$window]) > bool 2) * on (pod) group_left last_over_time(info[1h])' }),
  slice('max(lag)'),
  slice('histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))'),
  slice('sum(a) / sum(b) or vector(0)'),
  slice('scalar(lag)'),
  slice('topk(1, lag)'),
])('what is right is said nothing of: %#', (indicator) => expect(said(indicator)).toEqual([]));
