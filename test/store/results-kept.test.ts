import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTrimming, passesKept } from '../../src/store/result-statements.ts';
import type { SeriesNames } from '../../src/store/series-names.ts';
import { START, result } from './samples.ts';

test('Of few probes 200 passed checks are kept, of a fleet fewer, and never less than 20', () => {
  expect([0, 1, 10_000, 20_000, 40_000, 100_000, 1_000_000].map(passesKept)).toEqual([200, 200, 200, 100, 50, 20, 20]);
});

test('All together they are at most two million, but for the 20 of each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (lines) => {
      const kept = passesKept(lines);
      expect(kept === 20 || kept * lines <= 2_000_000).toBe(true);
    }),
  );
});

const names = { id: (name: string) => Number(name.slice(-1)) } as Pick<SeriesNames, 'id'> as SeriesNames;

test('A probe is trimmed once it has as many new results as are kept, by how many probes report then', () => {
  const trimming = createTrimming(names, (lines) => 12 / Math.max(1, lines));
  const both = (at: number) => ['shop/a/1', 'shop/a/2'].map((probe) => result(START + at, { probe }));
  const trimmed = Array.from({ length: 13 }, (_, at) => trimming(both(at)).map(({ values }) => values?.slice(0, 2)));
  const six = [
    [1, 5],
    [2, 5],
  ];
  expect(trimmed.flatMap((some, at) => (some.length > 0 ? [[at, some]] : []))).toEqual([
    [5, six],
    [11, six],
  ]);
});
