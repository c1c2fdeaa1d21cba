import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { LOOK_BACKS } from '../../src/slo/burn-rate.ts';
import { createRings } from '../../src/slo/rings.ts';
import type { RingLevel } from '../../src/slo/rings.ts';
import { NO_SUMS } from '../../src/slo/slot.ts';
import type { Slot, Sums } from '../../src/slo/slot.ts';

const SMALL: readonly RingLevel[] = [
  { width: 10, slots: 8 },
  { width: 20, slots: 10 },
  { width: 60, slots: 12 },
];

/** Remembers every slot for ever and adds all of them up for every question. */
const naive = (levels: readonly RingLevel[]) => {
  const slots = new Map<number, Slot>();
  const newest = (width: number): number =>
    Math.max(-1, ...[...slots.keys()].map((start) => Math.floor(start / width)));
  return {
    add(slot: Slot): void {
      const { good = 0, total = 0, covered = 0 } = slots.get(slot.start) ?? {};
      const { start, width } = slot;
      slots.set(start, {
        start,
        width,
        good: good + slot.good,
        total: total + slot.total,
        covered: covered + slot.covered,
      });
    },
    replace(slot: Slot): void {
      slots.set(slot.start, slot);
    },
    sums(lookback: number, now: number): Sums {
      const first = (width: number): number => Math.ceil(now / width) - Math.ceil(lookback / width);
      const fits = ({ width, slots: size }: RingLevel): boolean =>
        Math.ceil(lookback / width) <= size && first(width) > newest(width) - size;
      const { width } = levels.find(fits) ?? levels.at(-1)!;
      const inside = [...slots.values()].filter(({ start }) => {
        const number = Math.floor(start / width);
        return number >= first(width) && number < Math.ceil(now / width);
      });
      const sum = (of: (slot: Slot) => number): number => inside.reduce((all, slot) => all + of(slot), 0);
      return {
        good: sum((s) => s.good),
        total: sum((s) => s.total),
        covered: Math.min(
          lookback,
          sum((s) => s.covered),
        ),
      };
    },
  };
};

/** Fractions are added up in another order: the last digits may differ. */
const rounded = ({ good, total, covered }: Sums): number[] =>
  [good, total, covered].map((sum) => Number(sum.toFixed(6)) + 0);

const steps = (count: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'replace', 'ask'),
      /** Slots before (late) or after the newest. */
      move: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: -6, max: 3 }) },
        { weight: 1, arbitrary: fc.integer({ min: 4, max: 90 }) },
      ),
      good: count,
      bad: count,
      covered: fc.integer({ min: 0, max: 30 }),
      lookback: fc.constantFrom(20, 40, 80, 120, 200, 360, 720),
      later: fc.integer({ min: 0, max: 45 }),
    }),
    { minLength: 1, maxLength: 80 },
  );

describe('look-back rings', () => {
  it.each([
    ['small counts', fc.integer({ min: 0, max: 4 })],
    [
      'counts that outgrow every narrower array',
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 250, max: 5_000_000_000 })),
    ],
    ['fractions, as providers extrapolate them', fc.double({ min: 0, max: 100, noNaN: true })],
  ])('answer as a model that forgets nothing: %s', (_, count) => {
    fc.assert(
      fc.property(steps(count), (all) => {
        const rings = createRings(SMALL);
        const model = naive(SMALL);
        let newest = 1_000;
        for (const { kind, move, good, bad, covered, lookback, later } of all) {
          const start = Math.max(0, newest + move) * 10;
          const slot = { start, width: 10, good, total: good + bad, covered };
          if (kind === 'add') {
            rings.add(slot);
            model.add(slot);
          } else if (kind === 'replace' && rings.replace(slot)) model.replace(slot);
          if (kind !== 'ask') newest = Math.max(newest, Math.floor(start / 10));
          const now = (newest + 1) * 10 + later;
          for (const ms of [lookback, 60]) expect(rounded(rings.sums(ms, now))).toEqual(rounded(model.sums(ms, now)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('give back the same object while nothing changed, so that a quiet tick allocates nothing', () => {
    const rings = createRings();
    for (let at = 0; at < HOUR; at += 10_000)
      rings.add({ start: at, width: 10_000, good: 1, total: 1, covered: 10_000 });
    const before = rings.sums(5 * MINUTE, HOUR);
    rings.add({ start: HOUR, width: 10_000, good: 1, total: 1, covered: 10_000 });
    expect(rings.sums(5 * MINUTE, HOUR + 10_000)).toBe(before);
    expect(before).toEqual({ good: 30, total: 30, covered: 5 * MINUTE });
  });

  it('hold every look-back of the tiers, each fully covered by a check every 10 s', () => {
    const rings = createRings();
    for (let at = 0; at < 4 * DAY; at += 10_000)
      rings.add({ start: at, width: 10_000, good: 1, total: 1, covered: 10_000 });
    for (const ms of LOOK_BACKS)
      expect(rings.sums(ms, 4 * DAY)).toEqual({ good: ms / 10_000, total: ms / 10_000, covered: ms });
  });

  it('count the running slot, and the one that ends now, but not the one that begins now', () => {
    const rings = createRings();
    rings.add({ start: 1_000_000, width: 10_000, good: 0, total: 1, covered: 10_000 });
    expect(rings.sums(5 * MINUTE, 1_000_000).total).toBe(0);
    expect(rings.sums(5 * MINUTE, 1_000_001).total).toBe(1);
    expect(rings.sums(5 * MINUTE, 1_300_000).total).toBe(1);
    expect(rings.sums(5 * MINUTE, 1_300_001).total).toBe(0);
  });

  it('a check every minute covers its minute although it lies in a slot of 10 s', () => {
    const rings = createRings();
    for (let at = 0; at < HOUR; at += MINUTE)
      rings.add({ start: at, width: 10_000, good: 1, total: 1, covered: MINUTE });
    expect(rings.sums(5 * MINUTE, HOUR).covered).toBe(5 * MINUTE);
    expect(rings.sums(30 * MINUTE, HOUR).covered).toBe(30 * MINUTE);
  });

  it('patch a late slot into every level that still holds it, and ignore one that none does', () => {
    const rings = createRings();
    const now = 10 * DAY;
    rings.add({ start: now - 10_000, width: 10_000, good: 1, total: 1, covered: 10_000 });
    rings.add({ start: now - 30 * MINUTE, width: 10_000, good: 0, total: 1, covered: 10_000 });
    rings.add({ start: now - 5 * HOUR, width: 10_000, good: 0, total: 1, covered: 10_000 });
    rings.add({ start: now - 2 * DAY, width: 10_000, good: 0, total: 1, covered: 10_000 });
    rings.add({ start: now - 5 * DAY, width: 10_000, good: 0, total: 1, covered: 10_000 });
    const bad = (ms: number): number => rings.sums(ms, now).total - rings.sums(ms, now).good;
    expect([5 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY].map(bad)).toEqual([0, 1, 2, 2, 3]);
  });

  it('forget the past after a pause longer than themselves', () => {
    const rings = createRings();
    rings.add({ start: 0, width: 10_000, good: 0, total: 1, covered: 10_000 });
    expect(rings.sums(3 * DAY, 30 * DAY)).toEqual(NO_SUMS);
    rings.add({ start: 30 * DAY, width: 10_000, good: 1, total: 1, covered: 10_000 });
    expect(rings.sums(3 * DAY, 30 * DAY + 10_000)).toEqual({ good: 1, total: 1, covered: 10_000 });
  });

  it('a revision replaces what a provider said before, in every look-back', () => {
    const rings = createRings();
    const slot = { start: HOUR, width: MINUTE, good: 90, total: 100, covered: MINUTE };
    rings.add(slot);
    expect(rings.replace({ ...slot, good: 99, total: 101 })).toBe(true);
    for (const ms of LOOK_BACKS)
      expect(rings.sums(ms, HOUR + 2 * MINUTE)).toEqual({ good: 99, total: 101, covered: MINUTE });
  });

  it('says so when what a revision replaces is no longer known', () => {
    const rings = createRings();
    rings.add({ start: 0, width: MINUTE, good: 1, total: 1, covered: MINUTE });
    rings.add({ start: DAY, width: MINUTE, good: 1, total: 1, covered: MINUTE });
    expect(rings.replace({ start: 0, width: MINUTE, good: 0, total: 1, covered: MINUTE })).toBe(false);
    expect(rings.sums(3 * DAY, DAY + MINUTE).good).toBe(2);
  });

  it('fractions that have left a look-back leave nothing behind', () => {
    const rings = createRings(SMALL);
    for (const [index, bad] of [0.3, 0.1, 0.2, 0.7, 0.1].entries()) {
      rings.add({ start: index * 10, width: 10, good: 0, total: bad, covered: 10 });
      rings.sums(40, index * 10 + 10);
    }
    rings.add({ start: 50, width: 10, good: 0, total: 0, covered: 10 });
    expect([80, 90, 100].map((now) => rings.sums(40, now).total)).toEqual([0.1, 0, 0]);
  });

  it('what is no number is ignored, or it would poison a look-back for days', () => {
    const rings = createRings();
    const slot = { start: 0, width: 10_000, good: 1, total: 1, covered: 10_000 };
    rings.add(slot);
    for (const broken of [Number.NaN, Infinity]) {
      rings.add({ ...slot, total: broken });
      expect(rings.replace({ ...slot, covered: broken })).toBe(false);
    }
    expect(rings.sums(5 * MINUTE, 10_000)).toEqual({ good: 1, total: 1, covered: 10_000 });
  });

  it('tell when data and when traffic last came', () => {
    const rings = createRings();
    expect([rings.lastDataAt(), rings.lastTrafficAt()]).toEqual([null, null]);
    rings.add({ start: 10_000, width: 10_000, good: 1, total: 1, covered: 10_000 });
    rings.add({ start: 20_000, width: 10_000, good: 0, total: 0, covered: 10_000 });
    rings.add({ start: 30_000, width: 10_000, good: 0, total: 0, covered: 0 });
    rings.add({ start: 0, width: 10_000, good: 1, total: 1, covered: 10_000 });
    expect([rings.lastDataAt(), rings.lastTrafficAt()]).toEqual([30_000, 20_000]);
  });

  it('more good than total, as a provider may say while it revises, is no negative error', () => {
    const rings = createRings();
    rings.add({ start: 0, width: 10_000, good: 12, total: 10, covered: 10_000 });
    expect(rings.sums(5 * MINUTE, 10_000)).toEqual({ good: 10, total: 10, covered: 10_000 });
  });
});
