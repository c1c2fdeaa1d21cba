import { describe, expect, test } from 'vitest';
import { createPulse, isSuspect } from '../../src/probe/pulse.ts';

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

  test('forgets old stalls, not new ones', () => {
    const { pulse } = beating(Array.from({ length: 5_000 }, (_, index) => (index + 1) * 15));
    expect(pulse.stalled(74_000, 75_000)).toBeGreaterThan(600);
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
