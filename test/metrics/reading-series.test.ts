import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../src/definition/readings.ts';
import { createProbeSeries, type ProbeNumbers } from '../../src/metrics/probe-series.ts';
import { READING_METRICS } from '../../src/names.ts';
import { createSeries, type Series } from '../../src/metrics/series.ts';
import { hasPromtool, objections } from './promtool.ts';

const probe = (
  kind: string,
  readings: Record<string, number>,
  more: Partial<ProbeNumbers['last']> = {},
): ProbeNumbers => ({
  probe: { id: 'shop/api/db', system: 'shop', environment: 'production', service: 'api', kind },
  state: 'up',
  last: {
    at: 1,
    durationMs: 12,
    outcome: 'pass',
    reason: 'ok',
    degraded: false,
    status: null,
    phases: '{}',
    readings: JSON.stringify(readings),
    certificateExpiresAt: null,
    ...more,
  },
});
const LABELS = 'system="shop",environment="production",service="api",probe="db"';

const textOf = async (series: Series): Promise<string> => {
  let text = '';
  for await (const chunk of series.write()) text += chunk;
  return text;
};
const readingLines = async (series: Series): Promise<string[]> =>
  (await textOf(series)).split('\n').filter((line) => /^nines_(?:postgres|redis)_/.test(line));

describe('the series of readings', () => {
  it('are those of the kind, and only what was read', async () => {
    const series = createSeries();
    await createProbeSeries(series).update([probe('redis', { ping: 0.004, 'evicted-keys': 7, query: 1 })]);
    expect(await readingLines(series)).toEqual([
      `nines_redis_ping_seconds{${LABELS}} 0.004`,
      `nines_redis_evicted_keys_total{${LABELS}} 7`,
    ]);
    expect(await textOf(series)).toContain('# TYPE nines_redis_evicted_keys_total counter');
  });

  it('leave out what a later check did not read, and everything when the probe is gone', async () => {
    const series = createSeries();
    const probes = createProbeSeries(series);
    await probes.update([probe('postgres', { query: 0.1, replicas: 2 })]);
    await probes.update([probe('postgres', { query: 0.2 }, { at: 2 })]);
    expect(await readingLines(series)).toEqual([`nines_postgres_query_seconds{${LABELS}} 0.2`]);
    await probes.update([]);
    expect(await textOf(series)).toBe('');
  });

  it('show nothing where readings are no numbers', async () => {
    const series = createSeries();
    await createProbeSeries(series).update([
      probe('redis', {}, { readings: '{"ping":"fast","clients":null}' }),
      probe('redis', {}, { readings: 'nonsense', at: 2 }),
    ]);
    expect(await readingLines(series)).toEqual([]);
  });

  it.each(['postgres', 'redis'] as const)(
    'have a name for every reading of a %s probe that a condition may name',
    (kind) => {
      expect(Object.keys(READING_METRICS[kind]).toSorted()).toEqual([...readingsOf(kind)].toSorted());
    },
  );

  it.skipIf(!hasPromtool)('are accepted by promtool', async () => {
    const series = createSeries();
    for (const kind of ['postgres', 'redis'])
      await createProbeSeries(series).update([
        probe(kind, Object.fromEntries([...readingsOf(kind as 'redis')].map((name) => [name, 1]))),
      ]);
    expect(objections(await textOf(series))).toBe('');
  });
});
