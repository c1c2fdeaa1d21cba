import { expect, test } from 'vitest';
import { POLICIES, SHOP, catalogOf, linesOf } from './documents.ts';
import { placeOf, said, withIndicator } from './own-indicator.ts';

const COUNTS =
  'indicator must say what it counts: errors and total, good and total, ratio, histogram, nativeHistogram or gauge';

test.each([
  ['nothing that is counted', '{ kind: promql, connector: metrics }', '{ kind: promql', COUNTS],
  [
    'two ways to count',
    '{ kind: promql, connector: metrics, errors: a, good: b, total: c }',
    'good: b',
    'good stands beside errors, which counts already; leave one of them out',
  ],
  [
    'errors of nothing',
    '{ kind: promql, connector: metrics, errors: a }',
    'errors: a',
    'errors needs total beside it: the events that it is a part of',
  ],
  [
    'a total beside a gauge',
    '{ kind: promql, connector: metrics, gauge: up, total: c }',
    'total: c',
    'total needs errors or good beside it, gauge counts alone',
  ],
  [
    'a histogram without its threshold',
    '{ kind: promql, connector: metrics, histogram: http_seconds }',
    'histogram: http_seconds',
    'histogram needs threshold beside it: what took longer is bad',
  ],
  [
    'a threshold of nothing',
    '{ kind: promql, connector: metrics, gauge: up, threshold: 1s }',
    'threshold: 1s',
    'threshold needs a histogram beside it',
  ],
  [
    'an unknown connector',
    '{ kind: promql, connector: metric, gauge: up }',
    'metric, gauge',
    'connector metric does not exist; did you mean metrics?',
  ],
  [
    'a connector of another kind',
    '{ kind: promql, connector: edge, gauge: up }',
    'edge, gauge',
    'connector edge must be of kind prometheus to be asked in PromQL, it is cloudwatch',
  ],
  [
    'events of a Prometheus',
    '{ kind: events, connector: metrics }',
    'events, connector',
    'kind must be promql to count by connector metrics, which is a prometheus',
  ],
  [
    'a label of our own',
    '{ kind: promql, connector: metrics, gauge: up, groupBy: [region, service] }',
    'service]',
    'label service is taken: generated rules and alerts carry one of that name',
  ],
  [
    'a label twice',
    '{ kind: promql, connector: metrics, gauge: up, groupBy: [region, region] }',
    'region] }',
    'label region is named twice',
  ],
  [
    'a comment in a histogram, of which names are made',
    `{ kind: promql, connector: metrics, histogram: 'h{a="b"} # }', threshold: 1s }`,
    '# }',
    'histogram must not hold a comment: the names of its buckets and counts are made of it',
  ],
  [
    'a bucket in place of its histogram',
    '{ kind: promql, connector: metrics, histogram: http_seconds_bucket, threshold: 1s }',
    'http_seconds_bucket',
    'histogram must be the name of the histogram itself: http_seconds instead of http_seconds_bucket',
  ],
  [
    'a bucket that is chosen',
    `{ kind: promql, connector: metrics, histogram: 'http_seconds{le="1"}', threshold: 1s }`,
    'le="1"',
    'histogram must not choose a bucket by le: threshold does',
  ],
  [
    'a rate whose range is fixed',
    '{ kind: promql, connector: metrics, errors: e, total: "sum(rate(a[5m]))" }',
    'sum(',
    'total must be a selector such as http_requests_total{job="api"}, or say $window where its range belongs: sum(rate(a[$window])) + sum(rate(b[$window]))',
  ],
  [
    'a ratio without its range',
    '{ kind: promql, connector: metrics, ratio: a / b }',
    'a / b',
    'ratio must say $window where its range belongs, such as 1 - avg_over_time(success[$window])',
  ],
  [
    'a number in place of series',
    '{ kind: promql, connector: metrics, ratio: "scalar(rate(a[$window]))" }',
    'scalar(',
    'ratio must give series, and this gives a number',
  ],
  [
    'another word to be filled in',
    '{ kind: promql, connector: metrics, ratio: "rate(a[$range])" }',
    '$range',
    'ratio must not hold $range: the only word that is filled in is $window',
  ],
  [
    'the range in braces',
    '{ kind: promql, connector: metrics, ratio: "rate(a[${window}])" }',
    '${window}',
    'ratio must not hold ${window}: the only word that is filled in is $window',
  ],
  [
    'a reference in a query',
    '{ kind: promql, connector: metrics, gauge: "up{job=\'${env:JOB}\'}" }',
    '${env:JOB}',
    '${env:JOB} cannot stand here: references fill the texts of a probe that reach its target, connectors and channels',
  ],
  [
    'a slice that divides no hour',
    '{ kind: time-slice, slice: 7m, source: { kind: probe, probe: home, metric: degraded }, comparison: <, threshold: 1 }',
    '7m,',
    'slice must divide an hour and be a multiple of 10s, such as 1m or 5m, got 7m',
  ],
  [
    'a slice that shares a stored slot with the next one',
    '{ kind: time-slice, slice: 15s, source: { kind: query, connector: metrics, query: "max(lag)" }, comparison: <, threshold: 1 }',
    '15s,',
    'slice must divide an hour and be a multiple of 10s, such as 1m or 5m, got 15s',
  ],
  [
    'a slice of a query that fits no minute',
    '{ kind: time-slice, slice: 90s, source: { kind: query, connector: metrics, query: "max(lag)" }, comparison: <, threshold: 1 }',
    '90s,',
    'slice of a query must be whole minutes, or 10s, 20s or 30s, got 90s',
  ],
  [
    'a slice shorter than the time between two checks',
    '{ kind: time-slice, slice: 10s, source: { kind: probe, probe: home, metric: degraded }, comparison: <, threshold: 1 }',
    '10s,',
    'slice must be at least as long as probe home takes from one check to the next (30s), got 10s',
  ],
  [
    'a slice that is too long for its alerts',
    '{ kind: time-slice, slice: 10m, source: { kind: probe, probe: home, metric: degraded }, comparison: <, threshold: 1 }',
    '10m,',
    'slice must fill the short look-back of page-fast (5m), such as 1m or 5m, got 10m',
  ],
  [
    'a metric that the probe does not tell',
    '{ kind: time-slice, source: { kind: probe, probe: home, metric: replication-lag-seconds }, comparison: <, threshold: 1 }',
    'replication-lag',
    'metric replication-lag-seconds is nothing that probe home (http) tells; there is failing, degraded, response-time, certificate-days',
  ],
  [
    'a threshold that tells bad for good',
    '{ kind: time-slice, source: { kind: probe, probe: home, metric: failing }, comparison: ">=", threshold: 1 }',
    '1 }',
    'threshold must tell 0 (good) from 1 (failing): write comparison "<" and threshold 1',
  ],
  [
    'a range in place of a value',
    '{ kind: time-slice, source: { kind: query, connector: metrics, query: "lag[5m]" }, comparison: <, threshold: 1 }',
    'lag[',
    'query must give one number, and this gives a range of samples',
  ],
  [
    'a part that is none',
    '{ kind: composite, parts: [{ slo: availability }, { slo: web/sped }] }',
    'web/sped',
    'slo web/sped does not exist; did you mean web/speed?',
  ],
  [
    'itself as a part',
    '{ kind: composite, parts: [{ slo: availability }, { slo: own }] }',
    'own }',
    'slo own must not be a part of itself',
  ],
  [
    'a part twice',
    '{ kind: composite, parts: [{ slo: availability }, { slo: web/availability }] }',
    'web/availability',
    'slo web/availability is a part twice; give it a weight instead',
  ],
  [
    'a length of time without its unit',
    '{ kind: promql, connector: metrics, histogram: h, threshold: 300 }',
    '300 }',
    'indicator.threshold must be a length of time with its unit, such as 300ms or 300s, got 300',
  ],
  [
    'a selector that YAML reads as a mapping',
    '{ kind: promql, connector: metrics, errors: {result="error"}, total: t }',
    '{result',
    'indicator.errors must be a text, got a mapping; put it in quotes, since YAML reads braces as a mapping',
  ],
  [
    'a single part',
    '{ kind: composite, parts: [{ slo: availability }] }',
    '[{',
    'indicator.parts must have at least 2 entries, got 1',
  ],
] as const)('%s is told where it stands', (_, indicator, text, message) => {
  expect(said(indicator)).toEqual([`${placeOf(indicator, text)} ${message}`]);
});

test('composites that count each other are told at both', () => {
  const other = `      - { id: other, name: Other, objective: 99, window: 30d, indicator: { kind: composite, parts: [{ slo: speed }, { slo: own }] } }\n    conditions:`;
  const text = withIndicator('{ kind: composite, parts: [{ slo: availability }, { slo: other }] }').replace(
    '    conditions:',
    other,
  );
  expect(linesOf({ 'shop.yaml': text, 'policies.yaml': POLICIES }).map((line) => line.replace(/^\S+ /, ''))).toEqual([
    'slo other must not be a part: it counts web/own in turn',
    'slo own must not be a part: it counts web/other in turn',
  ]);
});

const PLACES = [
  ['a plain text', 'sum(rate(a[$window])) + nothing(b)'],
  ['a double-quoted text with escapes', '"sum(rate(a{x=\\"1\\\\\\\\d\\"}[$window])) + nothing(b)"'],
  ['a single-quoted text with quotes', "'sum(rate(a{x=''1'',y=''2''}[$window])) + nothing(b)'"],
  ['a block of lines', '|\n            sum(rate(a[$window]))\n              + # and\n            nothing(b)'],
  ['a folded block', '>-\n            sum(rate(a[$window]))\n            + nothing(b)'],
  ['a text that goes on', 'sum(rate(a[$window]))\n            + nothing(b)'],
] as const;

test.each(PLACES)('a mistake inside of PromQL is told at its character in %s', (_, total) => {
  const indicator = `\n          kind: promql\n          connector: metrics\n          errors: e\n          total: ${total}`;
  const [line, ...more] = said(indicator);
  expect(more).toEqual([]);
  expect(line).toMatch(/^\S+ total is no PromQL here: /);
  expect(line?.split(' ')[0]).toBe(placeOf(indicator, 'nothing'));
});

test('what is right is said nothing of, and keeps its words', () => {
  const indicator = `
          kind: promql
          connector: metrics
          errors: http_requests_total{code=~"5.."}
          total: sum by (region) (rate(a[$window])) + sum by (region) (rate(b[$window]))
          groupBy: [region]`;
  expect(said(indicator)).toEqual([]);
  const { slos, connectors } = catalogOf({ 'shop.yaml': withIndicator(indicator), 'policies.yaml': POLICIES });
  expect(slos.get('shop/web/own')).toMatchObject({
    indicator: { kind: 'promql', connector: 'shop/metrics', measure: { kind: 'errors' }, groupBy: ['region'] },
    minBad: 10,
    settleLagMs: 100_000,
    notConfigured: null,
    served: true,
  });
  expect(connectors.get('shop/metrics')).toMatchObject({ kind: 'prometheus', local: 'metrics', notConfigured: null });
});

test('a connector whose token is not set names it, and so do the SLOs that read from it and their composites', () => {
  const text = withIndicator('{ kind: composite, parts: [{ slo: availability }, { slo: up }] }')
    .replace('url: "https', 'token: "${env:TOKEN}", url: "https')
    .replace(
      '    conditions:',
      `      - { id: up, name: Up, objective: 99, window: 30d, indicator: { kind: promql, connector: metrics, gauge: up } }\n    conditions:`,
    );
  const { slos, warnings } = catalogOf({ 'shop.yaml': text, 'policies.yaml': POLICIES });
  expect(slos.get('shop/web/up')?.notConfigured).toBe('connector metrics: TOKEN is not set');
  expect(slos.get('shop/web/own')?.notConfigured).toBe('part up: connector metrics: TOKEN is not set');
  expect(warnings.map(({ message }) => message)).toEqual(['TOKEN is not set']);
});

test.each([
  ['url: "ftp://x"', 'url must be an http or https address such as https://prometheus.example.org'],
  ['url: "https://user:secret@x"', 'url must not hold a user or a password; send them as a header with a reference'],
  ['url: "https://x", scrapeInterval: 1h', 'scrapeInterval must be at most 10m, got 1h'],
  [
    'url: "https://x", token: t, headers: { Authorization: a }',
    'header Authorization is what token sends; leave one of them out',
  ],
])('a connector with %s is told', (fields, message) => {
  const text = SHOP.replace('{ id: edge, kind: cloudwatch }', `{ id: edge, kind: prometheus, ${fields} }`).replace(
    'kind: events, connector: edge',
    'kind: promql, connector: edge, gauge: up',
  );
  const lines = linesOf({ 'shop.yaml': text, 'policies.yaml': POLICIES });
  expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([message]);
});

test('a label may look like a variable: it is the value that the metric has', () => {
  expect(
    said(`{ kind: promql, connector: metrics, errors: 'e{path="/users/$id",t="{{b}}"}', total: 'e{x=~"a$b"}' }`),
  ).toEqual([]);
});

test.each(['nines', 'nines_period', 'condition'])('groups are not told apart by %s, which rules use', (label) => {
  expect(said(`{ kind: promql, connector: metrics, gauge: up, groupBy: [${label}] }`)).toHaveLength(1);
});
