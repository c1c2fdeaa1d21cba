import { expect, test } from 'vitest';
import type { Measure } from '../../src/slo/indicator.ts';
import { measureQueries } from '../../src/slo/measure.ts';

const errors: Measure = { kind: 'errors', errors: 'http_total{code=~"5.."}', total: 'http_total' };

test('errors count 0 until the first of them, wherever there is a total', () => {
  expect(measureQueries(errors, [], '5m')).toEqual({
    errors: 'sum(rate(http_total{code=~"5.."}[5m])) or 0 * sum(rate(http_total[5m]))',
    total: 'sum(rate(http_total[5m]))',
  });
});

test('groups keep their labels on both sides', () => {
  expect(measureQueries(errors, ['region', 'plan'], '1h')).toEqual({
    errors:
      'sum by (region, plan) (rate(http_total{code=~"5.."}[1h])) or 0 * sum by (region, plan) (rate(http_total[1h]))',
    total: 'sum by (region, plan) (rate(http_total[1h]))',
  });
});

test('what is not good is bad, also where nothing was good yet', () => {
  const { errors: bad } = measureQueries({ kind: 'good', good: 'ok_total', total: 'all_total' }, [], '5m');
  expect(bad).toBe(
    'clamp_min(sum(rate(all_total[5m])) - (sum(rate(ok_total[5m])) or 0 * sum(rate(all_total[5m]))), 0)',
  );
});

test('an expression says itself where its range belongs, and its last comment swallows nothing', () => {
  const total = 'sum(rate(a[$window])) + sum(rate(b[$window])) # both doors';
  expect(measureQueries({ kind: 'errors', errors: 'e', total }, [], '15m').total).toBe(
    'sum(sum(rate(a[15m])) + sum(rate(b[15m])) # both doors\n)',
  );
});

test.each([
  [0.5, '0\\\\.5'],
  [1, '1(\\\\.0)?'],
  [2.25, '2\\\\.25'],
  [10, '10(\\\\.0)?'],
  [0.1, '0\\\\.1'],
  [0.3, '0\\\\.3'],
  [0.005, '0\\\\.005'],
  [1.1, '1\\\\.1'],
  [0.0000012, '0\\\\.0000012|1\\\\.2e-06'],
  [0.00005, '0\\\\.00005|5e-05'],
  [2_500_000, '2500000(\\\\.0)?|2\\\\.5e\\\\+06'],
])('the bucket of %d s is found as every client library writes it', (thresholdSeconds, le) => {
  const { errors: bad, total } = measureQueries({ kind: 'histogram', histogram: 'h', thresholdSeconds }, [], '5m');
  expect(bad).toContain(`rate(h_bucket{le=~"${le}"}[5m])`);
  expect(total).toBe('sum(rate(h_count[5m]))');
});

test('matchers of a histogram stand at its count and its bucket', () => {
  const measure: Measure = {
    kind: 'histogram',
    histogram: 'h{job="api", path=~"/v[12]/{id}",}',
    thresholdSeconds: 0.5,
  };
  const { errors: bad, total } = measureQueries(measure, [], '5m');
  expect(total).toBe('sum(rate(h_count{job="api", path=~"/v[12]/{id}"}[5m]))');
  expect(bad).toContain('rate(h_bucket{job="api", path=~"/v[12]/{id}",le=~"0\\\\.5"}[5m])');
});

test('a native histogram without traffic has no errors instead of NaN', () => {
  const measure: Measure = { kind: 'native-histogram', histogram: 'h{job="api"}', thresholdSeconds: 0.5 };
  expect(measureQueries(measure, [], '5m')).toEqual({
    errors:
      '(1 - histogram_fraction(0, 0.5, sum(rate(h{job="api"}[5m])))) * histogram_count(sum(rate(h{job="api"}[5m]))) >= 0 or 0 * histogram_count(sum(rate(h{job="api"}[5m])))',
    total: 'histogram_count(sum(rate(h{job="api"}[5m])))',
  });
});

test('every sample of a gauge counts once', () => {
  expect(measureQueries({ kind: 'gauge', gauge: 'up{job="api"}' }, [], '5m')).toEqual({
    errors: 'clamp_min(sum(count_over_time(up{job="api"}[5m])) / 300 - sum(sum_over_time(up{job="api"}[5m])) / 300, 0)',
    total: 'sum(count_over_time(up{job="api"}[5m])) / 300',
  });
});

test('a ratio counts each second once, and none of those in which it is NaN', () => {
  expect(measureQueries({ kind: 'ratio', ratio: 'a:errors:ratio_rate$window' }, [], '5m')).toEqual({
    errors: 'clamp_max(avg((a:errors:ratio_rate5m) >= 0), 1) or 0 * max((a:errors:ratio_rate5m) >= bool 0)',
    total: 'max((a:errors:ratio_rate5m) >= bool 0)',
  });
});
