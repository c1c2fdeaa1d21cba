import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSchedule, type Schedule, type Scheduled, type Slot } from '../../src/probe/schedule.ts';

const ORIGIN = 1_795_000_000_000;

const many = (count: number, intervalMs: number): Scheduled[] =>
  Array.from({ length: count }, (_, index) => ({ id: `shop/service-${index % 50}/probe-${index}`, intervalMs }));

/** Takes every millisecond or so, ends each check at once; gives all slots. */
const drive = (schedule: Schedule, from: number, to: number, step = 1): Slot[] => {
  const slots: Slot[] = [];
  for (let now = from; now <= to; now += step)
    for (const slot of schedule.take(now)) {
      slots.push(slot);
      schedule.done(slot.id);
    }
  return slots;
};

const targets = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 12 }), intervalMs: fc.integer({ min: 50, max: 5_000 }) }),
  { selector: ({ id }) => id, minLength: 1, maxLength: 20 },
);

describe('Starts are spread over the interval', () => {
  test('10,000 targets every 10 s never bunch, not even at the start', () => {
    const schedule = createSchedule(ORIGIN);
    schedule.set(many(10_000, 10_000), 0);
    const perTenth = Array.from({ length: 100 }, () => 0);
    const perCentisecond = Array.from({ length: 1_000 }, () => 0);
    for (const { dueAt } of drive(schedule, 0, 9_999)) {
      perTenth[Math.floor(dueAt / 100)]!++;
      perCentisecond[Math.floor(dueAt / 10)]!++;
    }
    expect(perTenth.reduce((a, b) => a + b)).toBe(10_000);
    expect(Math.min(...perTenth)).toBeGreaterThan(60);
    expect(Math.max(...perTenth)).toBeLessThan(150);
    expect(Math.max(...perCentisecond)).toBeLessThan(30);
  });

  test('each target keeps its instants of the day over a restart', () => {
    fc.assert(
      fc.property(targets, fc.integer({ min: 0, max: 1e6 }), (wanted, later) => {
        const instants = (origin: number): number[] => {
          const schedule = createSchedule(origin);
          schedule.set(wanted, ORIGIN + later - origin);
          return drive(schedule, ORIGIN + later - origin, ORIGIN + later + 6_000 - origin, 20).map(
            ({ dueAt }) => dueAt + origin,
          );
        };
        expect(instants(ORIGIN)).toEqual(instants(ORIGIN + later));
      }),
      { numRuns: 30 },
    );
  });
});

describe('Each interval of each target has one slot', () => {
  test('and it is taken once, at its time', () => {
    fc.assert(
      fc.property(targets, fc.integer({ min: 1, max: 20 }), (wanted, step) => {
        const schedule = createSchedule(ORIGIN);
        schedule.set(wanted, 0);
        const slots = drive(schedule, 0, 10_000, step);
        for (const { id, intervalMs } of wanted) {
          const own = slots.filter((slot) => slot.id === id).map(({ dueAt }) => dueAt);
          expect(own[0]).toBeLessThan(intervalMs);
          for (let i = 1; i < own.length; i++) expect(own[i]! - own[i - 1]!).toBe(intervalMs);
          expect(Math.abs(own.length - 10_000 / intervalMs)).toBeLessThanOrEqual(1 + step / intervalMs);
        }
        expect(schedule.stats()).toEqual({
          scheduled: slots.length,
          taken: slots.length,
          missed: { late: 0, pause: 0, overlap: 0 },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('the next one is never later than any that is due, and a limit leaves the rest', () => {
    const schedule = createSchedule(ORIGIN);
    schedule.set(many(500, 1_000), 0);
    const before = schedule.take(400, 64);
    expect(before).toHaveLength(64);
    expect(schedule.next()).toBeLessThanOrEqual(400);
    const rest = schedule.take(400);
    expect(schedule.next()).toBeGreaterThan(400);
    expect(Math.max(...before.map(({ dueAt }) => dueAt))).toBeLessThanOrEqual(
      Math.min(...rest.map(({ dueAt }) => dueAt)),
    );
  });
});

describe('Whatever happens', () => {
  type Step = { kind: 'wait'; ms: number } | { kind: 'done'; pick: number } | { kind: 'set'; pick: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3_000 }) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('done' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), pick: fc.nat() }) },
  );

  test('no target is ever in flight twice, and every slot is started or counted as missed', () => {
    fc.assert(
      fc.property(targets, fc.array(step, { maxLength: 60 }), (wanted, steps) => {
        const schedule = createSchedule(ORIGIN);
        const inFlight = new Set<string>();
        let now = 0;
        schedule.set(wanted, now);
        for (const one of steps) {
          if (one.kind === 'wait') now += one.ms;
          if (one.kind === 'done') {
            const id = [...inFlight][one.pick % Math.max(1, inFlight.size)];
            if (id !== undefined) schedule.done(id);
            inFlight.delete(id ?? '');
          }
          // Others come and go; one interval changes; those in flight stay in flight.
          if (one.kind === 'set')
            schedule.set(
              wanted.map((target, index) =>
                index === one.pick % wanted.length ? { ...target, intervalMs: 777 } : target,
              ),
              now,
            );
          for (const { id, dueAt } of schedule.take(now)) {
            expect(inFlight.has(id)).toBe(false);
            expect(dueAt).toBeLessThanOrEqual(now);
            inFlight.add(id);
          }
          const { scheduled, taken, missed } = schedule.stats();
          expect(scheduled).toBe(taken + missed.late + missed.pause + missed.overlap);
        }
      }),
    );
  });

  test('a pause is followed by no burst: what is too late is counted, not started', () => {
    fc.assert(
      fc.property(targets, fc.integer({ min: 2_000, max: 1e7 }), (wanted, pause) => {
        const schedule = createSchedule(ORIGIN);
        schedule.set(wanted, 0);
        const slots = schedule.take(pause);
        expect(new Set(slots.map(({ id }) => id)).size).toBe(slots.length);
        for (const { id, dueAt } of slots) {
          const { intervalMs } = wanted.find((target) => target.id === id)!;
          expect(pause - dueAt).toBeLessThanOrEqual(Math.min(intervalMs / 2, 1_000));
        }
        const { scheduled, missed } = schedule.stats();
        const expected = wanted.reduce((sum, { intervalMs }) => sum + pause / intervalMs, 0);
        expect(Math.abs(scheduled - expected)).toBeLessThanOrEqual(wanted.length);
        expect(missed.late).toBe(scheduled - slots.length);
      }),
    );
  });
});

describe('When the targets change', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, intervalMs: 1_000 })) as [Scheduled, Scheduled, Scheduled];

  test('the ones that stay keep their slots', () => {
    const schedule = createSchedule(ORIGIN);
    schedule.set([a, b], 0);
    const alone = createSchedule(ORIGIN);
    alone.set([a, b], 0);
    drive(schedule, 0, 400);
    drive(alone, 0, 400);
    schedule.set([c, b, a], 450.5);
    const kept = (slots: Slot[]): Slot[] => slots.filter(({ id }) => id !== 'c');
    expect(kept(drive(schedule, 451, 3_000))).toEqual(drive(alone, 451, 3_000));
  });

  test('one that is still running is not started again', () => {
    const schedule = createSchedule(ORIGIN);
    schedule.set([a], 0);
    const first = schedule.next()!;
    expect(schedule.take(first)).toEqual([{ id: 'a', dueAt: first }]);
    schedule.set([b, a], first);
    expect(schedule.take(first + 1_000).map(({ id }) => id)).not.toContain('a');
    expect(schedule.stats().missed.overlap).toBe(1);
    schedule.done('a');
    expect(schedule.take(first + 2_000)).toContainEqual({ id: 'a', dueAt: first + 2_000 });
  });

  test('none are left, and nothing is due', () => {
    const schedule = createSchedule(ORIGIN);
    schedule.set([a], 0);
    schedule.set([], 0);
    expect([schedule.next(), schedule.take(1e9)]).toEqual([null, []]);
  });
});
