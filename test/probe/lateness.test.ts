import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addLateness, createLateness, LATENESS_BOUNDS_MS, NO_LATENESS } from '../../src/probe/lateness.ts';

test('Each start is counted once, in the first bucket that holds it, wherever it was counted', () => {
  const lateness = fc.double({ min: 0, max: 5_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(lateness), fc.array(lateness), (here, there) => {
      const counted = [here, there].map((list) => {
        const { add, read } = createLateness();
        list.forEach(add);
        return read();
      });
      const all = [...here, ...there];
      const { counts, sumMs } = counted.reduce(addLateness, NO_LATENESS);
      expect(sumMs).toBeCloseTo(
        all.reduce((a, b) => a + b, 0),
        3,
      );
      expect(counts.reduce((a, b) => a + b)).toBe(all.length);
      LATENESS_BOUNDS_MS.forEach((bound, index) => {
        const upTo = counts.slice(0, index + 1).reduce((a, b) => a + b);
        expect(upTo).toBe(all.filter((ms) => ms <= bound).length);
      });
    }),
  );
});
