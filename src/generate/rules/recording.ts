import { DAY, HOUR, MINUTE } from '../../duration.ts';
import type { RecordingRule } from '../rule.ts';
import { FAST_LOOK_BACKS, RECORDED, SLOW_LOOK_BACKS } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import { rawQueries } from './source.ts';
import type { Subject } from './subject.ts';
import { rangeOf, ratioSeries } from './text.ts';

type Record = (name: string, expr: string) => RecordingRule;

/** Makes rules whose series carry the SLO's labels, and its grouping labels from the expression. */
export const recorderOf =
  ({ labels }: Subject): Record =>
  (record, expr) => ({ record, expr, labels });

const raw = (subject: Subject, base: RawLookBack): RecordingRule[] => {
  const record = recorderOf(subject);
  const { errors, total } = rawQueries(subject, base);
  return [record(RECORDED.total(base), total), record(RECORDED.errors(base), errors)];
};

/** No ratio without traffic: 0 ÷ 0 would be NaN, and NaN spoils every sum over time. */
const fromRaw = (subject: Subject, base: RawLookBack, ms: number): RecordingRule => {
  const { selector } = subject;
  const ratio = `${RECORDED.errors(base)}${selector} / (${RECORDED.total(base)}${selector} > 0)`;
  return recorderOf(subject)(ratioSeries(ms), ratio);
};

const derived = (subject: Subject, base: RawLookBack, ms: number): RecordingRule => {
  const sum = (series: string): string => `sum_over_time(${series}${subject.selector}[${rangeOf(ms)}])`;
  return recorderOf(subject)(ratioSeries(ms), `${sum(RECORDED.errors(base))} / (${sum(RECORDED.total(base))} > 0)`);
};

/** Look-backs that a tier judges, and of the usual ones those that a dashboard of such a window shows. */
export const lookBacksOf = ({ slo }: Subject, all: readonly number[]): readonly number[] => {
  const isLong = slo.window.kind === 'rolling' ? slo.window.days >= 7 : slo.window.unit !== 'day';
  const shown = isLong ? all : [5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY];
  return all.filter(
    (ms) => shown.includes(ms) || slo.tiers.some(({ longMs, shortMs }) => ms === longMs || ms === shortMs),
  );
};

/**
 * Fast group: 5 m and 1 h are read from the source, so that a page is sharp; longer look-backs are sums of the recorded 5 m
 * rates, which cost next to nothing and lag by half of 5 m.
 */
export const fastRecords = (subject: Subject): RecordingRule[] => [
  ...raw(subject, '5m'),
  ...raw(subject, '1h'),
  ...lookBacksOf(subject, FAST_LOOK_BACKS).map((ms) =>
    ms === 5 * MINUTE
      ? fromRaw(subject, '5m', ms)
      : ms === HOUR
        ? fromRaw(subject, '1h', ms)
        : derived(subject, '5m', ms),
  ),
];

/** Slow group: raw rates of 15 m every 5 min bridge a missed evaluation or two; days are sums of them. */
export const slowRecords = (subject: Subject): RecordingRule[] => [
  ...raw(subject, '15m'),
  ...lookBacksOf(subject, SLOW_LOOK_BACKS).map((ms) => derived(subject, '15m', ms)),
];
