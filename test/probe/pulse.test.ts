import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addStalls, createPulse, isSuspect, NO_STALLS } from '../../src/probe/pulse.ts';

const WALL = 1_795_000_000_000;

/** Beats at these monotonic ms with a wall clock that goes along; tells which of them follow a pause. */
const beating = (times: number[], stepAt = Infinity, step = 0) => {
  const pulse = createPulse(0, WALL);
  const paused = times.map((now) => pulse.beat(now, WALL + now + (now >= stepAt ? step : 0)));
  return { pulse, paused };
};

describe('The pulse of the probing loop', () => {
  test('counts as standing still only what is later than a timer may be', () => {
    const { pulse } = beating([5, 12, 20, 60, 65, 100]);
    expect(pulse.stalled(0, 20)).toBe(0);
    expect(pulse.stalled(0, 100)).toBe(35 + 30);
    expect(pulse.stalled(40, 80)).toBe(20 + 10);
    expect(pulse.stalled(101, 200)).toBe(0);
  });

  test('tells of any span exactly what a ledger of all gaps tells, and adds all of them up', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.nat(4_000), fc.nat(4_000), (given, from, length) => {
        const times = given.map((_, index) => given.slice(0, index + 1).reduce((a, b) => a + b));
        const { pulse } = beating(times);
        // The naive model: each ms in which the next beat was due and more than 3 ms late.
        const stood = times.flatMap((now, index) => {
          const due = (times[index - 1] ?? 0) + 5;
          return now - due > 3 ? [{ from: due, to: now }] : [];
        });
        const isStanding = (at: number): boolean => stood.some((stall) => at >= stall.from && at < stall.to);
        const spanned = Array.from({ length }, (_, index) => from + index).filter(isStanding);
        expect(pulse.stalled(from, from + length)).toBe(spanned.length);
        const lengths = stood.map((stall) => stall.to - stall.from);
        expect(pulse.stats()).toEqual({
          count: stood.length,
          totalMs: lengths.reduce((a, b) => a + b, 0),
          longestMs: Math.max(0, ...lengths),
        });
      }),
      { numRuns: 50 },
    );
  });

  test('of several threads adds up, but for the longest stall', () => {
    const one = { count: 2, totalMs: 50, longestMs: 30 };
    expect([one, { count: 1, totalMs: 40, longestMs: 40 }].reduce(addStalls, NO_STALLS)).toEqual({
      count: 3,
      totalMs: 90,
      longestMs: 40,
    });
  });

  test('forgets old stalls, not new ones', () => {
    const { pulse } = beating(Array.from({ length: 20_000 }, (_, index) => (index + 1) * 15));
    expect(pulse.stalled(240_000, 300_000)).toBe((60_000 * 2) / 3);
    expect(pulse.stalled(299_000, 300_000)).toBeGreaterThan(600);
  });

  test('tells a pause by a silence of more than a second', () => {
    expect(beating([5, 900, 1_901, 1_906]).paused).toEqual([false, false, true, false]);
  });

  test('tells a pause in which the monotonic clock stood still by the wall clock', () => {
    expect(beating([5, 10, 15, 20], 15, 60_000).paused).toEqual([false, false, true, false]);
    expect(beating([5, 10, 15, 20], 15, -60_000).paused).toEqual([false, false, true, false]);
    expect(beating([5, 10, 15, 20], 15, 30).paused).toEqual([false, false, false, false]);
  });
});

test('A check is suspect when the loop stood still for a visible part of it', () => {
  expect([isSuspect(15, 20), isSuspect(25, 60), isSuspect(25, 900), isSuspect(200, 900)]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});
