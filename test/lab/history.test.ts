import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { history } from '../../src/lab/history.ts';
import type { HistorySlot } from '../../src/lab/history.ts';

const SLIS = [
  { id: 'availability', kind: 'probe', objectivePpm: 999_000, intervalMs: 10 * SECOND },
  { id: 'response-time', kind: 'latency', objectivePpm: 950_000, intervalMs: 10 * SECOND },
  { id: 'error-rate', kind: 'probe', objectivePpm: 999_000, intervalMs: 30 * SECOND },
  { id: 'delivery', kind: 'events', objectivePpm: 995_000, intervalMs: 8_640 },
  { id: 'backup', kind: 'freshness', objectivePpm: 990_000, intervalMs: MINUTE },
  { id: 'recovery', kind: 'incident-clock', objectivePpm: 950_000, intervalMs: MINUTE },
] as const;

// Any millisecond of two years, so every day of every month.
const anyInput = fc.record({
  now: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }),
  days: fc.integer({ min: 7, max: 60 }),
  seed: fc.integer(),
});
const runs = { numRuns: 12 };

const of = (slots: readonly HistorySlot[], sli: string) => slots.filter((slot) => slot.sli === sli);
const sums = (slots: readonly HistorySlot[], from: number) => {
  const counted = slots.filter((slot) => slot.start + slot.width > from);
  const total = counted.reduce((sum, slot) => sum + slot.total, 0);
  return { total, bad: total - counted.reduce((sum, slot) => sum + slot.good, 0) };
};
/** Share of the budget left of what was counted since `from`; the strictest way to count a running window. */
const remaining = (slots: readonly HistorySlot[], from: number, objectivePpm: number) => {
  const { total, bad } = sums(slots, from);
  return total === 0 ? 1 : 1 - bad / (total * (1 - objectivePpm / 1_000_000));
};

describe('a past for the demo', () => {
  it('is seamless, covered, ends exactly at now, and has the widths that a store keeps', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const slots = of(history({ ...input, slis: SLIS }), 'availability');
        const wrong = slots.filter(({ start, width, covered }, index) => {
          const last = index === slots.length - 1;
          const end = last ? input.now : slots[index + 1]!.start;
          const age = input.now - start;
          const keptAt =
            width === 10 * SECOND ? age <= 6 * HOUR : width === MINUTE || (width === HOUR && age > 3 * DAY);
          const whole = start % width === 0 && (covered === width || (last && covered < width));
          return !(keptAt && whole && start + covered === end);
        });
        expect(wrong).toEqual([]);
        expect(slots[0]!.start).toBeLessThanOrEqual(input.now - input.days * DAY);
      }),
      runs,
    );
  });

  it('never counts more good than all, nor less than nothing, and only whole numbers', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const wrong = history({ ...input, slis: SLIS }).filter(
          ({ good, total }) => !(Number.isInteger(good) && Number.isInteger(total) && good >= 0 && good <= total),
        );
        expect(wrong).toEqual([]);
      }),
      runs,
    );
  });

  it('is the same for the same seed, another for another', () => {
    const input = { now: Date.UTC(2026, 10, 20, 12), days: 30, slis: SLIS };
    expect(history({ ...input, seed: 1 })).toEqual(history({ ...input, seed: 1 }));
    expect(history({ ...input, seed: 1 })).not.toEqual(history({ ...input, seed: 2 }));
  });

  it('leaves more than half of every budget, on whatever day of the month, week or day it is asked', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const slots = history({ ...input, slis: SLIS });
        const date = new Date(input.now);
        const day = Math.floor(input.now / DAY) * DAY;
        const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
        const week = day - ((date.getUTCDay() + 6) % 7) * DAY;
        for (const { id, objectivePpm } of SLIS)
          for (const from of [day, week, month, input.now - 28 * DAY])
            expect(remaining(of(slots, id), from, objectivePpm)).toBeGreaterThan(0.5);
      }),
      runs,
    );
  });

  it('leaves 60 to 80 % of a 99.9 % month that has seen both outages', () => {
    for (let seed = 0; seed < 20; seed++) {
      const now = Date.UTC(2026, 9, 29, 17, 3, 11);
      const slots = history({ now, days: 45, seed, slis: SLIS });
      const left = remaining(of(slots, 'availability'), Date.UTC(2026, 9, 1), 999_000);
      expect(left).toBeGreaterThan(0.6);
      expect(left).toBeLessThan(0.8);
    }
  });

  it('is calm at now: no look-back of any tier burns at even three quarters of the slowest factor', () => {
    const lookBacks = [5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY];
    fc.assert(
      fc.property(anyInput, (input) => {
        const slots = history({ ...input, slis: SLIS });
        for (const { id, objectivePpm } of SLIS)
          for (const ms of lookBacks)
            expect(1 - remaining(of(slots, id), input.now - ms, objectivePpm)).toBeLessThan(0.75);
      }),
      runs,
    );
  });

  it('shows two outages in the same minutes to every indicator they hit', () => {
    const now = Date.UTC(2026, 10, 28);
    const slots = history({ now, days: 40, seed: 3, slis: SLIS });
    const worst = (sli: string) =>
      of(slots, sli)
        .filter((slot) => slot.width === HOUR && slot.total - slot.good >= 3)
        .map((slot) => slot.start);
    expect(worst('availability').length).toBeGreaterThanOrEqual(2);
    expect(worst('response-time')).toEqual(expect.arrayContaining(worst('availability')));
    expect(sums(of(slots, 'recovery'), 0)).toEqual({ total: 2, bad: 0 });
  });

  it('follows the day: evenings are at least twice as busy as mornings', () => {
    const now = Date.UTC(2026, 10, 20);
    const slots = of(history({ now, days: 30, seed: 3, slis: SLIS }), 'delivery').filter((slot) => slot.width === HOUR);
    const at = (hour: number) =>
      slots.filter((slot) => new Date(slot.start).getUTCHours() === hour).reduce((sum, slot) => sum + slot.total, 0);
    expect(at(18)).toBeGreaterThan(2 * at(6));
  });
});
