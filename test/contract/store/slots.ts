import { beforeEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/duration.ts';
import type { OpenStore } from './store.ts';
import type { Store } from '../../../src/store/store.ts';
import { START, result, slot } from '../../store/samples.ts';

/** What the store promises of its slots, told to one that `open` opens empty. */
export const slotsContract = (open: OpenStore): void => {
  const FINE = 10 * SECOND;
  const SLI = 'shop/api/availability';
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });

  const stored = (width: number): Promise<number[][]> =>
    store.slots
      .read(SLI, width, 0, START * 2)
      .then((slots) => slots.map(({ start, good, total, covered }) => [start - START, good, total, covered]));

  describe('slots', () => {
    test('what probes add is summed, in the buffer and on what is stored; a check covers its whole interval', async () => {
      const add = (good: number, covered: number): void =>
        store.slots.add([slot(START, FINE, { good, total: 1, covered })]);
      add(1, 4_000);
      add(0, 4_000);
      expect(await stored(FINE)).toEqual([[0, 1, 2, 8_000]]);
      add(1, 4_000);
      expect(await stored(FINE)).toEqual([[0, 2, 3, 12_000]]);
      store.slots.add([slot(START, HOUR, { covered: HOUR - 1 }), slot(START, HOUR, { covered: HOUR })]);
      expect((await stored(HOUR)).map(([, , , covered]) => covered)).toEqual([HOUR]);
    });

    test('what pulls and history write replaces, at every width', async () => {
      for (const width of [FINE, MINUTE, HOUR, DAY]) {
        await store.slots.replace([slot(START, width, { good: 5, total: 9 })]);
        await store.slots.replace([
          slot(START, width, { good: 0, total: 0 }),
          slot(START, width, { good: 6, total: 9 }),
        ]);
        expect(await stored(width)).toEqual([[0, 6, 9, width]]);
      }
    });

    test('a replacement comes after what was added before it', async () => {
      store.slots.add([slot(START, FINE, { good: 1, total: 4 })]);
      await store.slots.replace([slot(START, FINE, { good: 2, total: 2 })]);
      expect(await stored(FINE)).toEqual([[0, 2, 2, FINE]]);
    });

    test.each([FINE, MINUTE])('reads [from, to) of one SLI, oldest first, at %i ms', async (width) => {
      const starts = [3, 1, 2, 0].map((at) => START + at * width);
      await store.slots.replace(starts.flatMap((start) => [slot(start, width), slot(start, width, { sli: 'other' })]));
      const read = async (from: number, to: number): Promise<number[]> =>
        (await store.slots.read(SLI, width, from, to)).map(({ start }) => (start - START) / width);
      expect(await read(START + width, START + 3 * width)).toEqual([1, 2]);
      expect(await read(START + 1, START + width + 1)).toEqual([1]);
      expect(await read(0, START + DAY)).toEqual([0, 1, 2, 3]);
      expect(await read(START + DAY, START + 2 * DAY)).toEqual([]);
      expect(await store.slots.read('unknown', width, 0, START * 2)).toEqual([]);
      const all = await store.slots.readAll(width, START + width, START + 2 * width);
      expect(all).toEqual([slot(START + width, width), slot(START + width, width, { sli: 'other' })]);
    });

    test('the first instant with data is exact, whatever widths are stored', async () => {
      store.slots.add([slot(START + FINE, FINE, { total: 0, good: 0, covered: 0, sli: 'silent' })]);
      store.slots.add([slot(START + 5 * FINE, FINE), slot(START + 4 * FINE, FINE)]);
      await store.slots.rollUp(START + 2 * DAY);
      expect(await store.slots.firsts()).toEqual(new Map([[SLI, START + 4 * FINE]]));
      await store.slots.replace([slot(START - DAY, DAY)]);
      expect(await store.slots.firsts()).toEqual(new Map([[SLI, START - DAY]]));
    });

    test('the newest days come by exception: every bad slot, all of what has a gap or changed since it was rolled up', async () => {
      const [now, perfect] = [START + 3 * HOUR, { good: 1, total: 1, covered: FINE }];
      const bad = START + 20 * MINUTE + 2 * FINE;
      for (let start = START; start < now; start += FINE) {
        const isGap = start >= START + 90 * MINUTE && start < START + 100 * MINUTE;
        if (!isGap) store.slots.add([slot(start, FINE, start === bad ? { ...perfect, good: 0 } : perfect)]);
      }
      store.slots.add([slot(START, FINE, { sli: 'other' })]);
      await store.slots.rollUp(now);
      const late = START + 150 * MINUTE;
      store.slots.add([slot(late, FINE, perfect)]);
      const settled = now - 5 * MINUTE;
      const spans = { hoursFrom: START, minutesFrom: START + 2 * HOUR, badFineFrom: START, until: now };
      const found = [];
      for await (const some of store.slots.recall({ ...spans, fineFrom: START + 2 * HOUR, settled }))
        found.push(...some);
      const [{ sli, hours, minutes, fine } = { sli: '', hours: [], minutes: [], fine: [] }, other] = found;
      expect(sli).toBe(SLI);
      expect(hours.map(({ start, good, total }) => [start - START, good, total])).toEqual([
        [0, 359, 360],
        [HOUR, 300, 300],
      ]);
      const inHour = (at: number) => minutes.filter(({ start }) => Math.floor((start - START) / HOUR) === at);
      expect(inHour(0).map(({ start, good, total }) => [start, good, total])).toEqual([[START + 20 * MINUTE, 5, 6]]);
      expect(inHour(1)).toHaveLength(50);
      expect(inHour(2)).toHaveLength(55);
      const tens = (from: number, to: number) => fine.filter(({ start }) => start >= from && start < to);
      expect(tens(START, START + HOUR)).toEqual([{ start: bad, width: FINE, good: 0, total: 1, covered: FINE }]);
      expect(tens(START + HOUR, START + 2 * HOUR)).toEqual([]);
      expect(tens(START + 2 * HOUR, settled)).toHaveLength(6);
      expect(tens(late, late + FINE)).toMatchObject([{ total: 2 }]);
      expect(tens(settled, now)).toHaveLength(30);
      expect(other).toMatchObject({ sli: 'other', hours: [{ total: 1 }], minutes: [{ total: 1 }] });
    });

    test('a slot that could not be stored or rolled up is refused', async () => {
      expect(() => store.slots.add([slot(START, 5 * MINUTE)])).toThrow(/has width 300000/);
      expect(() => store.slots.add([slot(START, FINE, { total: Number.NaN })])).toThrow(/total NaN/);
      await expect(store.slots.replace([slot(START + 1, MINUTE)])).rejects.toMatchObject({ code: 'internal' });
    });

    test('each width is kept as long as promised', async () => {
      const now = START + 100 * DAY;
      const at = (age: number, width: number) => slot(Math.floor((now - age) / width) * width, width);
      await store.slots.replace([
        at(7 * HOUR, FINE),
        at(5 * HOUR, FINE),
        at(15 * DAY, MINUTE),
        at(13 * DAY, MINUTE),
        at(41 * DAY, HOUR),
        at(39 * DAY, HOUR),
        at(42 * DAY, DAY),
        at(39 * DAY, DAY),
      ]);
      const kept = new Map([['shop', 40 * DAY]]);
      const deleted = async (): Promise<number> =>
        (await store.retain(now, kept)).systems
          .flatMap(({ tables }) => tables)
          .reduce((sum, row) => sum + row.deleted, 0);
      expect(await deleted()).toBe(4);
      for (const width of [FINE, MINUTE, HOUR, DAY]) expect(await stored(width)).toHaveLength(1);
      expect(await deleted()).toBe(0);
    });
  });

  describe('results', () => {
    test('the latest of a probe, newest first, and the newest of every probe', async () => {
      const other = result(START + 9, { probe: 'shop/web/home', outcome: 'fail', reason: 'timeout', status: null });
      store.results.add([result(START), result(START + 2), other, result(START + 1)]);
      expect(await store.results.latest('shop/api/health', 2)).toEqual([result(START + 2), result(START + 1)]);
      expect(await store.results.newest()).toEqual([result(START + 2), other]);
      expect(await store.results.latest('unknown', 5)).toEqual([]);
    });

    test('the newest 200 stay, of the older ones those that did not pass', async () => {
      for (let i = 0; i < 300; i++)
        store.results.add([result(START + i, i % 100 === 0 ? { outcome: 'fail', reason: 'status' } : {})]);
      const kept = (await store.results.latest('shop/api/health', 1_000)).map(({ at }) => at - START);
      expect(kept).toEqual([...Array.from({ length: 200 }, (_, i) => 299 - i), 0]);
      store.results.add(Array.from({ length: 50 }, (_, i) => result(START + 15 * DAY + i)));
      const oldest = (await store.results.latest('shop/api/health', 1_000)).at(-1);
      expect(oldest?.at).toBe(START + 150);
    });
  });
};
