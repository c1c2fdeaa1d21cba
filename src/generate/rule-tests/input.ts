import { ALERT_NAMES } from '../../alert/labels.ts';
import { DAY, HOUR, MINUTE } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import { RECORDED, sloLabels } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import { stepsFor } from './arithmetic.ts';
import { fed } from './burning.ts';
import { alertsOf, fires, near, quiet, recorded, seriesOf } from './story.ts';
import type { Check, Story, Teller, Tested } from './story.ts';
import { beat, silence, stepsOf } from './timeline.ts';
import type { Beat } from './timeline.ts';

const story = (teller: Teller, promise: string, beats: readonly Beat[], checks: readonly Check[]): Story => ({
  promise,
  subject: teller.slo.id,
  series: fed(teller, beats),
  checks,
});

const idle = (steps: number): Beat => ({ steps, total: 0, bad: 0 });

/** Until samples are there and rules have seen them. */
const END = 2 * MINUTE;

/** Counters that stand still say nothing once no data came for a look-back and the time between two arrivals. */
const remembered = (
  slo: Tested,
  fromMs: number,
  gapMs: number,
  base: RawLookBack,
  baseMs: number,
  everyMs: number,
): Check[] => {
  const total = recorded(slo, RECORDED.total(base));
  const gone = Math.ceil((baseMs + gapMs) / everyMs) * everyMs;
  return [
    {
      atMs: fromMs + gone - everyMs,
      expr: `count(${total})`,
      value: 1,
      because: 'data of then are still in the look-back',
    },
    { atMs: fromMs + gone, expr: total, value: null, because: 'none are' },
  ];
};

/** Data stop: the absence is told, and nothing else; and that ends when they come again. */
const noData = (teller: Teller, gapMs: number): Story => {
  const { slo, rhythm } = teller;
  const { afterMs, severity } = slo.noData;
  const steps = (ms: number): number => stepsFor(ms, rhythm.stepMs);
  const before = steps(10 * MINUTE);
  // Where Prometheus has the metrics itself, the last 5 min of them are data.
  const known = slo.indicator.kind === 'promql' ? 5 * MINUTE : MINUTE;
  const isNines = slo.indicator.kind !== 'promql';
  const told = known + slo.settleLagMs + afterMs + 2 * END;
  const silent = steps(isNines ? Math.max(told, HOUR + gapMs + END) : told);
  const beats = [beat(before, 0), silence(silent), beat(steps(10 * MINUTE), 0)];
  const start = before * rhythm.stepMs;
  const end = stepsOf(beats.slice(0, 2)) * rhythm.stepMs;
  const none = (atMs: number, because: string): Check => ({ atMs, ...quiet(slo, ALERT_NAMES.noData), because });
  return story(teller, 'tells that data stay away, and nothing else', beats, [
    none(start, 'data arrive'),
    none(start + afterMs, `they have not been away for ${durationPhrase(afterMs)} for sure`),
    { atMs: end, ...fires(slo, ALERT_NAMES.noData, { severity }), because: 'they have' },
    { atMs: end, ...quiet(slo, ALERT_NAMES.burnRate), because: 'no budget burns without data' },
    { atMs: end, ...quiet(slo, ALERT_NAMES.noTraffic), because: 'no data is not no traffic' },
    { atMs: end, expr: recorded(slo, RECORDED.total('5m')), value: null, because: 'absent says no data, 0 no traffic' },
    none(end + 10 * MINUTE, 'data arrive again'),
    ...(isNines
      ? [
          {
            atMs: start + gapMs,
            expr: alertsOf(slo, ALERT_NAMES.noData),
            value: null,
            because: 'data may take so long',
          },
          {
            atMs: start + 2 * gapMs,
            expr: `count(${alertsOf(slo, ALERT_NAMES.noData, { alertstate: 'pending' })})`,
            value: 1,
            because: 'data never take so long',
          },
          ...remembered(slo, start, gapMs, '5m', 5 * MINUTE, rhythm.stepMs),
          ...remembered(slo, start, gapMs, '1h', HOUR, rhythm.stepMs),
        ]
      : []),
  ]);
};

/** Nothing was ever there: also that is told, unless the SLO is not set up here. */
const neverData = (teller: Teller, isSetUp: boolean): Story => {
  const { slo } = teller;
  const { afterMs, severity } = slo.noData;
  const atMs = afterMs + 2 * END;
  const series = isSetUp
    ? []
    : [
        {
          series: seriesOf(METRICS.sloConfigured, sloLabels(slo)),
          values: `0x${stepsFor(atMs, teller.rhythm.stepMs)}`,
        },
      ];
  const check = isSetUp
    ? { ...fires(slo, ALERT_NAMES.noData, { severity }), because: 'there never were any' }
    : { ...quiet(slo, ALERT_NAMES.noData), because: 'an SLO that is not set up misses nothing' };
  return {
    promise: isSetUp ? 'tells that data never came' : 'misses no data where the SLO is not set up',
    subject: slo.id,
    series,
    checks: [{ atMs, ...check }],
  };
};

const noTraffic = (teller: Teller, gapMs: number): Story => {
  const { slo, rhythm } = teller;
  const { afterMs } = slo.noData;
  const steps = (ms: number): number => stepsFor(ms, rhythm.stepMs);
  // Zeros between two arrivals mean nothing.
  const seen = 2 * gapMs > 5 * MINUTE ? 2 * gapMs + 5 * MINUTE : 5 * MINUTE;
  const beats = [beat(steps(10 * MINUTE), 0), idle(steps(seen + afterMs + 2 * END)), beat(steps(10 * MINUTE), 0)];
  const start = 10 * MINUTE;
  const end = stepsOf(beats.slice(0, 2)) * rhythm.stepMs;
  const none = (atMs: number, because: string): Check => ({ atMs, ...quiet(slo, ALERT_NAMES.noTraffic), because });
  return story(teller, 'tells that there is no traffic, and nothing else', beats, [
    none(start + afterMs, `not yet for ${durationPhrase(afterMs)} for sure`),
    slo.indicator.kind === 'incident-clock'
      ? none(end, 'an incident clock that counts nothing is well')
      : { atMs: end, ...fires(slo, ALERT_NAMES.noTraffic, { severity: 'info' }), because: 'nothing was counted' },
    { atMs: end, ...quiet(slo, ALERT_NAMES.noData), because: 'the source answers' },
    { atMs: end, ...quiet(slo, ALERT_NAMES.burnRate), because: 'no budget burns without traffic' },
    { atMs: end, expr: recorded(slo, RECORDED.ratio(5 * MINUTE)), value: null, because: '0 of 0 is no error ratio' },
    none(end + 10 * MINUTE, 'there is traffic again'),
  ]);
};

/** Counters begin anew after many bad events long ago. */
const reset = (teller: Teller): Story => {
  const { rhythm, slo } = teller;
  const steps = (ms: number): number => stepsFor(ms, rhythm.stepMs);
  const beats: Beat[] = [beat(steps(30 * MINUTE), 0), { ...beat(steps(20 * MINUTE), 0), resets: true }];
  return story(teller, 'takes counters that begin anew for no errors', beats, [
    { atMs: 31 * MINUTE, ...quiet(slo, ALERT_NAMES.burnRate), because: 'right after it' },
    { atMs: 50 * MINUTE, ...quiet(slo, ALERT_NAMES.burnRate), because: 'a while after it' },
    { atMs: 50 * MINUTE, ...near(slo, RECORDED.ratio(5 * MINUTE), 0, 0), because: 'nothing was bad' },
  ]);
};

/** Series of errors are born with the first error (those of good events with the first good one). */
const unborn = (teller: Teller, lookBacks: readonly number[]): Story[] => {
  const { rhythm, slo, feed } = teller;
  const { unborn: ratio } = feed;
  if (ratio === undefined) return [];
  const beats = [beat(stepsFor(20 * MINUTE, rhythm.stepMs), 0.5)];
  const alive = fed(
    teller,
    beats.map((one) => ({ ...one, bad: ratio === 0 ? 0 : one.total })),
  );
  // Of each pair of series, the second one is missing.
  const series = alive.filter((_one, index) => index % 2 === 0);
  const checks = lookBacks.map((ms) => ({
    atMs: 20 * MINUTE,
    ...near(slo, RECORDED.ratio(ms), ratio, 0.001),
    because: `${ratio === 0 ? 'no errors' : 'nothing good'} so far`,
  }));
  return [{ promise: 'counts a series that is not born yet as 0', subject: slo.id, series, checks }];
};

/** What must hold whatever an SLO's tiers are: silence, no traffic, counters that begin anew. */
export const input = (teller: Teller): Story[] => {
  const { slo, feed } = teller;
  const { gapMs } = slo;
  const isNines = slo.indicator.kind !== 'promql';
  const hasInput = slo.indicator.kind !== 'incident-clock';
  return [
    ...(hasInput ? [noData(teller, gapMs), neverData(teller, true)] : []),
    ...(hasInput && isNines ? [neverData(teller, false)] : []),
    // Samples are what is counted: none are no data.
    ...(feed.counts === 'samples' ? [] : [noTraffic(teller, gapMs)]),
    ...(feed.counts === 'events' ? [reset(teller)] : []),
    ...unborn(teller, [5 * MINUTE, HOUR]),
  ];
};

/** The same of the rates of 15 min, in the tests of the slow groups. */
export const slowInput = (teller: Teller): Story[] => {
  const { slo, rhythm } = teller;
  const { gapMs } = slo;
  if (slo.indicator.kind === 'promql') return unborn(teller, [DAY]);
  if (slo.indicator.kind === 'incident-clock') return [];
  const beats = [beat(stepsFor(HOUR, rhythm.stepMs), 0), silence(stepsFor(HOUR + 2 * gapMs, rhythm.stepMs))];
  return [
    story(
      teller,
      'knows of traffic while data are known',
      beats,
      remembered(slo, HOUR, gapMs, '15m', 15 * MINUTE, rhythm.everyMs),
    ),
  ];
};
