import { DAY, HOUR, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { ratioText } from '../../promql/print.ts';
import { CALENDAR_UNITS, type CalendarUnit } from '../../slo/window.ts';
import type { RecordingRule } from '../rule.ts';
import { RECORDED, SLOW_INTERVAL } from '../series.ts';
import { recorderOf } from './recording.ts';
import type { Subject } from './subject.ts';
import { rangeOf } from './text.ts';

// The longest that a period can be, with the hour that clocks may be set back in it.
const LONGEST: Readonly<Record<CalendarUnit, number>> = { day: DAY, week: 7 * DAY, month: 31 * DAY, quarter: 92 * DAY };

/**
 * The 15 m rates of a calendar window carry the beginning of their period as a label. So a plain range finds those of the
 * running period, where masking the ones before it would take a subquery of 26,000 steps for a quarter.
 */
const PERIOD = 'nines_period';
const inPeriods = (series: string): string => `${series}_by_period`;

/** What Nines tells of the running period: known for an hour after it was last seen. */
const toldBy = ({ selector }: Subject, metric: string): string => `max(last_over_time(${metric}${selector}[1h]))`;

/** 1, labelled with the beginning of the running period. */
const runningPeriod = (subject: Subject): string =>
  `count_values("${PERIOD}", ${toldBy(subject, METRICS.windowStart)})`;

const periodRecords = (subject: Subject): RecordingRule[] =>
  [RECORDED.errors('15m'), RECORDED.total('15m')].map((series) =>
    recorderOf(subject)(
      inPeriods(series),
      `${series}${subject.selector} * on () group_left (${PERIOD}) ${runningPeriod(subject)}`,
    ),
  );

const calendarRange = (unit: CalendarUnit): string => rangeOf(LONGEST[unit] + HOUR);

/** The calendar unit that an expression of the window was written for; undefined for a rolling one, and any other text. */
export const calendarUnitIn = (expr: string): CalendarUnit | undefined =>
  CALENDAR_UNITS.find((unit) => expr.includes(PERIOD) && expr.includes(`[${calendarRange(unit)}])`));

/** What an expression over the window's samples says of the running one. `over` writes `call(series[30d])`. */
const ofWindow = (subject: Subject, write: (over: (call: string, series: string) => string) => string): string => {
  const { selector, slo } = subject;
  const { window } = slo;
  if (window.kind === 'rolling')
    return write((call, series) => `${call}(${series}${selector}[${rangeOf(window.days * DAY)}])`);
  const range = calendarRange(window.unit);
  const all = write((call, series) => `${call}(${inPeriods(series)}${selector}[${range}])`);
  return `sum without (${PERIOD}) (${all} and on (${PERIOD}) ${runningPeriod(subject)})`;
};

/** Seconds of the window, and those of them that have passed. */
const lengthOf = (subject: Subject): { whole: string; passed: string } => {
  const { slo } = subject;
  if (slo.window.kind === 'rolling') {
    const seconds = String((slo.window.days * DAY) / SECOND);
    return { whole: seconds, passed: seconds };
  }
  const start = toldBy(subject, METRICS.windowStart);
  return { whole: `(${toldBy(subject, METRICS.windowEnd)} - ${start})`, passed: `(time() - ${start})` };
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
  const { whole, passed } = lengthOf(subject);
  const join = isCalendar ? ' on () group_left ()' : '';
  const ratio = ofWindow(
    subject,
    (over) =>
      `${over('sum_over_time', RECORDED.errors('15m'))} / (${over('sum_over_time', RECORDED.total('15m'))} > 0)`,
  );
  const observed = ofWindow(subject, (over) => over('count_over_time', RECORDED.total('15m')));
  const shareObserved = isCalendar ? ` *${join} (${passed} / ${whole})` : '';
  return [
    record(RECORDED.objective, `vector(${ratioText(slo.objective)})`),
    record(RECORDED.window, isCalendar ? whole.slice(1, -1) : `vector(${whole})`),
    ...(isCalendar ? periodRecords(subject) : []),
    record(RECORDED.windowRatio, ratio),
    record(RECORDED.coverage, `clamp_max(${observed} * ${SLOW_INTERVAL / SECOND} /${join} ${passed}, 1)`),
    record(
      RECORDED.budgetRemaining,
      `1 - ${RECORDED.windowRatio}${selector} / ${budget} * ${RECORDED.coverage}${selector}${shareObserved}`,
    ),
  ];
};
