import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/duration.ts';
import type { Slot } from '../../../src/slo/slot.ts';
import type { OpenStore } from './store.ts';
import type { SliSlot, Store } from '../../../src/store/store.ts';
import { START, slot } from '../../store/samples.ts';

/** What the store promises of its roll up, told to one that `open` opens empty. */
export const rollUpContract = (open: OpenStore, numRuns: number): void => {
  const FINE = 10 * SECOND;
  const WIDTHS = [FINE, MINUTE, HOUR, DAY];

  const withStore = async (work: (store: Store) => Promise<void>): Promise<void> => {
    const store = await open();
    await work(store);
    await store.close();
  };

  /** Sums by width, SLI and start, the plain way; covered ends at the width of hours and days. */
  const naive = (added: readonly SliSlot[], width: number): SliSlot[] => {
    const finer = width === FINE ? added : naive(added, WIDTHS[WIDTHS.indexOf(width) - 1] ?? FINE);
    const sums = new Map<string, SliSlot>();
    for (const { sli, start, good, total, covered } of finer) {
      const at = start - (start % width);
      const before = sums.get(`${at} ${sli}`) ?? { sli, start: at, width, good: 0, total: 0, covered: 0 };
      const sum = {
        good: before.good + good,
        total: before.total + total,
        covered: Math.min(width >= HOUR ? width : Infinity, before.covered + covered),
      };
      sums.set(`${at} ${sli}`, { ...before, ...sum });
    }
    return [...sums.values()];
  };

  const sorted = (slots: readonly SliSlot[]): SliSlot[] =>
    [...slots].sort((a, b) => a.start - b.start || (a.sli < b.sli ? -1 : 1));

  const anySlot = fc
    .record({
      sli: fc.constantFrom('a', 'b'),
      at: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 3 * 8_640 })),
      good: fc.integer({ min: 0, max: 5 }),
      bad: fc.integer({ min: 0, max: 5 }),
      covered: fc.integer({ min: 0, max: 6 * FINE }),
    })
    .map(({ sli, at, good, bad, covered }): SliSlot => ({
      sli,
      start: START + at * FINE,
      width: FINE,
      good,
      total: good + bad,
      covered,
    }));

  const anyStep = fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: fc.array(anySlot, { maxLength: 8 }) }) },
    { weight: 2, arbitrary: fc.record({ rollUp: fc.integer({ min: 0, max: 4 * DAY }) }) },
    { weight: 1, arbitrary: fc.constant({ flush: true }) },
  );

  describe('rolling up', () => {
    test('gives what a plain sum gives, in whatever order slots arrive and roll-ups run', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), (steps) =>
          withStore(async (store) => {
            for (const step of steps) {
              if ('add' in step) store.slots.add(step.add);
              else if ('rollUp' in step) await store.slots.rollUp(START + step.rollUp);
              else await store.slots.flush();
            }
            await store.slots.rollUp(START + 9 * DAY);
            const added = steps.flatMap((step) => ('add' in step ? step.add : []));
            for (const width of WIDTHS)
              expect(sorted(await store.slots.readAll(width, 0, START * 2))).toEqual(sorted(naive(added, width)));
          }),
        ),
        { numRuns },
      );
    });

    const kept = (store: Store, width: number): Promise<Slot[]> =>
      store.slots.read('shop/api/availability', width, 0, START * 2);
    const plain = ({ start, width, good, total, covered }: SliSlot): Slot => ({ start, width, good, total, covered });

    test('a slot closes at its end, not before', () =>
      withStore(async (store) => {
        store.slots.add([slot(START, FINE)]);
        for (const width of [MINUTE, HOUR, DAY]) {
          await store.slots.rollUp(START + width - 1);
          expect(await kept(store, width)).toEqual([]);
          await store.slots.rollUp(START + width);
          expect(await kept(store, width)).toEqual([plain(slot(START, width, { covered: FINE }))]);
        }
      }));

    test('again changes nothing; a late slot is added to what was closed', () =>
      withStore(async (store) => {
        store.slots.add([slot(START, FINE)]);
        await store.slots.rollUp(START + 2 * DAY);
        await store.slots.rollUp(START + 2 * DAY);
        expect(await kept(store, DAY)).toEqual([plain(slot(START, DAY, { covered: FINE }))]);
        store.slots.add([slot(START + FINE, FINE, { good: 0 })]);
        await store.slots.rollUp(START + 2 * DAY);
        expect(await kept(store, DAY)).toEqual([plain(slot(START, DAY, { good: 1, total: 2, covered: 2 * FINE }))]);
      }));

    test('a revision of a minute reaches the hour and the day', () =>
      withStore(async (store) => {
        await store.slots.replace([slot(START, MINUTE, { good: 5, total: 10 }), slot(START + MINUTE, MINUTE)]);
        await store.slots.rollUp(START + 2 * DAY);
        await store.slots.replace([slot(START, MINUTE, { good: 9, total: 10 })]);
        await store.slots.rollUp(START + 2 * DAY);
        for (const width of [HOUR, DAY])
          expect(await kept(store, width)).toEqual([
            plain(slot(START, width, { good: 10, total: 11, covered: 2 * MINUTE })),
          ]);
      }));

    test('loaded history without finer slots survives, and so does what covers more than its finer slots', () =>
      withStore(async (store) => {
        const loaded = [slot(START, HOUR, { total: 100 }), slot(START + HOUR, HOUR, { total: 50 })];
        await store.slots.replace([slot(START - DAY, DAY, { total: 7 }), ...loaded]);
        store.slots.add([slot(START + HOUR, FINE)]);
        await store.slots.rollUp(START + 2 * DAY);
        expect(await kept(store, HOUR)).toEqual(loaded.map(plain));
        expect(await kept(store, DAY)).toEqual([
          plain(slot(START - DAY, DAY, { total: 7 })),
          plain(slot(START, DAY, { good: 2, total: 150, covered: 2 * HOUR })),
        ]);
      }));

    test('what retention took away at 10 s stays at the coarser widths', () =>
      withStore(async (store) => {
        store.slots.add([slot(START, FINE), slot(START + FINE, FINE)]);
        await store.slots.rollUp(START + 2 * DAY);
        await store.retain(START + 2 * DAY, new Map([['shop', 40 * DAY]]));
        expect(await kept(store, FINE)).toEqual([]);
        store.slots.add([slot(START, FINE)]);
        await store.slots.rollUp(START + 2 * DAY);
        expect(await kept(store, MINUTE)).toEqual([
          plain(slot(START, MINUTE, { good: 2, total: 2, covered: 2 * FINE })),
        ]);
      }));
  });
};
