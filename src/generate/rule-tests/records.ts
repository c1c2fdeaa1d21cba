import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { durationPhrase, sharePhrase } from '../../slo/phrase.ts';
import { RECORDED } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import { derivedOver, happened, ratioOver, stepsFor } from './arithmetic.ts';
import { fed } from './burning.ts';
import { near, recorded } from './story.ts';
import type { Check, Story, Teller, Tested } from './story.ts';
import { beat, stepsOf } from './timeline.ts';
import type { Beat } from './timeline.ts';

const RAW: Readonly<Record<RawLookBack, number>> = { '5m': 5 * MINUTE, '15m': 15 * MINUTE, '1h': HOUR };

/** Of the look-backs that a definition may judge, those that an SLO of such a window shows or judges. */
const shown = ({ window, tiers }: Tested, all: readonly number[]): number[] => {
  const isLong = window.kind === 'rolling' ? window.days >= 7 : window.unit !== 'day';
  return all.filter(
    (ms) =>
      isLong ||
      (ms !== 2 * HOUR && ms !== 3 * DAY) ||
      tiers.some(({ longMs, shortMs }) => ms === longMs || ms === shortMs),
  );
};

/** Bad and all events per second over a raw look-back. Samples at both ends of a range may count. */
const rates = ({ slo, feed, rhythm }: Teller, beats: readonly Beat[], base: RawLookBack): Check[] => {
  const at = stepsOf(beats);
  const steps = RAW[base] / rhythm.stepMs;
  const { total, bad } = happened(beats, feed, rhythm.stepMs, at - steps, at);
  const seconds = RAW[base] / SECOND;
  const share = feed.counts === 'samples' ? 1.5 / steps + 0.01 : 0.01;
  const because = `${Math.round(bad)} bad of ${Math.round(total)} in ${durationPhrase(RAW[base])}, per second`;
  return [
    { atMs: at * rhythm.stepMs, ...near(slo, RECORDED.errors(base), bad / seconds, share), because },
    { atMs: at * rhythm.stepMs, ...near(slo, RECORDED.total(base), total / seconds, share), because },
  ];
};

const story = (teller: Teller, beats: readonly Beat[], checks: readonly Check[]): Story => ({
  promise: 'records what its look-backs saw, and nothing older',
  subject: teller.slo.id,
  names: teller.feed.names,
  series: fed(teller, beats),
  checks,
});

const ratioCheck = (teller: Teller, beats: readonly Beat[], ms: number, ratio: number, isRaw: boolean): Check => ({
  atMs: stepsOf(beats) * teller.rhythm.stepMs,
  // A sample at each end of a sum is more than its share of what is long.
  ...near(
    teller.slo,
    RECORDED.ratio(ms),
    ratio,
    isRaw && teller.feed.counts !== 'samples' ? 0.001 : isRaw ? 0.12 : 0.03,
  ),
  because: `${sharePhrase(ratio)} bad in ${durationPhrase(ms)}`,
});

const FAST_LOOK_BACKS = [5, 30, 60, 120, 360].map((minutes) => minutes * MINUTE);
const SLOW_LOOK_BACKS = [DAY, 3 * DAY];

/** Counters that never grew: 0 of 0 is no ratio, and NaN would spoil every sum that it falls into. */
export const noRatio = (teller: Teller, isFast: boolean): Story[] => {
  const { slo, feed, rhythm } = teller;
  if (feed.counts !== 'events') return [];
  const beats: Beat[] = [{ steps: stepsFor(30 * MINUTE, rhythm.stepMs), total: 0, bad: 0 }];
  const series = shown(slo, isFast ? FAST_LOOK_BACKS : SLOW_LOOK_BACKS).map((ms) => RECORDED.ratio(ms));
  const checks = [...series, ...(isFast ? [] : [RECORDED.windowRatio])].map((name) => ({
    atMs: 30 * MINUTE,
    expr: recorded(slo, name),
    value: null,
    because: 'there was no traffic',
  }));
  return [{ ...story(teller, beats, checks), promise: 'has no error ratio without traffic' }];
};

/** Every look-back saw another share of errors, in traffic that comes and goes; before them all was an outage. */
export const fastRecords = (teller: Teller): Story => {
  const { feed, rhythm, slo } = teller;
  const steps = (minutes: number): number => stepsFor(minutes * MINUTE, rhythm.stepMs);
  const beats = [
    beat(steps(10), 1),
    beat(steps(244), 0.08),
    beat(steps(60), 0.02, 3),
    beat(steps(30), 0.1),
    beat(steps(25), 0.03, 2),
    beat(steps(3), 0.2),
    beat(steps(2), 0.4, 2),
  ];
  const at = stepsOf(beats);
  const checks = shown(
    slo,
    [5, 30, 60, 120, 360].map((minutes) => minutes * MINUTE),
  ).map((ms) => {
    const isRaw = ms === 5 * MINUTE || ms === HOUR;
    const base = { baseMs: 5 * MINUTE, everyMs: rhythm.everyMs };
    const ratio = isRaw
      ? ratioOver(beats, feed, rhythm.stepMs, ms, at)
      : derivedOver(beats, feed, rhythm.stepMs, base, ms, at);
    return ratioCheck(teller, beats, ms, ratio, isRaw);
  });
  return story(teller, beats, [...rates(teller, beats, '5m'), ...rates(teller, beats, '1h'), ...checks]);
};

/** The same of days. */
export const slowRecords = (teller: Teller): Story => {
  const { feed, rhythm, slo } = teller;
  const steps = (minutes: number): number => stepsFor(minutes * MINUTE, rhythm.stepMs);
  const beats = [
    beat(steps(60), 1),
    beat(steps(48 * 60 + 25), 0.08),
    beat(steps(20 * 60), 0.02, 3),
    beat(steps(225), 0.1),
    beat(steps(10), 0.3),
    beat(steps(5), 0.5, 2),
  ];
  const at = stepsOf(beats);
  const base = { baseMs: 15 * MINUTE, everyMs: rhythm.everyMs };
  const checks = shown(slo, SLOW_LOOK_BACKS).map((ms) =>
    ratioCheck(teller, beats, ms, derivedOver(beats, feed, rhythm.stepMs, base, ms, at), false),
  );
  return story(teller, beats, [...rates(teller, beats, '15m'), ...checks]);
};
