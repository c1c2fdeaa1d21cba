import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { createWindows } from '../../src/engine/windows.ts';
import type { Slo } from '../../src/slo/slo.ts';
import type { Slot } from '../../src/slo/slot.ts';
import { aSlo } from '../slo/a-slo.ts';

const NOW = Date.UTC(2026, 10, 18, 12);
const SPAN = { from: NOW - 7 * 24 * HOUR, to: NOW + HOUR };

const part = (id: string): Slo => ({ ...aSlo({ indicator: { kind: 'probe', probes: [id] } }), id });
const composite = (id: string, parts: readonly { slo: string; weight: number }[]): Slo => ({
  ...aSlo({ indicator: { kind: 'composite', parts } }),
  id,
});
const slosOf = (...slos: readonly Slo[]) => new Map(slos.map((slo) => [slo.id, slo]));

/** Slots of the last hours in any order, late ones among them. */
const slots = fc.array(
  fc.record({
    slo: fc.constantFrom('a', 'b', 'c'),
    ago: fc.integer({ min: 0, max: (5 * HOUR) / (10 * SECOND) }),
    good: fc.nat(20),
    bad: fc.nat(5),
  }),
  { maxLength: 60 },
);
const slotOf = ({ ago, good, bad }: { ago: number; good: number; bad: number }): Slot => ({
  start: NOW - (ago + 1) * 10 * SECOND,
  width: 10 * SECOND,
  good,
  total: good + bad,
  covered: 10 * SECOND,
});

test('a composite sums up its parts, weighted, in every look-back, window and hour; also through other composites', () => {
  fc.assert(
    fc.property(slots, fc.integer({ min: 1, max: 9 }), (given, weight) => {
      const windows = createWindows();
      const weights = { a: 2 * weight, b: 2, c: 1 };
      windows.use(
        slosOf(
          part('a'),
          part('b'),
          part('c'),
          composite('inner', [
            { slo: 'a', weight },
            { slo: 'b', weight: 1 },
          ]),
          composite('all', [
            { slo: 'inner', weight: 2 },
            { slo: 'c', weight: 1 },
          ]),
        ),
      );
      for (const one of given) windows.add(one.slo, slotOf(one));
      const summed = (read: (slo: string) => { good: number; total: number }) =>
        Object.entries(weights).reduce(
          (sum, [slo, times]) => {
            const { good, total } = read(slo);
            return { good: sum.good + times * good, total: sum.total + times * total };
          },
          { good: 0, total: 0 },
        );
      for (const ms of [5 * MINUTE, HOUR, 6 * HOUR])
        expect(windows.lookBack('all', ms, NOW)).toMatchObject(summed((slo) => windows.lookBack(slo, ms, NOW)));
      const window = windows.window('all', SPAN, NOW);
      expect(window).toMatchObject(summed((slo) => windows.window(slo, SPAN, NOW)));
      expect(window.covered).toBeLessThanOrEqual(NOW - SPAN.from);
      const hours = windows.hours('all', SPAN.from, NOW);
      expect({
        good: hours.reduce((sum, hour) => sum + hour.good, 0),
        total: hours.reduce((sum, hour) => sum + hour.total, 0),
      }).toEqual({ good: window.good, total: window.total });
      for (const hour of hours) expect(hour.covered).toBeLessThanOrEqual(HOUR);
    }),
  );
});

test('a part that is new leaves what was known of the time before it', () => {
  const windows = createWindows();
  windows.use(
    slosOf(
      part('a'),
      part('b'),
      composite('all', [
        { slo: 'a', weight: 1 },
        { slo: 'b', weight: 1 },
      ]),
    ),
  );
  const covered = (slo: string, minutes: number): void => {
    for (let ago = minutes * 6; ago > 0; ago--) windows.add(slo, slotOf({ ago: ago - 1, good: 1, bad: 0 }));
  };
  covered('a', 60);
  expect(windows.lookBack('all', HOUR, NOW).covered).toBe(HOUR / 2);
  covered('b', 10);
  expect(windows.lookBack('all', HOUR, NOW).covered).toBe(HOUR);
});

test('what is loaded for a composite from its own books is not counted on top of its parts', () => {
  const windows = createWindows();
  const hour = { start: NOW - 2 * HOUR, width: HOUR, good: 5, total: 6, covered: HOUR };
  windows.loadHour('all', hour);
  windows.use(
    slosOf(
      part('a'),
      part('b'),
      composite('all', [
        { slo: 'a', weight: 1 },
        { slo: 'b', weight: 1 },
      ]),
    ),
  );
  windows.loadHour('all', hour);
  expect(windows.window('all', SPAN, NOW).total).toBe(0);
  windows.loadHour('a', hour);
  expect(windows.window('all', SPAN, NOW)).toMatchObject({ good: 5, total: 6 });
});

test('bad stretches of parts that touch are one', () => {
  const windows = createWindows();
  windows.use(
    slosOf(
      part('a'),
      part('b'),
      composite('all', [
        { slo: 'a', weight: 1 },
        { slo: 'b', weight: 1 },
      ]),
    ),
  );
  windows.add('a', slotOf({ ago: 60, good: 0, bad: 1 }));
  windows.add('b', slotOf({ ago: 40, good: 0, bad: 1 }));
  expect(windows.badStretch('all')).toEqual({ from: NOW - 610 * SECOND, to: NOW - 400 * SECOND });
  windows.add('b', slotOf({ ago: 0, good: 0, bad: 1 }));
  expect(windows.badStretch('all')).toEqual({ from: NOW - 10 * SECOND, to: NOW });
});
