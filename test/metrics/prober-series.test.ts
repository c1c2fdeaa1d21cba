import { describe, expect, it } from 'vitest';
import { createProberSeries } from '../../src/metrics/prober-series.ts';
import { createSeries, type Series } from '../../src/metrics/series.ts';
import { hasPromtool, objections } from './promtool.ts';

const textOf = async (series: Series): Promise<string> => (await Array.fromAsync(series.write())).join('');

const exported = async (): Promise<string> => {
  const series = createSeries();
  const prober = createProberSeries(series, [1, 10]);
  const numbers = { scheduled: 0, started: 0, waiting: 0, inFlight: 0, stalls: { count: 0, totalMs: 0, longestMs: 0 } };
  prober.update({ ...numbers, lateness: { counts: [0, 0, 0], sumMs: 0 } });
  prober.update({
    scheduled: 12,
    started: 9,
    waiting: 1,
    inFlight: 2,
    lateness: { counts: [6, 2, 1], sumMs: 55 },
    stalls: { count: 3, totalMs: 450, longestMs: 250 },
  });
  return textOf(series);
};

describe('the metrics of the prober itself', () => {
  it('tell how late checks start, as a histogram that adds up', async () => {
    expect(await exported()).toContain(`# TYPE nines_check_lateness_seconds histogram
nines_check_lateness_seconds_bucket{le="0.001"} 6
nines_check_lateness_seconds_bucket{le="0.01"} 8
nines_check_lateness_seconds_bucket{le="+Inf"} 9
nines_check_lateness_seconds_sum 0.055
nines_check_lateness_seconds_count 9
`);
  });

  it('tell what was due, what was started, and how often we stood still', async () => {
    const lines = (await exported()).split('\n').filter((line) => !line.startsWith('#') && !line.includes('lateness'));
    expect(lines).toEqual([
      'nines_checks_scheduled_total 12',
      'nines_checks_started_total 9',
      'nines_checks_waiting 1',
      'nines_checks_in_flight 2',
      'nines_prober_stalls_total 3',
      'nines_prober_stalled_seconds_total 0.45',
      'nines_prober_longest_stall_seconds 0.25',
      '',
    ]);
  });

  it.skipIf(!hasPromtool)('are accepted by promtool', async () => {
    expect(objections(await exported())).toBe('');
  });
});
