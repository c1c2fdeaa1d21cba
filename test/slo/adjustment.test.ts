import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { adjust, partsOf } from '../../src/slo/adjustment.ts';
import type { Correction, Exclusion } from '../../src/slo/adjustment.ts';
import { adjustedBudget, budget } from '../../src/slo/budget.ts';
import { sloStatus } from '../../src/slo/state.ts';
import type { Slot, Sums } from '../../src/slo/slot.ts';
import { createSpans, windowSpan } from '../../src/slo/window.ts';
import { aSlo } from './a-slo.ts';

const DAY_ONE = Date.UTC(2026, 10, 20);
const at = (hours: number): number => DAY_ONE + hours * HOUR;
const said = { owner: 'dana', because: 'Load test' };
const exclusion = (id: string, from: number, to: number): Exclusion => ({ id, slos: [], from, to, ...said });
const correction = (id: string, from: number, to: number, bad: number, total = 0): Correction => ({
  id,
  slo: '',
  from,
  to,
  bad,
  total,
  ...said,
});

/** Hours with 360 checks each, of which so many were bad. */
const hoursOf = (bad: readonly number[]): Slot[] =>
  bad.map((count, index) => ({ start: at(index), width: HOUR, good: 360 - count, total: 360, covered: HOUR }));
const sumOf = (slots: readonly Slot[]): Sums => ({
  good: slots.reduce((sum, { good }) => sum + good, 0),
  total: slots.reduce((sum, { total }) => sum + total, 0),
  covered: slots.reduce((sum, { covered }) => sum + covered, 0),
});

type Given = {
  bad: readonly number[];
  exclusions?: Exclusion[];
  corrections?: Correction[];
  fine?: Sums;
  now?: number;
};

const adjusted = ({ bad, exclusions = [], corrections = [], fine, now = at(bad.length) }: Given) => {
  const hours = hoursOf(bad);
  return adjust({
    exclusions,
    corrections,
    hours,
    sums: sumOf(hours),
    counted: () => fine ?? null,
    span: { from: at(0), to: at(bad.length) },
    firstDataAt: at(-100),
    now,
  });
};

const badIn = ({ good, total }: Sums): number => total - good;

describe('exclusions', () => {
  it('take whole hours with their traffic, and leave their time covered', () => {
    const result = adjusted({ bad: [0, 100, 50, 10], exclusions: [exclusion('ddos', at(1), at(3))] });
    expect(result?.sums).toEqual({ good: 710, total: 720, covered: 4 * HOUR });
    expect(result?.list).toEqual([
      {
        kind: 'exclusion',
        id: 'ddos',
        ...said,
        from: at(1),
        to: at(3),
        takesAway: { bad: 150, total: 720 },
        how: 'exact',
      },
    ]);
  });

  it('take of an hour that they cut what its minutes say', () => {
    const fine = { good: 0, total: 60, covered: 10 * MINUTE };
    const result = adjusted({ bad: [60, 0], fine, exclusions: [exclusion('test', at(0.5), at(0.5) + 10 * MINUTE)] });
    expect(result?.sums).toEqual({ good: 660, total: 660, covered: 2 * HOUR });
    expect(result?.list[0]).toMatchObject({ takesAway: { bad: 60, total: 60 }, how: 'exact' });
  });

  it('take a share of an hour of which no minutes are kept, and say so', () => {
    const result = adjusted({ bad: [60, 0], exclusions: [exclusion('test', at(0.5), at(1))] });
    expect(result?.list[0]).toMatchObject({ takesAway: { bad: 30, total: 180 }, how: 'by-hour' });
  });

  it('time without data counts as covered once it is left out', () => {
    const hours = hoursOf([0, 0]).slice(0, 1);
    const result = adjust({
      exclusions: [exclusion('vendor', at(1), at(2))],
      corrections: [],
      hours,
      sums: sumOf(hours),
      counted: () => null,
      span: { from: at(0), to: at(2) },
      firstDataAt: at(0),
      now: at(2),
    });
    expect(result?.sums).toEqual({ good: 360, total: 360, covered: 2 * HOUR });
  });

  it('take nothing outside the window, and nothing that has not been lived', () => {
    expect(adjusted({ bad: [5, 5], exclusions: [exclusion('past', at(-5), at(0))] })).toBeNull();
    expect(adjusted({ bad: [5, 5], exclusions: [exclusion('future', at(9), at(10))] })).toBeNull();
    const running = adjusted({ bad: [5, 5], now: at(1), exclusions: [exclusion('running', at(0), at(9))] });
    expect(running?.list[0]?.takesAway).toEqual({ bad: 5, total: 360 });
  });

  it('time from before the first sample was never counted, and is not covered now', () => {
    const hours = hoursOf([0, 0]).slice(1);
    const result = adjust({
      exclusions: [exclusion('early', at(0), at(1.5))],
      corrections: [],
      hours,
      sums: sumOf(hours),
      counted: () => ({ good: 180, total: 180, covered: HOUR / 2 }),
      span: { from: at(0), to: at(2) },
      firstDataAt: at(1),
      now: at(2),
    });
    expect(result?.sums).toEqual({ good: 180, total: 180, covered: HOUR });
  });

  it.each([
    ['as much as lies in the window', 0.25, 40, 20],
    ['never more than the window holds of the hour', 0.45, 100, 50],
  ])('where the window begins in the hour that is cut, take %s', (_, from, bad, takes) => {
    const hours = hoursOf([100, 0]);
    const result = adjust({
      exclusions: [exclusion('cut', at(from), at(0.75))],
      corrections: [],
      hours,
      sums: { good: 130 + 360, total: 180 + 360, covered: 1.5 * HOUR },
      counted: () => ({ good: 80, total: 80 + bad, covered: 0.5 * HOUR }),
      span: { from: at(0.5), to: at(2) },
      firstDataAt: at(-9),
      now: at(2),
    });
    expect(result?.list[0]?.takesAway.bad).toBeCloseTo(takes, 6);
    expect(badIn(result?.sums ?? sumOf([]))).toBeCloseTo(50 - takes, 6);
  });

  const stretches = fc.array(fc.tuple(fc.integer({ min: -60, max: 660 }), fc.integer({ min: 1, max: 300 })), {
    maxLength: 5,
  });
  const bads = fc.array(fc.integer({ min: 0, max: 360 }), { minLength: 10, maxLength: 10 });

  it('what is left is what was counted less what each takes, in any order of the file, and never below nothing', () => {
    fc.assert(
      fc.property(bads, stretches, fc.integer({ min: 1, max: 600 }), (bad, list, minutes) => {
        const exclusions = list.map(([from, length], index) =>
          exclusion(`e${index}`, at(0) + from * MINUTE, at(0) + (from + length) * MINUTE),
        );
        const now = at(0) + minutes * MINUTE;
        // Hours that have not been lived hold nothing.
        const lived = bad.map((count, hour) => (at(hour) < now ? count : 0));
        const there = adjusted({ bad: lived, exclusions, now });
        const back = adjusted({ bad: lived, exclusions: exclusions.toReversed(), now });
        expect(back).toEqual(there);
        if (!there) return;
        const all = sumOf(hoursOf(lived));
        const taken = there.list.reduce((sum, one) => sum + one.takesAway.bad, 0);
        expect(badIn(there.sums)).toBeCloseTo(badIn(all) - taken, 6);
        expect(badIn(there.sums)).toBeGreaterThanOrEqual(0);
        expect(there.sums.good).toBeGreaterThanOrEqual(0);
        expect([...there.bad.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(taken, 6);
      }),
    );
  });

  it('no instant is taken twice', () => {
    fc.assert(
      fc.property(stretches, (list) => {
        const exclusions = list.map(([from, length], index) =>
          exclusion(`e${index}`, at(0) + from, at(0) + from + length),
        );
        const parts = partsOf(exclusions, { from: at(-2), to: at(20) }).flatMap((one) => one.parts);
        const instants = parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
        expect(new Set(instants).size).toBe(instants.length);
        const named = exclusions.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, index) => from + index),
        );
        expect(new Set(instants)).toEqual(new Set(named));
      }),
    );
  });
});

describe('corrections', () => {
  it('take away what was not real, and add what was missed', () => {
    const result = adjusted({
      bad: [200, 0],
      corrections: [correction('probe', at(0), at(1), -120), correction('lost', at(1), at(2), 5, 100)],
    });
    expect(result?.sums).toEqual({ good: 280 + 360 + 95, total: 820, covered: 2 * HOUR });
    expect(result?.list.map(({ id, takesAway, how }) => [id, takesAway, how])).toEqual([
      ['lost', { bad: -5, total: -100 }, 'exact'],
      ['probe', { bad: 120, total: 0 }, 'exact'],
    ]);
  });

  it('never take more than there was, and say so', () => {
    const result = adjusted({ bad: [100, 7], corrections: [correction('probe', at(0), at(1), -120)] });
    expect(badIn(result?.sums ?? sumOf([]))).toBe(7);
    expect(result?.list[0]).toMatchObject({ takesAway: { bad: 100, total: 0 }, how: 'in-part' });
  });

  it('take away from the hours that have it', () => {
    const result = adjusted({ bad: [100, 0], corrections: [correction('probe', at(0), at(2), -100)] });
    expect([...(result?.bad ?? [])]).toEqual([
      [at(0), 100],
      [at(1), 0],
    ]);
  });

  it('find nothing in time that is left out already', () => {
    const result = adjusted({
      bad: [100, 7],
      exclusions: [exclusion('ddos', at(0), at(1))],
      corrections: [correction('probe', at(0), at(1), -100)],
    });
    expect(badIn(result?.sums ?? sumOf([]))).toBe(7);
    expect(result?.list[1]).toMatchObject({ takesAway: { bad: 0, total: 0 }, how: 'in-part' });
  });

  it('of a day reach over its hours, of which the window may hold a part', () => {
    const hours = hoursOf(Array.from({ length: 24 }, () => 10));
    const half = adjust({
      exclusions: [],
      corrections: [correction('probe', at(0), at(24), -120)],
      hours,
      sums: { good: 12 * 350, total: 12 * 360, covered: 12 * HOUR },
      counted: () => null,
      span: { from: at(12), to: at(24) },
      firstDataAt: at(-9),
      now: at(24),
    });
    expect(badIn(half?.sums ?? sumOf([]))).toBeCloseTo(60, 6);
  });
});

describe('the budget', () => {
  const slo = aSlo({ window: { kind: 'calendar', unit: 'day' } });
  const spans = createSpans();
  const standing = (bad: readonly number[], exclusions: Exclusion[]) => {
    const windowSums = sumOf(hoursOf(bad));
    return sloStatus({
      slo,
      spans,
      sumsOf: () => ({ good: 360, total: 360, covered: HOUR }),
      windowSums,
      adjusted: adjusted({ bad, exclusions }),
      firstDataAt: at(-100),
      lastDataAt: at(bad.length),
      alerts: [],
      now: at(bad.length),
    });
  };

  it('says what it was before, and what it is after', () => {
    const { state, budget: after } = standing([0, 100, 0], [exclusion('ddos', at(1), at(2))]);
    expect(state).toBe('ok');
    expect(after).toMatchObject({ bad: 0, total: 720, remaining: 1, before: { bad: 100, total: 1080 } });
    expect(after.before?.remaining).toBeLessThan(0);
  });

  it('of which everything is left out has no data, which is not 100 %', () => {
    const { state, because, budget: after } = standing([100, 100, 0.3], [exclusion('all', at(0), at(3))]);
    expect(after).toMatchObject({ remaining: null, attained: null, badAllowed: null, total: 0 });
    expect([state, because]).toEqual(['ok', 'All that was counted in this window is left out of its budget.']);
  });

  it('has no data either when a fraction of an event is left, as sums of fractions leave it', () => {
    const hours = hoursOf([1]);
    const { good, total, covered } = sumOf(hours);
    const result = adjust({
      exclusions: [exclusion('all', at(0), at(1))],
      corrections: [],
      hours,
      sums: { good, total: total + 1e-9, covered },
      counted: () => null,
      span: { from: at(0), to: at(1) },
      firstDataAt: at(0),
      now: at(1),
    });
    expect(result?.sums).toEqual({ good: 0, total: 0, covered: HOUR });
  });

  it('over a whole rolling window is what it would be had the time been without traffic', () => {
    const rolling = aSlo({ window: { kind: 'rolling', days: 1 } });
    const bad = Array.from({ length: 24 }, (_, hour) => (hour < 3 ? 20 : 1));
    const sums = sumOf(hoursOf(bad));
    const of = (one: Sums) => budget(rolling, one, { from: at(0), to: at(24) }, at(-1), at(24));
    const result = adjusted({ bad, exclusions: [exclusion('ddos', at(0), at(3))] });
    const after = result && adjustedBudget(of(sums), result, of);
    expect(after).toMatchObject({ bad: 21, total: 21 * 360, coverage: 1 });
    expect(after?.remaining).toBeCloseTo(1 - 21 / (21 * 360 * 0.001), 9);
  });

  it('of a month holds an exclusion on the day on which the clocks change', () => {
    const span = windowSpan({ kind: 'calendar', unit: 'month' }, 'America/Toronto', Date.UTC(2026, 10, 20));
    expect(span.to - span.from).toBe(30 * DAY + HOUR);
    const first = exclusion('first', span.from, span.from + 25 * HOUR);
    const hours = Array.from({ length: 49 }, (_, index) => ({
      start: span.from + index * HOUR,
      width: HOUR,
      good: 359,
      total: 360,
      covered: HOUR,
    }));
    const now = span.from + 49 * HOUR;
    const result = adjust({
      exclusions: [first],
      corrections: [],
      hours,
      sums: sumOf(hours),
      counted: () => null,
      span,
      firstDataAt: 0,
      now,
    });
    expect(result?.sums).toEqual({ good: 24 * 359, total: 24 * 360, covered: 49 * HOUR });
  });
});
