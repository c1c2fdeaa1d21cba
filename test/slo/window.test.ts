import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/duration.ts';
import { createSpans, spanDays, windowDays, windowLabel, windowSpan } from '../../src/slo/window.ts';
import type { CalendarUnit, Window } from '../../src/slo/window.ts';

const at = (text: string): number => Date.parse(text);
const calendar = (unit: CalendarUnit): Window => ({ kind: 'calendar', unit });

const ZONES = [
  'UTC',
  'America/Toronto',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Havana',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
];

describe('where a window stands', () => {
  it('a rolling window ends now and is whole days of 24 hours long, whatever the clocks do', () => {
    const now = at('2026-03-08T12:34:56.789Z');
    expect(windowSpan({ kind: 'rolling', days: 30 }, 'America/Toronto', now)).toEqual({
      from: now - 30 * DAY,
      to: now,
    });
  });

  it.each([
    ['a plain day', 'UTC', 'day', '2026-11-20T10:00:00Z', '2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
    [
      '23 hours when Toronto springs',
      'America/Toronto',
      'day',
      '2026-03-08T12:00:00Z',
      '2026-03-08T05:00:00Z',
      '2026-03-09T04:00:00Z',
    ],
    [
      '25 hours when Toronto falls back',
      'America/Toronto',
      'day',
      '2026-11-01T12:00:00Z',
      '2026-11-01T04:00:00Z',
      '2026-11-02T05:00:00Z',
    ],
    [
      '23 hours when Berlin springs',
      'Europe/Berlin',
      'day',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ],
    [
      '23.5 hours on Lord Howe',
      'Australia/Lord_Howe',
      'day',
      '2026-10-04T02:00:00Z',
      '2026-10-03T13:30:00Z',
      '2026-10-04T13:00:00Z',
    ],
    [
      '24.5 hours on Lord Howe',
      'Australia/Lord_Howe',
      'day',
      '2026-04-05T02:00:00Z',
      '2026-04-04T13:00:00Z',
      '2026-04-05T13:30:00Z',
    ],
    [
      'from 01:00 where Cairo skips midnight',
      'Africa/Cairo',
      'day',
      '2026-04-24T10:00:00Z',
      '2026-04-23T22:00:00Z',
      '2026-04-24T21:00:00Z',
    ],
    [
      'from 01:00 where Beirut skips midnight',
      'Asia/Beirut',
      'day',
      '2026-03-29T10:00:00Z',
      '2026-03-28T22:00:00Z',
      '2026-03-29T21:00:00Z',
    ],
    [
      'from the first of two midnights in Havana',
      'America/Havana',
      'day',
      '2026-11-01T10:00:00Z',
      '2026-11-01T04:00:00Z',
      '2026-11-02T05:00:00Z',
    ],
    [
      'ISO weeks begin on Monday',
      'UTC',
      'week',
      '2026-11-22T23:59:59Z',
      '2026-11-16T00:00:00Z',
      '2026-11-23T00:00:00Z',
    ],
    [
      'a week across the new year',
      'UTC',
      'week',
      '2027-01-02T00:00:00Z',
      '2026-12-28T00:00:00Z',
      '2027-01-04T00:00:00Z',
    ],
    [
      'a month with a change of clocks',
      'Europe/Berlin',
      'month',
      '2026-03-15T00:00:00Z',
      '2026-02-28T23:00:00Z',
      '2026-03-31T22:00:00Z',
    ],
    [
      'the last instant of a month',
      'UTC',
      'month',
      '2026-01-31T23:59:59.999Z',
      '2026-01-01T00:00:00Z',
      '2026-02-01T00:00:00Z',
    ],
    [
      'the local month, not that of UTC',
      'America/Toronto',
      'month',
      '2026-12-01T04:59:59Z',
      '2026-11-01T04:00:00Z',
      '2026-12-01T05:00:00Z',
    ],
    ['a quarter', 'UTC', 'quarter', '2026-11-20T00:00:00Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    [
      'the quarter of a leap February',
      'UTC',
      'quarter',
      '2028-02-29T12:00:00Z',
      '2028-01-01T00:00:00Z',
      '2028-04-01T00:00:00Z',
    ],
  ] as const)('%s', (_, zone, unit, now, from, to) => {
    expect(windowSpan(calendar(unit), zone, at(now))).toEqual({ from: at(from), to: at(to) });
  });

  // The model asks Intl for local dates and knows nothing of how spans are made.
  it('begins and ends where the local date turns, in every zone and at every instant', () => {
    const formats = new Map(
      ZONES.map((timeZone) => [timeZone, new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })]),
    );
    const periodOf = (zone: string, unit: CalendarUnit, instant: number): string => {
      const text = formats.get(zone)!.format(instant);
      const [year, month] = text.split('-').map(Number);
      if (unit === 'day') return text;
      if (unit === 'month') return text.slice(0, 7);
      if (unit === 'quarter') return `${year}-${Math.ceil(month! / 3)}`;
      const dayNumber = Date.parse(text) / DAY;
      return String(Math.floor((dayNumber + 3) / 7));
    };
    const instant = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    const unit = fc.constantFrom<CalendarUnit>('day', 'week', 'month', 'quarter');
    fc.assert(
      fc.property(instant, fc.constantFrom(...ZONES), unit, (now, zone, unit) => {
        const { from, to } = windowSpan(calendar(unit), zone, now);
        const period = periodOf(zone, unit, now);
        expect(from <= now && now < to).toBe(true);
        expect([from, to - 1].map((edge) => periodOf(zone, unit, edge))).toEqual([period, period]);
        expect([from - 1, to].map((edge) => periodOf(zone, unit, edge))).not.toContain(period);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses a zone that does not exist', () => {
    expect(() => windowSpan(calendar('day'), 'Mars/Olympus', 0)).toThrow(RangeError);
  });
});

describe('spans with a memory', () => {
  it('say the same as without, through turns of period and clocks that jump back', () => {
    const spans = createSpans();
    const base = at('2026-10-30T00:00:00Z');
    const step = fc.tuple(
      fc.integer({ min: 0, max: 40 * 24 * 60 }),
      fc.constantFrom(...ZONES),
      fc.constantFrom<Window>(calendar('day'), calendar('week'), calendar('month'), { kind: 'rolling', days: 7 }),
    );
    fc.assert(
      fc.property(step, ([minutes, zone, window]) => {
        const now = base + minutes * 60_000;
        expect(spans(window, zone, now)).toEqual(windowSpan(window, zone, now));
      }),
      { numRuns: 500 },
    );
  });

  it('ask only once per period: the same span comes back until it ends', () => {
    const spans = createSpans();
    const now = at('2026-11-20T00:00:00Z');
    const span = spans(calendar('month'), 'Europe/Berlin', now);
    expect(spans(calendar('month'), 'Europe/Berlin', span.to - 1)).toBe(span);
    expect(spans(calendar('month'), 'Europe/Berlin', span.to)).not.toBe(span);
  });
});

describe('days and labels', () => {
  it.each([
    ['2026-02-10T00:00:00Z', 'month', 28],
    ['2026-03-10T00:00:00Z', 'month', 31],
    ['2026-11-10T00:00:00Z', 'month', 30],
    ['2026-03-08T12:00:00Z', 'day', 1],
    ['2026-11-01T12:00:00Z', 'day', 1],
    ['2026-03-08T12:00:00Z', 'week', 7],
    ['2026-03-08T12:00:00Z', 'quarter', 90],
  ] as const)('the %s %s has %d calendar days in Toronto', (now, unit, days) => {
    expect(windowDays(calendar(unit), 'America/Toronto', at(now))).toBe(days);
  });

  it('a rolling window has the days it says', () => {
    expect(windowDays({ kind: 'rolling', days: 28 }, 'UTC', 0)).toBe(28);
    expect(spanDays({ from: 0, to: 23 * HOUR })).toBe(1);
  });

  it('is labelled as it is written', () => {
    expect(windowLabel({ kind: 'rolling', days: 30 })).toBe('30d');
    expect(windowLabel(calendar('month'))).toBe('month');
  });
});
