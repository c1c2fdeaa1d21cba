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

test('What brings no result any more leaves its share to the others within two days', () => {
  const lines: number[] = [];
  const trimming = createTrimming(names, (many) => (lines.push(many), 20));
  const all = Array.from({ length: 5 }, (_, index) => `shop/a/${index}`);
  const report = (probes: readonly string[], at: number) => trimming(probes.map((probe) => result(at, { probe })));
  const hours = (count: number): number => START + count * 3_600_000;
  for (let hour = 0; hour < 24; hour++) report(all, hours(hour));
  for (let hour = 24; hour < 50; hour++) report(all.slice(0, 2), hours(hour));
  expect([lines[0], lines[30], lines.at(-1)]).toEqual([0, 5, 2]);
});
