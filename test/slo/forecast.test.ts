import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/duration.ts';
import { budget } from '../../src/slo/budget.ts';
import { forecast } from '../../src/slo/forecast.ts';
import type { Budget } from '../../src/slo/status.ts';
import type { Window } from '../../src/slo/window.ts';
import { aSlo } from './a-slo.ts';

const now = Date.UTC(2026, 10, 17, 11, 20);
const month: Window = { kind: 'calendar', unit: 'month' };
const rolling: Window = { kind: 'rolling', days: 30 };
const span = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1) };

const left = (remaining: number | null): Budget => ({
  ...budget(aSlo({ window: month }), { good: 1, total: 1, covered: 1 }, span, 0, now),
  remaining,
});

const say = (remaining: number | null, rate: number | null, window: Window = month, zone = 'UTC') =>
  forecast({ budget: left(remaining), rate, window, zone, now });

describe('the sentence of forecast', () => {
  it('says when the budget ends, in the zone of the system, and how long that is', () => {
    // 2 d 3 h of 30 d at ten times the pace.
    const remaining = (51 / 720) * 10;
    expect(say(remaining, 10)).toEqual({
      kind: 'ends',
      endsAt: now + 51 * HOUR,
      text: 'At this rate the budget ends Thu 14:20 UTC, in 2 d 3 h.',
    });
    expect(say(remaining, 10, month, 'America/Toronto').text).toBe(
      'At this rate the budget ends Thu 09:20 EST, in 2 d 3 h.',
    );
  });

  it('names the date when the weekday alone would be ambiguous', () => {
    expect(say(0.3, 1).text).toBe('At this rate the budget ends Thu 26 Nov 11:20 UTC, in 9 d.');
  });

  it.each<[string, number | null, number | null, Window, string, string]>([
    ['lasts until the end of the period', 0.9, 1, month, 'lasts', 'At this rate the budget lasts the month.'],
    ['nothing burns', 0.01, 0, month, 'lasts', 'At this rate the budget lasts the month.'],
    [
      'a rolling window sustains a rate of 1',
      0.001,
      1,
      rolling,
      'lasts',
      'At this rate the budget lasts the next 30 d.',
    ],
    [
      'a rolling window sustains nothing above',
      0.5,
      15,
      rolling,
      'ends',
      'At this rate the budget ends Wed 11:20 UTC, in 1 d.',
    ],
    ['gone is gone', 0, 0, month, 'gone', 'The budget is gone.'],
    ['overspent is gone', -3, null, month, 'gone', 'The budget is gone.'],
    ['no data at all', null, null, month, 'no-data', 'No data, so no forecast.'],
    ['no data of late', 0.4, null, month, 'no-data', 'No data in the last 6 h, so no forecast.'],
    [
      'no data of late in a day',
      0.4,
      null,
      { kind: 'calendar', unit: 'day' },
      'no-data',
      'No data in the last 1 h, so no forecast.',
    ],
  ])('%s', (_, remaining, rate, window, kind, text) => {
    expect(say(remaining, rate, window)).toMatchObject({ kind, text });
  });

  it.each([
    [1, 30 * DAY],
    [2, 15 * DAY],
    [10, 3 * DAY],
    [14.4, 50 * HOUR],
    [1_000, 43.2 * 60_000],
  ])('an untouched budget of 30 d at a burn rate of %d is gone after its published time', (rate, ms) => {
    const first = { ...left(1), span: { from: now, to: now + 30 * DAY } };
    const { endsAt } = forecast({ budget: first, rate: rate + 1e-9, window: month, zone: 'UTC', now });
    expect(Math.abs(endsAt! - now - ms)).toBeLessThan(100);
  });
});
