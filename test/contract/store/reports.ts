import { beforeEach, describe, expect, test } from 'vitest';
import { NinesError } from '../../../src/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { result, START } from '../../store/samples.ts';
import type { OpenStore } from './store.ts';

const PROBE = 'shop/api/health';
const slot = (start: number, width = 10_000) => ({
  sli: 'shop/api/up',
  start,
  width,
  good: 1,
  total: 1,
  covered: 5_000,
});

/** What agents report is stored with the slots it makes, and known when it is told again. */
export const reportsContract = (open: OpenStore): void => {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  const at = (seconds: number) => result(START + seconds * 1_000, { location: 'frankfurt' });

  describe('reports', () => {
    test('are known by probe, time and location once they are stored', async () => {
      const told = [at(0), at(10), { ...at(10), probe: 'shop/web/home' }];
      expect(await store.reports.known('frankfurt', told)).toEqual([]);
      await store.reports.add([at(0), at(10)], [slot(START)]);
      const known = await store.reports.known('frankfurt', told);
      expect(known.toSorted()).toEqual([`${START} ${PROBE}`, `${START + 10_000} ${PROBE}`].toSorted());
      expect(await store.reports.known('virginia', told)).toEqual([]);
      expect(await store.results.latest(PROBE, 5)).toEqual([at(10), at(0)]);
    });

    test('add their slots to what is there, those of one place together', async () => {
      store.slots.add([slot(START)]);
      await store.reports.add([at(0), at(1), at(2)], [slot(START), slot(START), slot(START, 60_000)]);
      const [fine] = await store.slots.read('shop/api/up', 10_000, START, START + 10_000);
      expect(fine).toEqual({ start: START, width: 10_000, good: 3, total: 3, covered: 15_000 });
      const [minute] = await store.slots.read('shop/api/up', 60_000, START, START + 60_000);
      expect(minute).toMatchObject({ good: 1, total: 1 });
    });

    test('leave nothing behind when a slot of them cannot be', async () => {
      await expect(store.reports.add([at(0)], [{ ...slot(START), good: -1 }])).rejects.toBeInstanceOf(NinesError);
      expect(await store.results.latest(PROBE, 5)).toEqual([]);
    });

    test('are trimmed for each location by itself: what may be repeated is still known', async () => {
      const batch = Array.from({ length: 200 }, (_, second) => at(second));
      await store.reports.add(batch, []);
      store.results.add(Array.from({ length: 500 }, (_, second) => result(START + (1_000 + second) * 1_000)));
      expect(await store.reports.known('frankfurt', batch)).toHaveLength(200);
    });
  });
};
