import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { MILLION } from '../../slo/objective.ts';
import { sharePhrase } from '../../slo/phrase.ts';
import type { CalendarUnit } from '../../slo/window.ts';
import { RECORDED, sloLabels } from '../series.ts';
import { stepsFor } from './arithmetic.ts';
import { fed } from './burning.ts';
import { BURNING, groupLabels, near, recorded, seriesOf } from './story.ts';
import type { Check, Story, Teller } from './story.ts';
import { beat, gauge, stepsOf } from './timeline.ts';
import type { Beat } from './timeline.ts';

/** Days of a period, about. */
export const DAYS: Readonly<Record<CalendarUnit, number>> = { day: 1, week: 7, month: 30, quarter: 91 };

/** Whole length of the window, and when it began in the story, ms. */
export type Period = { wholeMs: number; startMs: number };

/** The period that is running, as Nines tells it: until it begins, the one before. A rolling window needs nobody to. */
export const periodSeries = ({ slo, rhythm }: Teller, { wholeMs, startMs }: Period, steps: number): Story['series'] => {
  if (slo.window.kind === 'rolling') return [];
  const before = startMs / rhythm.stepMs;
  const line = (name: string, ms: number) => {
    const earlier = { steps: before, total: 1, bad: (ms - wholeMs) / SECOND };
    const now = { steps: steps - before, total: 1, bad: ms / SECOND };
    return { series: seriesOf(name, sloLabels(slo)), values: gauge([earlier, now], ({ bad }) => bad) };
  };
  return [line(METRICS.windowStart, startMs), line(METRICS.windowEnd, startMs + wholeMs)];
};

/**
 * The budget, exactly spent: what a whole window may have bad, in the hours that the story has of it. Before
 * that, thrice as much was bad, and does not count any more.
 */
export const spent = (teller: Teller): Story => {
  const { slo, rhythm } = teller;
  const isRolling = slo.window.kind === 'rolling';
  const wholeMs = (slo.window.kind === 'rolling' ? slo.window.days : DAYS[slo.window.unit]) * DAY;
  const filledMs = !isRolling ? 12 * HOUR : wholeMs > DAY ? 6 * HOUR : DAY;
  // Of a long rolling window, what was before it is further away than promtool can look.
  const beforeMs = isRolling && wholeMs > DAY ? 0 : 6 * HOUR;
  const budget = (MILLION - slo.objective) / MILLION;
  const ratio = Math.min(0.9, (budget * wholeMs) / filledMs);
  const steps = (ms: number): number => (ms === 0 ? 0 : stepsFor(ms, rhythm.stepMs));
  const beats = [beat(steps(beforeMs), Math.min(1, 3 * ratio)), beat(steps(filledMs), ratio)];
  const atMs = stepsOf(beats) * rhythm.stepMs;
  const coverage = isRolling ? filledMs / wholeMs : 1;
  const remaining = Number((1 - (ratio / budget) * (filledMs / wholeMs)).toFixed(6));
  const left = seriesOf(RECORDED.budgetRemaining, { ...sloLabels(slo), ...groupLabels(slo, BURNING) });
  const because = `${sharePhrase(ratio)} bad in ${sharePhrase(filledMs / wholeMs)} of the window`;
  const checks: Check[] = [
    { atMs, ...near(slo, RECORDED.windowRatio, ratio, 0.05), because },
    { atMs, ...near(slo, RECORDED.coverage, coverage, 0.05), because: 'totals were recorded all the time' },
    {
      atMs,
      expr: `count(abs(${left} - ${remaining}) < 0.05)`.replace('- -', '+ '),
      value: 1,
      because: `${sharePhrase(remaining)} of the budget is left`,
    },
    {
      atMs,
      expr: `count(${recorded(slo, RECORDED.objective)} == ${slo.objective / MILLION})`,
      value: 1,
      because: 'as defined',
    },
    { atMs, expr: `count(${recorded(slo, RECORDED.window)} == ${wholeMs / SECOND})`, value: 1, because: 'as defined' },
  ];
  const period = periodSeries(teller, { wholeMs, startMs: beforeMs }, stepsOf(beats));
  return {
    promise: 'spends its budget exactly',
    subject: slo.id,
    series: [...fed(teller, beats), ...period],
    checks,
  };
};

/** Nines, which tells when a calendar period began, falls silent: for an hour the rules still know. */
export const period = (teller: Teller): Story[] => {
  const { slo, rhythm } = teller;
  if (slo.window.kind === 'rolling') return [];
  const steps = (ms: number): number => stepsFor(ms, rhythm.stepMs);
  const spans = [HOUR, 90 * MINUTE].map(steps);
  const beats: Beat[] = spans.map((count) => beat(count, 0.01));
  const told = periodSeries(teller, { wholeMs: DAYS[slo.window.unit] * DAY, startMs: 0 }, spans[0] ?? 0);
  const named = [RECORDED.errors('15m'), RECORDED.total('15m')].map((name) => `${name}_by_period`);
  return [
    {
      promise: 'knows its period for an hour after Nines was last seen',
      subject: slo.id,
      series: [...fed(teller, beats), ...told],
      checks: [...named, RECORDED.windowRatio, RECORDED.coverage, RECORDED.budgetRemaining, RECORDED.window].flatMap(
        (name) => {
          const group = name === RECORDED.window ? {} : groupLabels(slo, BURNING);
          const series = seriesOf(name, { ...sloLabels(slo), ...group });
          return [
            { atMs: 2 * HOUR - 5 * MINUTE, expr: `count(${series})`, value: 1, because: 'the hour is not over' },
            { atMs: 2 * HOUR + 10 * MINUTE, expr: series, value: null, because: 'it is' },
          ];
        },
      ),
    },
  ];
};
