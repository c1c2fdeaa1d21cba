import { expect, test } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { MINUTE, SECOND } from '../../src/duration.ts';
import { createSliceCount } from '../../src/engine/slice-count.ts';
import type { SampledCheck, SliceWord } from '../../src/slo/slice.ts';
import type { StoredResult } from '../../src/store/store.ts';
import { aSlo } from '../slo/a-slo.ts';

const NOW = Date.UTC(2026, 10, 18, 3);
const PROBE = 'shop/web/home';
const slo = {
  ...aSlo({
    indicator: {
      kind: 'time-slice',
      source: { kind: 'probe', probe: PROBE, metric: 'failing' },
      comparison: '<',
      threshold: 1,
      sliceMs: MINUTE,
    },
  }),
  settleLagMs: 70 * SECOND,
};
const catalogOf = (slos: readonly (typeof slo)[]): Catalog =>
  ({
    slos: new Map(slos.map((one) => [one.id, one])),
    probes: new Map([[PROBE, { intervalMs: 10 * SECOND, locations: [] }]]),
  }) as unknown as Catalog;

const check = (at: number, outcome: 'pass' | 'fail' = 'pass'): SampledCheck => ({
  at,
  durationMs: 20,
  outcome,
  reason: outcome === 'pass' ? 'ok' : 'status',
  degraded: false,
  certificateExpiresAt: null,
  readings: {},
});

const given = (stored: readonly SampledCheck[] = [], lastAt: number | null = null) => {
  const counted: (readonly [minute: number, word: SliceWord])[] = [];
  let broken = false;
  let now = NOW + 2 * MINUTE;
  const count = createSliceCount({
    now: () => now,
    store: {
      results: {
        latest: async () => {
          if (broken) throw new Error('the disk is away');
          return stored.map((one) => ({ ...one, readings: '{}' })) as unknown as StoredResult[];
        },
      },
    } as unknown as Parameters<typeof createSliceCount>[0]['store'],
    windows: { lastAt: () => lastAt },
    count: (_, start, sliceMs, word) => {
      expect(sliceMs).toBe(MINUTE);
      counted.push([(start - NOW) / MINUTE, word]);
    },
  });
  count.use(catalogOf([slo]));
  const close = async (at: number): Promise<void> => {
    now = at;
    // It may have to ask the store first, and once more where that failed.
    for (let tick = 0; tick < 3; tick++) {
      count.close(at);
      await new Promise(setImmediate);
    }
  };
  return { count, counted, close, breaks: (is: boolean) => (broken = is) };
};

test('a slice is counted once its lag is over, and what comes later changes nothing', async () => {
  const { count, counted, close } = given();
  const see = (at: number, outcome: 'pass' | 'fail'): void => count.see(PROBE, check(at, outcome), check(at, outcome));
  see(NOW, 'pass');
  see(NOW + 50 * SECOND, 'pass');
  await close(NOW + 69 * SECOND);
  expect(counted).toEqual([]);
  await close(NOW + 70 * SECOND);
  see(NOW + 30 * SECOND, 'fail');
  see(NOW - 5 * MINUTE, 'fail');
  await close(NOW + 5 * MINUTE);
  expect(counted).toEqual([[0, 'good']]);
});

test('at a start, what is stored of slices that are not counted yet is sampled, whatever was seen meanwhile', async () => {
  const { count, counted, close } = given(
    [check(NOW + 65 * SECOND, 'fail'), check(NOW + 5 * SECOND, 'fail')],
    NOW + 10 * SECOND,
  );
  count.see(PROBE, check(NOW + 100 * SECOND), check(NOW + 100 * SECOND));
  await close(NOW + 3 * MINUTE);
  expect(counted).toEqual([[1, 'bad']]);
});

test('while the store cannot be read no slice is counted, and none is lost', async () => {
  const { count, counted, close, breaks } = given();
  breaks(true);
  count.see(PROBE, check(NOW), check(NOW));
  await close(NOW + 5 * MINUTE);
  expect(counted).toEqual([]);
  breaks(false);
  await close(NOW + 5 * MINUTE);
  expect(counted).toEqual([[0, 'good']]);
});

test('after another led, its slices are not counted again', async () => {
  let lastAt: number | null = null;
  const { count, counted, close } = given([check(NOW), check(NOW + MINUTE, 'fail')], lastAt);
  await close(NOW + 4 * MINUTE);
  expect(counted).toEqual([
    [0, 'good'],
    [1, 'bad'],
  ]);
  lastAt = NOW + 70 * SECOND;
  const later = given([check(NOW), check(NOW + MINUTE, 'fail'), check(NOW + 2 * MINUTE)], lastAt);
  later.count.begin();
  await later.close(NOW + 4 * MINUTE);
  expect(later.counted).toEqual([[2, 'good']]);
  expect(counted).toHaveLength(2);
  count.use(catalogOf([]));
  await close(NOW + 9 * MINUTE);
  expect(counted).toHaveLength(2);
});

test('after a clock that ran ahead is set right, slices are counted again at once', async () => {
  const { count, counted, close } = given([], NOW + 8 * 60 * MINUTE);
  await close(NOW);
  count.begin();
  await close(NOW + SECOND);
  count.see(PROBE, check(NOW + 2 * MINUTE), check(NOW + 2 * MINUTE));
  await close(NOW + 5 * MINUTE);
  expect(counted).toEqual([[2, 'good']]);
});
