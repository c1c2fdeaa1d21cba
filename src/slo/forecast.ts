import { DAY, HOUR } from '../duration.ts';
import { durationPhrase, instantPhrase } from './phrase.ts';
import type { Budget, Forecast } from './status.ts';
import { spanDays } from './window.ts';
import type { Window } from './window.ts';

/** The look-back whose burn rate is "this rate": one failed check must not end a month's budget. */
export const forecastLookback = (window: Window): number => {
  const long = window.kind === 'rolling' ? window.days >= 7 : window.unit !== 'day';
  return long ? 6 * HOUR : HOUR;
};

const windowPhrase = (window: Window): string =>
  window.kind === 'calendar' ? `the ${window.unit}` : `the next ${window.days} d`;

/**
 * One sentence of what happens if the present burn rate goes on: a rate of b uses the whole budget in window ÷ b, and
 * what remains of it in its share of that. A rolling window at b ≤ 1 sustains it for ever; above, errors that will
 * leave the window are not counted on.
 */
export const forecast = (of: {
  budget: Budget;
  /** Burn rate over `forecastLookback`; null without data or without traffic. */
  rate: number | null;
  window: Window;
  zone: string;
  now: number;
}): Forecast => {
  const { budget, rate, window, zone, now } = of;
  if (budget.remaining === null) return { kind: 'no-data', endsAt: null, text: 'No data, so no forecast.' };
  if (budget.remaining <= 0) return { kind: 'gone', endsAt: null, text: 'The budget is gone.' };
  if (rate === null) {
    const text = `No data in the last ${durationPhrase(forecastLookback(window))}, so no forecast.`;
    return { kind: 'no-data', endsAt: null, text };
  }
  const lasts = {
    kind: 'lasts',
    endsAt: null,
    text: `At this rate the budget lasts ${windowPhrase(window)}.`,
  } as const;
  const length = window.kind === 'rolling' ? spanDays(budget.span) * DAY : budget.span.to - budget.span.from;
  const left = (budget.remaining * length) / rate;
  const until = window.kind === 'rolling' ? length : budget.span.to - now;
  if (left >= until || (window.kind === 'rolling' && rate <= 1)) return lasts;
  const endsAt = Math.round(now + left);
  const when = instantPhrase(endsAt, zone, now);
  return { kind: 'ends', endsAt, text: `At this rate the budget ends ${when}, in ${durationPhrase(endsAt - now)}.` };
};
