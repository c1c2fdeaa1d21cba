import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { ratioText } from '../../promql/print.ts';
import type { CalendarUnit } from '../../slo/window.ts';
import type { RecordingRule } from '../rule.ts';
import { RECORDED, SLOW_INTERVAL } from '../series.ts';
import { recorderOf } from './recording.ts';
import type { Subject } from './subject.ts';
import { rangeOf } from './text.ts';

// The longest that a period can be, with the hour that clocks may be set back in it.
const LONGEST: Readonly<Record<CalendarUnit, number>> = { day: DAY, week: 7 * DAY, month: 31 * DAY, quarter: 92 * DAY };

/**
 * Steps in which a period is read, ms; midnights of all time zones lie on quarters of an hour. A month in steps of 5 min
 * could not be tested: what `promtool test rules` evaluates ends at 10,000 samples.
 */
const STEPS: Readonly<Record<CalendarUnit, number>> = {
  day: SLOW_INTERVAL,
  week: SLOW_INTERVAL,
  month: 15 * MINUTE,
  quarter: 30 * MINUTE,
};

/** Words of one recorded series within the SLO's window: `count_over_time(…[30d])`. */
const overWindow = ({ slo, selector }: Subject, call: string, series: string): string => {
  const { window } = slo;
  if (window.kind === 'rolling') return `${call}(${series}${selector}[${rangeOf(window.days * DAY)}])`;
  // `@ end()` is the instant of evaluation also within the subquery, whose steps before the period are left out.
  const inPeriod = `max(${METRICS.windowStart}${selector} @ end()) < time()`;
  const range = rangeOf(LONGEST[window.unit] + HOUR);
  const step = STEPS[window.unit];
  const inSteps = (each: string): string => `((${each} and on () (${inPeriod}))[${range}:${rangeOf(step)}])`;
  if (step === SLOW_INTERVAL) return `${call}${inSteps(`${series}${selector}`)}`;
  // Before Prometheus 3 both ends of a range count: a millisecond less, and no sample stands in two steps.
  return `sum_over_time${inSteps(`${call}(${series}${selector}[${rangeOf(step - 1)}])`)}`;
};

/** Seconds of the window, and those of them that have passed. */
const lengthOf = ({ slo, selector }: Subject): { whole: string; passed: string } => {
  if (slo.window.kind === 'rolling') {
    const seconds = String((slo.window.days * DAY) / SECOND);
    return { whole: seconds, passed: seconds };
  }
  const start = `max(${METRICS.windowStart}${selector})`;
  return { whole: `(max(${METRICS.windowEnd}${selector}) - ${start})`, passed: `(time() - ${start})` };
};

/**
 * The SLO's own window, from the 15 m rates. The budget is that of src/slo/budget.ts: it belongs to the whole window, and
 * the traffic so far is taken to go on:
 *   remaining = 1 − (error ratio ÷ (1 − objective)) × (observed ÷ window)
 * `observed` is the time for which totals were recorded: samples × 5 min. That is the time since the first of them unless
 * samples are missing, and those are not filled.
 */
export const windowRecords = (subject: Subject): RecordingRule[] => {
  const { slo, selector, budget } = subject;
  const record = recorderOf(subject);
  const isCalendar = slo.window.kind === 'calendar';
  const sum = (series: string): string => overWindow(subject, 'sum_over_time', series);
  const { whole, passed } = lengthOf(subject);
  const join = isCalendar ? ' on () group_left ()' : '';
  const observed = `${overWindow(subject, 'count_over_time', RECORDED.total('15m'))} * ${SLOW_INTERVAL / SECOND}`;
  const shareObserved = isCalendar ? ` *${join} (${passed} / ${whole})` : '';
  return [
    record(RECORDED.objective, `vector(${ratioText(slo.objective)})`),
    record(RECORDED.window, isCalendar ? whole.slice(1, -1) : `vector(${whole})`),
    record(RECORDED.windowRatio, `${sum(RECORDED.errors('15m'))} / (${sum(RECORDED.total('15m'))} > 0)`),
    record(RECORDED.coverage, `clamp_max(${observed} /${join} ${passed}, 1)`),
    record(
      RECORDED.budgetRemaining,
      `1 - ${RECORDED.windowRatio}${selector} / ${budget} * ${RECORDED.coverage}${selector}${shareObserved}`,
    ),
  ];
};
