import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { closedHours, ledgerSums } from '../../src/slo/ledger.ts';
import { slotStart } from '../../src/slo/slot.ts';
import type { Slot, Sums } from '../../src/slo/slot.ts';
import { windowSpan } from '../../src/slo/window.ts';
import type { CalendarUnit, Span } from '../../src/slo/window.ts';

const naive = (slots: readonly Slot[], span: Span): Sums => {
  const inside = slots.filter(({ start }) => start >= span.from && start < span.to);
  const sum = (of: (slot: Slot) => number): number => inside.reduce((all, slot) => all + of(slot), 0);
  return {
    good: sum((s) => s.good),
    total: sum((s) => s.total),
    covered: Math.min(
      span.to - span.from,
      sum((s) => s.covered),
    ),
  };
};

const minute = fc.record({
  good: fc.integer({ min: 0, max: 50 }),
  bad: fc.integer({ min: 0, max: 5 }),
  absent: fc.boolean(),
});
const history = fc.array(minute, { minLength: 1, maxLength: 40 });

/** Minutes of some days that end at `now`, with holes, from a short pattern that repeats. */
const minutes = (pattern: { good: number; bad: number; absent: boolean }[], now: number, days: number): Slot[] => {
  const slots: Slot[] = [];
  const first = Math.floor((now - days * DAY) / MINUTE) * MINUTE;
  for (let start = first, index = 0; start < now; start += MINUTE, index++) {
    const { good, bad, absent } = pattern[(index * 7 + Math.floor(index / 60)) % pattern.length]!;
    if (!absent) slots.push({ start, width: MINUTE, good, total: good + bad, covered: MINUTE });
  }
  return slots;
};

describe('the ledger', () => {
  const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
  const zone = fc.constantFrom(
    'UTC',
    'America/Toronto',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'Asia/Beirut',
  );

  it('adds closed hours and the minutes of the hours at its edges up to what all minutes add up to, in every zone', () => {
    fc.assert(
      fc.property(instant, zone, fc.constantFrom<CalendarUnit>('day', 'week'), history, (now, zone, unit, pattern) => {
        const span = windowSpan({ kind: 'calendar', unit }, zone, now);
        const slots = minutes(pattern, now, 8);
        const hours = closedHours(slots, now);
        const edges = new Set([now, span.from].map((edge) => slotStart(edge, HOUR)));
        const recent = slots.filter(({ start }) => edges.has(slotStart(start, HOUR)));
        expect(ledgerSums(hours, recent, span)).toEqual(naive(slots, span));
      }),
      { numRuns: 150 },
    );
  });

  it('never counts an hour twice, however many finer slots come along', () => {
    fc.assert(
      fc.property(instant, history, fc.integer({ min: 1, max: 48 }), (now, pattern, hoursBack) => {
        const slots = minutes(pattern, now, 3);
        const span = { from: Math.floor(now / HOUR) * HOUR - 2 * DAY, to: now };
        const since = (Math.floor(now / HOUR) - hoursBack) * HOUR;
        const recent = slots.filter(({ start }) => start >= since);
        expect(ledgerSums(closedHours(slots, now), recent, span)).toEqual(naive(slots, span));
      }),
      { numRuns: 100 },
    );
  });

  it('an hour that the window cuts, without finer slots, counts by its share', () => {
    const row = { start: 0, width: HOUR, good: 90, total: 100, covered: HOUR };
    expect(ledgerSums([row], [], { from: HOUR / 2, to: 2 * HOUR })).toEqual({ good: 45, total: 50, covered: HOUR / 2 });
  });

  it('an hour is closed only when it ended before what its source still revises', () => {
    const slots = [0, 30 * MINUTE, HOUR].map((start) => ({
      start,
      width: 30 * MINUTE,
      good: 1,
      total: 2,
      covered: 30 * MINUTE,
    }));
    expect(closedHours(slots, HOUR - 1)).toEqual([]);
    expect(closedHours(slots, 2 * HOUR - 1)).toEqual([{ start: 0, width: HOUR, good: 2, total: 4, covered: HOUR }]);
  });

  it('an hour without data has no row, so that silence is not booked as health', () => {
    const slots = [{ start: 5 * HOUR, width: MINUTE, good: 1, total: 1, covered: MINUTE }];
    expect(closedHours(slots, DAY).map(({ start }) => start)).toEqual([5 * HOUR]);
  });

  it('nothing at all adds up to nothing', () => {
    expect(ledgerSums([], [], { from: 0, to: DAY })).toEqual({ good: 0, total: 0, covered: 0 });
  });
});
