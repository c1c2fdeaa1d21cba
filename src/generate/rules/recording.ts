import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import type { RecordingRule } from '../rule.ts';
import { FAST_INTERVAL, FAST_LOOK_BACKS, RECORDED, SLOW_INTERVAL, SLOW_LOOK_BACKS } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import { isFast } from './pace.ts';
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

type Base = { base: RawLookBack; everyMs: number };
const FAST: Base = { base: '5m', everyMs: FAST_INTERVAL };
const SLOW: Base = { base: '15m', everyMs: SLOW_INTERVAL };

/**
 * Sums of recorded rates, each of which stands for the time until the next. Bad events in what a tier judges are recorded by
 * themselves: the tier asks for them too.
 */
const derived = (subject: Subject, { base, everyMs }: Base, ms: number): RecordingRule[] => {
  const record = recorderOf(subject);
  const { slo, selector } = subject;
  const sum = (series: string): string => `sum_over_time(${series}${selector}[${rangeOf(ms)}])`;
  const [errors, total] = [sum(RECORDED.errors(base)), sum(RECORDED.total(base))];
  if (!slo.tiers.some(({ longMs }) => longMs === ms)) return [record(ratioSeries(ms), `${errors} / (${total} > 0)`)];
  const seconds = everyMs / SECOND;
  return [
    record(RECORDED.bad(ms), `${errors} * ${seconds}`),
    record(ratioSeries(ms), `${RECORDED.bad(ms)}${selector} / (${total} * ${seconds} > 0)`),
  ];
};

/** Look-backs that a tier judges, and of the usual ones those that a dashboard of such a window shows. */
export const lookBacksOf = ({ slo }: Subject, all: readonly number[]): readonly number[] => {
  const isLong = slo.window.kind === 'rolling' ? slo.window.days >= 7 : slo.window.unit !== 'day';
  const shown = isLong ? all : [5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY];
  return all.filter(
    (ms) => shown.includes(ms) || slo.tiers.some(({ longMs, shortMs }) => ms === longMs || ms === shortMs),
  );
};

/** 2 h confirm a tier of a day: nobody asks more often than every 5 min, unless a tier of less judges them. */
const isSeldom = ({ slo }: Subject, ms: number): boolean =>
  ms === 2 * HOUR && !slo.tiers.some((tier) => isFast(tier) && (tier.longMs === ms || tier.shortMs === ms));

/**
 * Fast group: 5 m and 1 h are read from the source, so that a page is sharp; longer look-backs are sums of the recorded 5 m
 * rates, which cost next to nothing and lag by half of 5 m.
 */
export const fastRecords = (subject: Subject): RecordingRule[] => [
  ...raw(subject, '5m'),
  ...raw(subject, '1h'),
  ...lookBacksOf(subject, FAST_LOOK_BACKS).flatMap((ms) => {
    if (isSeldom(subject, ms)) return [];
    if (ms === 5 * MINUTE) return [fromRaw(subject, '5m', ms)];
    return ms === HOUR ? [fromRaw(subject, '1h', ms)] : derived(subject, FAST, ms);
  }),
];

/** Slow group: raw rates of 15 m every 5 min bridge a missed evaluation or two; days are sums of them. */
export const slowRecords = (subject: Subject): RecordingRule[] => [
  ...raw(subject, '15m'),
  ...lookBacksOf(subject, FAST_LOOK_BACKS)
    .filter((ms) => isSeldom(subject, ms))
    .flatMap((ms) => derived(subject, FAST, ms)),
  ...lookBacksOf(subject, SLOW_LOOK_BACKS).flatMap((ms) => derived(subject, SLOW, ms)),
];
