import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRings } from '../../src/slo/rings.ts';
import type { Slot } from '../../src/slo/slot.ts';
import { spread } from '../../src/slo/spread.ts';

const anySlot = (start: number, width: number) =>
  fc
    .record({ bad: fc.nat(20), good: fc.nat(2_000), covered: fc.nat(width) })
    .map(({ bad, good, covered }): Slot => ({ start, width, good, total: good + bad, covered }));

const sumOf = (slots: readonly Slot[], field: 'good' | 'total' | 'covered'): number =>
  slots.reduce((sum, slot) => sum + slot[field], 0);

describe('spreading a slot', () => {
  it('loses and invents nothing, leaves what is known as it is, and keeps whole numbers whole', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(5), { maxLength: 5 }).chain((at) => fc.tuple(...at.map((n) => anySlot(n * 10, 10)))),
        anySlot(0, 60),
        (known, rest) => {
          const whole = { ...rest };
          for (const slot of known) {
            whole.good += slot.good;
            whole.total += slot.total;
            whole.covered += slot.covered;
          }
          const pieces = spread(whole, known, 10);
          for (const field of ['good', 'total', 'covered'] as const) {
            expect(sumOf(pieces, field)).toBe(whole[field]);
            expect(pieces.every((piece) => Number.isInteger(piece[field]) && piece[field] >= 0)).toBe(true);
          }
          expect(pieces).toEqual(expect.arrayContaining([...known]));
        },
      ),
    );
  });

  it('believes what is known where it is more than the whole, which is older then', () => {
    const known = [{ start: 10, width: 10, good: 3, total: 5, covered: 10 }];
    expect(spread({ start: 0, width: 60, good: 1, total: 2, covered: 10 }, known, 10)).toEqual(known);
  });
});

describe('rings that take a slot evenly', () => {
  const SHAPE = [
    { width: 10, slots: 8 },
    { width: 20, slots: 10 },
    { width: 60, slots: 12 },
  ];

  it('answer as if they had been given its pieces one by one, in whatever order slots come', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(20), fc.constantFrom(10, 20, 60, 120)).chain(([at, width]) => anySlot(at * 120, width)),
          { maxLength: 12 },
        ),
        (slots) => {
          const [wide, fine] = [createRings(SHAPE), createRings(SHAPE)];
          for (const slot of slots) {
            wide.addEvenly(slot);
            for (const piece of spread(slot, [], 10)) fine.add(piece);
          }
          for (const now of [0, 1_200, 2_400, 2_430])
            for (const ms of [20, 80, 200, 720]) expect(wide.sums(ms, now)).toEqual(fine.sums(ms, now));
        },
      ),
    );
  });
});
