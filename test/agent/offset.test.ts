import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOffset } from '../../src/agent/offset.ts';

/** Exchanges with a server whose clock is `truth` ahead; each with its way there, its way back and the server's wait. */
const exchanged = (truth: number, roads: readonly (readonly [there: number, back: number, wait: number])[]) => {
  const offset = createOffset();
  let now = 1_000;
  for (const [there, back, wait] of roads) {
    const received = now + there + truth;
    offset.measured(now, received, received + wait, now + there + wait + back);
    now += there + wait + back + 10;
  }
  return { offset, now };
};

describe('The offset of the clocks', () => {
  test('is unknown before the first exchange', () => expect(createOffset().value()).toBeNull());

  test('is exact on an even road, however long the server lets us wait', () => {
    expect(exchanged(90_000, [[20, 20, 20_000]]).offset.value()).toBe(90_000);
  });

  test('is wrong by no more than half of the quick round trips, whatever the slow ones say', () => {
    const road = fc.tuple(fc.nat(400), fc.nat(400), fc.nat(20_000));
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.array(road, { minLength: 1, maxLength: 20 }),
        (truth, roads) => {
          const value = exchanged(truth, roads).offset.value() ?? NaN;
          const trips = roads.slice(-8).map(([there, back]) => there + back);
          const slowestOfQuick = trips.toSorted((a, b) => a - b)[Math.ceil(trips.length / 2) - 1] ?? 0;
          expect(Math.abs(value - truth)).toBeLessThanOrEqual(slowestOfQuick / 2 + 1e-6);
        },
      ),
    );
  });

  test('follows a clock that was set, at the next exchange', () => {
    const { offset, now } = exchanged(
      0,
      Array.from({ length: 8 }, () => [10, 10, 0] as const),
    );
    offset.measured(now, now + 10 - 3_600_000, now + 10 - 3_600_000, now + 20);
    expect(offset.value()).toBe(-3_600_000);
  });
});
