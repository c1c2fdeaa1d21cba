// What checking one PromQL expression costs: every query of a definition and every panel of a dashboard pays it.
import { check } from '../src/promql/check.ts';

const ROUNDS = 400;
const EXPRESSIONS = [
  'up',
  'sum by (job) (rate(http_requests_total{job="api",code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total{job="api"}[5m]))',
  'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job=~"api|web",env!="test"}[5m])))',
  '(nines:errors:rate1h{slo="a"} > 0.0144 and nines:errors:rate5m{slo="a"} > 0.0144) or (nines:errors:rate6h{slo="a"} > 0.006)',
  'rate(up)',
  'sum(rate(up{job="a}[5m]))',
];

const round = (): void => {
  for (const text of EXPRESSIONS) check(text, { prometheusMin: '2.42' });
};
for (let count = 0; count < ROUNDS; count++) round();
const begun = performance.now();
for (let count = 0; count < ROUNDS; count++) round();
const each = ((performance.now() - begun) * 1_000) / (ROUNDS * EXPRESSIONS.length);
console.log(`${each.toFixed(1)} µs an expression, warm (${EXPRESSIONS.length} kinds, ${ROUNDS} rounds)`);
