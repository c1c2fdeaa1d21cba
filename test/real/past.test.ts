import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { startPast, type Past, type Point } from './past.ts';
import { isMissing } from './prometheus.ts';

const TO = Date.UTC(2026, 10, 18, 12);
const FROM = TO - 2 * DAY;

const points = function* (every: number, value: (at: number) => number): Generator<Point> {
  for (let at = FROM; at <= TO; at += every) yield [at, value(at)];
};

describe.skipIf(isMissing)('a real Prometheus with a past', () => {
  let past: Past;
  beforeAll(async () => {
    past = await startPast({
      raw: [
        {
          name: 'requests_total',
          labels: { job: 'a "quoted" one' },
          points: points(30_000, (at) => (at - FROM) / 100),
        },
      ],
      groups: [
        {
          name: 'g',
          intervalMs: 5 * MINUTE,
          rules: [
            { record: 'job:requests:rate5m', expr: 'sum by (job) (rate(requests_total[5m]))', labels: { of: 'x' } },
            { record: 'job:requests:sum1h', expr: 'sum_over_time(job:requests:rate5m[1h])', labels: {} },
            {
              alert: 'Many',
              expr: 'job:requests:sum1h > 1',
              forMs: HOUR,
              labels: { severity: 'info' },
              annotations: {},
            },
          ],
        },
      ],
      from: FROM,
      to: TO,
    });
  }, 60_000);
  afterAll(() => past?.stop());

  it('has what was planted, and what rules upon rules made of it', async () => {
    const [rate] = await past.at('job:requests:rate5m', TO);
    expect(rate?.labels).toEqual({ __name__: 'job:requests:rate5m', job: 'a "quoted" one', of: 'x' });
    expect(rate?.points[0]?.[1]).toBeCloseTo(10, 6);
    const [sum] = await past.at('job:requests:sum1h', TO);
    expect(sum?.points[0]?.[1]).toBeCloseTo(130, 6);
  });

  it('knows which alerts were pending, and which fired', async () => {
    const firing = await past.range('ALERTS{alertstate="firing"}', FROM, TO, 5 * MINUTE);
    const pending = await past.range('ALERTS{alertstate="pending"}', FROM, FROM + DAY, 5 * MINUTE);
    expect(pending).toHaveLength(1);
    const began = pending[0]?.points[0]?.[0] ?? 0;
    expect(firing[0]?.points[0]?.[0]).toBe(began + HOUR);
    expect(firing[0]?.labels).toMatchObject({ alertname: 'Many', severity: 'info' });
  });
});
