import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSchedule, type Schedule } from '../../src/probe/schedule.ts';

const ORIGIN = 1_795_000_000_000;
const COUNT = 10_000;
const INTERVAL_MS = 10_000;
const STEP_MS = 10;

const targets = (intervalMs: number, name = 'probe') =>
  Array.from({ length: COUNT }, (_, index) => ({ id: `shop/service-${index % 50}/${name}-${index}`, intervalMs }));

/** Starts in each 100 ms of the next interval; every check ends at once. */
const startsPerTenth = (schedule: Schedule, from: number, intervalMs = INTERVAL_MS): number[] => {
  const tenths = Array.from({ length: intervalMs / 100 }, () => 0);
  for (let now = from; now < from + intervalMs; now += STEP_MS)
    for (const { id } of schedule.take(now)) {
      tenths[Math.floor((now - from) / 100)]!++;
      schedule.done(id);
    }
  return tenths;
};

/** Hashes scatter like chance, by the root of the mean; six times that is once in a thousand million. */
const uneven = (tenths: number[], mean: number): number[] =>
  tenths.filter((starts) => Math.abs(starts - mean) > 6 * Math.sqrt(mean));

const instant = fc.integer({ min: 0, max: 1e7 });
const RUNS = { numRuns: 10 };

describe('10,000 checks every 10 s are spread evenly', () => {
  test('when all of them start at once, at any instant', () => {
    fc.assert(
      fc.property(instant, (now) => {
        const schedule = createSchedule(ORIGIN);
        schedule.set(targets(INTERVAL_MS), now);
        expect(uneven(startsPerTenth(schedule, now), 100)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('when a reload gives all of them another interval, or other names', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(5_000, 20_000), fc.boolean(), (now, intervalMs, isRenamed) => {
        const schedule = createSchedule(ORIGIN);
        schedule.set(targets(intervalMs), now);
        startsPerTenth(schedule, now, 3_000);
        schedule.set(targets(INTERVAL_MS, isRenamed ? 'other' : 'probe'), now + 3_000);
        expect(uneven(startsPerTenth(schedule, now + 3_000), 100)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('when the machine wakes up after a pause', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1_000, max: 100_000 }), (now, pauseMs) => {
        const schedule = createSchedule(ORIGIN);
        schedule.set(targets(INTERVAL_MS), now);
        startsPerTenth(schedule, now, 3_000);
        const awake = now + 3_000 + pauseMs;
        schedule.pause(awake);
        expect(schedule.take(awake)).toEqual([]);
        expect(uneven(startsPerTenth(schedule, awake + STEP_MS), 100)).toEqual([]);
        const { scheduled, taken, missed } = schedule.stats();
        expect(missed).toMatchObject({ late: 0, overlap: 0 });
        expect(Math.abs(missed.pause - pauseMs)).toBeLessThan(500);
        expect(scheduled).toBe(taken + missed.pause);
      }),
      RUNS,
    );
  });
});

describe('An interval that changes back and forth', () => {
  const change = fc.record({ ms: fc.integer({ min: 0, max: 700 }), intervalMs: fc.constantFrom(100, 250, 1_000) });
  const ids = fc.string({ minLength: 1, maxLength: 8 });

  test('never starts a check twice for one instant, and brings back the phase that it had', () => {
    fc.assert(
      fc.property(ids, fc.array(change, { minLength: 1, maxLength: 30 }), (id, changes) => {
        const phase = (() => {
          const alone = createSchedule(ORIGIN);
          alone.set([{ id, intervalMs: 1_000 }], 0);
          return alone.next()! % 1_000;
        })();
        const schedule = createSchedule(ORIGIN);
        let now = 0;
        let last = Number.NEGATIVE_INFINITY;
        for (const { ms, intervalMs } of changes) {
          schedule.set([{ id, intervalMs }], now);
          expect(schedule.next()! - now).toBeLessThanOrEqual(2 * intervalMs);
          expect(intervalMs === 1_000 ? schedule.next()! % 1_000 : phase).toBe(phase);
          for (const end = now + ms; now < end; now++)
            // Half a millisecond early, as the loop takes them.
            for (const { dueAt } of schedule.take(now + 0.5)) {
              expect(dueAt).toBeGreaterThan(last);
              last = dueAt;
              schedule.done(id);
              schedule.set([{ id, intervalMs: 777 }], now);
              schedule.set([{ id, intervalMs }], now);
            }
        }
      }),
    );
  });
});
