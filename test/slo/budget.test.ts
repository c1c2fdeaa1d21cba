import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { budget } from '../../src/slo/budget.ts';
import { windowSpan } from '../../src/slo/window.ts';
import type { Window } from '../../src/slo/window.ts';
import { aSlo } from './a-slo.ts';

const now = Date.UTC(2026, 10, 20);
const rolling = { from: now - 30 * DAY, to: now };
const slo = aSlo();

/** A check every 10 s from `from` to `to`, of which `bad` failed. */
const checks = (from: number, to: number, bad: number) => {
  const total = (to - from) / 10_000;
  return { good: total - bad, total, covered: to - from };
};

describe('the budget of a rolling window', () => {
  it('is untouched when nothing was bad', () => {
    const found = budget(slo, checks(rolling.from, now, 0), rolling, 0, now);
    expect(found).toMatchObject({ attained: 1, remaining: 1, bad: 0, coverage: 1, days: { have: 30, of: 30 } });
    expect(found.badAllowed).toBeCloseTo(259.2, 9);
  });

  it('is half gone when half of the bad checks it allows took place', () => {
    const found = budget(slo, checks(rolling.from, now, 129.6), rolling, 0, now);
    expect(found.remaining).toBeCloseTo(0.5, 12);
    expect(found.badAllowed).toBeCloseTo(129.6, 9);
  });

  it('goes below nothing when it is overspent', () => {
    expect(budget(slo, checks(rolling.from, now, 518.4), rolling, 0, now).remaining).toBeCloseTo(-1, 12);
  });

  it('over a full window is 1 − error ratio ÷ (1 − objective), whatever the traffic did', () => {
    const events = fc.record({
      total: fc.integer({ min: 1, max: 1e9 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 999_999 }), ({ total, share }, objective) => {
        const bad = Math.floor(total * share);
        const sums = { good: total - bad, total, covered: 30 * DAY };
        const { remaining } = budget(aSlo({ objective }), sums, rolling, 0, now);
        const exact = 1 - bad / total / ((1_000_000 - objective) / 1_000_000);
        expect(Math.abs(remaining! - exact)).toBeLessThan(1e-9 * Math.max(1, Math.abs(exact)));
      }),
    );
  });

  it('with three of thirty days of data is that of thirty days at the traffic so far', () => {
    const first = now - 3 * DAY - 5 * HOUR;
    const found = budget(slo, checks(first, now, 10), rolling, first, now);
    expect(found.days).toEqual({ have: 3, of: 30 });
    expect(found.coverage).toBe(1);
    expect(found.remaining).toBeCloseTo(1 - 10 / 259.2, 9);
  });

  it('after the very first check stands for its whole interval, not for the instant since', () => {
    const found = budget(slo, { good: 0, total: 1, covered: 10_000 }, rolling, now - 5, now);
    expect(found.remaining).toBeCloseTo(1 - 1 / 259.2, 9);
    expect(found.days).toEqual({ have: 0, of: 30 });
  });

  it('a gap lowers the coverage and nothing else', () => {
    const sums = checks(rolling.from + 6 * DAY, now, 0);
    expect(budget(slo, sums, rolling, rolling.from - DAY, now)).toMatchObject({ coverage: 0.8, remaining: 1 });
  });

  it('what the source still revises is not missing', () => {
    const lag = aSlo({ settleLagMs: 10 * MINUTE });
    expect(budget(lag, checks(rolling.from, now - 10 * MINUTE, 0), rolling, 0, now).coverage).toBe(1);
  });

  it('without data, and without traffic, says nothing: null is not 0', () => {
    const none = { attained: null, remaining: null, badAllowed: null };
    expect(budget(slo, { good: 0, total: 0, covered: 0 }, rolling, null, now)).toMatchObject({ ...none, coverage: 0 });
    expect(budget(slo, { good: 0, total: 0, covered: 30 * DAY }, rolling, 0, now)).toMatchObject({
      ...none,
      coverage: 1,
    });
  });
});

describe('the budget of a calendar window', () => {
  const month: Window = { kind: 'calendar', unit: 'month' };
  const calendar = aSlo({ window: month, zone: 'America/Toronto' });

  it('ten bad minutes cost the same share on the first of a month as on its last day', () => {
    const span = windowSpan(month, 'America/Toronto', now);
    const bad = (10 * MINUTE) / 10_000;
    const early = budget(calendar, checks(span.from, span.from + DAY, bad), span, 0, span.from + DAY);
    const late = budget(calendar, checks(span.from, span.to - HOUR, bad), span, 0, span.to - HOUR);
    expect(early.remaining).toBeCloseTo(late.remaining!, 9);
    // 30 days and the hour by which the clocks fell back.
    expect(early.remaining).toBeCloseTo(1 - 10 / (0.001 * (30 * 24 + 1) * 60), 9);
    expect(early.days).toEqual({ have: 1, of: 30 });
  });

  it('covers from its first sample to now, not to the end of the month', () => {
    const span = windowSpan(month, 'UTC', now);
    const first = span.from + 4 * DAY;
    expect(budget(calendar, checks(first, now, 0), span, first, now).coverage).toBe(1);
    expect(budget(calendar, checks(first, now - 3 * DAY, 0), span, first, now).coverage).toBeCloseTo(0.8, 9);
  });

  it('of a month that is over counts all of it', () => {
    const span = windowSpan(month, 'UTC', now - 30 * DAY);
    const found = budget(calendar, checks(span.from, span.to, 0), span, 0, now);
    expect(found).toMatchObject({ coverage: 1, days: { have: 31, of: 31 } });
  });

  it('says the hours of a first day in tenths', () => {
    const span = windowSpan(month, 'UTC', now);
    expect(budget(calendar, checks(now - 12 * HOUR, now, 0), span, now - 12 * HOUR, now).days.have).toBe(0.5);
  });
});
