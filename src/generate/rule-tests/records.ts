import { DAY, HOUR, MINUTE, SECOND } from '../../duration.ts';
import { MILLION } from '../../slo/objective.ts';
import { durationPhrase, sharePhrase } from '../../slo/phrase.ts';
import { RECORDED } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import { derivedOver, happened, ratioOver, stepsFor } from './arithmetic.ts';
import type { Base } from './arithmetic.ts';
import { DAYS, periodSeries } from './budget.ts';
import { fed } from './burning.ts';
import { FAST, near, recorded, SLOW } from './story.ts';
import type { Check, Story, Teller, Tested } from './story.ts';
import { beat, stepsOf } from './timeline.ts';
import type { Beat } from './timeline.ts';

/** Look-backs that are checked in each file of tests. */
export const FAST_RECORDS: readonly number[] = [5 * MINUTE, 30 * MINUTE, HOUR];
export const SLOW_RECORDS: readonly number[] = [2 * HOUR, 6 * HOUR];

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

/** Counters that never grew: 0 of 0 is no ratio, and NaN would spoil every sum that it falls into. */
export const noRatio = (teller: Teller, lookBacks: readonly number[]): Story[] => {
  const { slo, feed, rhythm } = teller;
  if (feed.counts === 'samples') return [];
  const beats: Beat[] = [{ steps: stepsFor(30 * MINUTE, rhythm.stepMs), total: 0, bad: 0 }];
  const ratios = shown(slo, lookBacks).map((ms) => RECORDED.ratio(ms));
  const checks: Check[] = [...ratios, ...(rhythm === FAST ? [] : [RECORDED.windowRatio])].map((name) => ({
    atMs: 30 * MINUTE,
    expr: recorded(slo, name),
    value: null,
    because: 'there was no traffic',
  }));
  const bases: readonly RawLookBack[] = rhythm === FAST ? ['5m', '1h'] : ['15m'];
  for (const base of bases)
    checks.push({ atMs: 30 * MINUTE, ...near(slo, RECORDED.errors(base), 0, 0), because: 'nothing was bad' });
  const wholeMs = slo.window.kind === 'rolling' ? 0 : DAYS[slo.window.unit] * DAY;
  const told = periodSeries(teller, { wholeMs, startMs: 0 }, stepsOf(beats));
  const series = rhythm === FAST ? fed(teller, beats) : [...fed(teller, beats), ...told];
  return [{ promise: 'has no error ratio without traffic', subject: slo.id, series, checks }];
};

/**
 * What is recorded of a look-back: its error ratio, and the bad events in it where a tier asks for them. Before Prometheus 3 a
 * range has a sample at both ends, so that nothing changes where a look-back begins.
 */
const lookBackChecks = (teller: Teller, beats: readonly Beat[], ms: number, base: Base): Check[] => {
  const { feed, rhythm, slo } = teller;
  const at = stepsOf(beats);
  if (ms === 5 * MINUTE || ms === HOUR)
    return [ratioCheck(teller, beats, ms, ratioOver(beats, feed, rhythm.stepMs, ms, at), true)];
  const { bad, total } = derivedOver(beats, feed, rhythm.stepMs, base, ms, at);
  const ratio = ratioCheck(teller, beats, ms, bad / total, false);
  if (!slo.tiers.some(({ longMs }) => longMs === ms)) return [ratio];
  const because = `${Math.round(bad)} bad events in ${durationPhrase(ms)}`;
  return [ratio, { atMs: at * rhythm.stepMs, ...near(slo, RECORDED.bad(ms), bad, 0.25), because }];
};

/**
 * Beats whose ratios stand in this proportion, so small that no tier fires: promtool spends most of its time on the texts of
 * alerts.
 */
const small = ({ slo }: Teller, budgets: number) => {
  const scale = Math.min(1, (budgets * (MILLION - slo.objective)) / MILLION);
  return (ratio: number): number => ratio * scale;
};

/** 5 min, 30 min and an hour each saw another share of errors, in traffic that comes and goes; before them was an outage. */
export const fastRecords = (teller: Teller): Story => {
  const { rhythm, slo } = teller;
  const steps = (minutes: number): number => stepsFor(minutes * MINUTE, rhythm.stepMs);
  const of = small(teller, 20);
  const beats = [
    beat(steps(10), of(1)),
    beat(steps(35), of(0.1)),
    beat(steps(25), of(0.03), 2),
    beat(steps(3), of(0.2)),
    beat(steps(2), of(0.4), 2),
  ];
  const base = { baseMs: 5 * MINUTE, everyMs: rhythm.everyMs, eachMs: rhythm.everyMs };
  const checks = shown(slo, FAST_RECORDS).flatMap((ms) => lookBackChecks(teller, beats, ms, base));
  return story(teller, beats, [...rates(teller, beats, '5m'), ...rates(teller, beats, '1h'), ...checks]);
};

/** The same of hours, in the tests of the slow groups: those of the fast ones would take ten times as long. */
export const slowRecords = (teller: Teller): Story => {
  const { rhythm, slo } = teller;
  const steps = (minutes: number): number => stepsFor(minutes * MINUTE, rhythm.stepMs);
  const of = small(teller, 8);
  const beats = [
    beat(steps(60), of(1)),
    beat(steps(255), of(0.08)),
    beat(steps(60), of(0.02), 3),
    beat(steps(40), of(0.1)),
    beat(steps(10), of(0.3)),
    beat(steps(5), of(0.5), 2),
  ];
  // Where the group itself is evaluated every 30 s, each rate stands for so long.
  const base = { baseMs: 5 * MINUTE, everyMs: rhythm.everyMs, eachMs: MINUTE / 2 };
  const checks = shown(slo, SLOW_RECORDS).flatMap((ms) => lookBackChecks(teller, beats, ms, base));
  return story(teller, beats, [...rates(teller, beats, '15m'), ...checks]);
};

const LONGEST = 32 * DAY;

/** The same of days, and of a rolling window, every hour: no more than promtool can hold. */
export const dayRecords = (teller: Teller): Story => {
  const { rhythm, slo, feed } = teller;
  const steps = (hours: number): number => stepsFor(hours * HOUR, rhythm.stepMs);
  const windowMs = slo.window.kind === 'rolling' ? slo.window.days * DAY : 0;
  const isSeen = windowMs > 3 * DAY && windowMs <= LONGEST;
  const of = small(teller, 8);
  const rest = isSeen ? windowMs / HOUR - 70 : 12;
  const beats = [
    beat(steps(isSeen ? 34 : 24), of(1)),
    beat(steps(rest), of(0.05)),
    beat(steps(36), of(0.1)),
    beat(steps(24), of(0.08), 2),
    beat(steps(6), of(0.02)),
    beat(steps(6), of(0.04)),
  ];
  const base = { baseMs: 15 * MINUTE, everyMs: rhythm.everyMs, eachMs: SLOW.everyMs };
  const checks = shown(slo, [DAY, 3 * DAY]).flatMap((ms) => lookBackChecks(teller, beats, ms, base));
  if (!isSeen) return story(teller, beats, checks);
  const at = stepsOf(beats);
  const atMs = at * rhythm.stepMs;
  const { bad, total } = derivedOver(beats, feed, rhythm.stepMs, base, windowMs, at);
  const coverage = SLOW.everyMs / rhythm.everyMs;
  const because = {
    ratio: `${sharePhrase(bad / total)} bad in the window`,
    coverage: 'one total every hour, not 5 min',
  };
  return story(teller, beats, [
    ...checks,
    { atMs, ...near(slo, RECORDED.windowRatio, bad / total, 0.03), because: because.ratio },
    { atMs, ...near(slo, RECORDED.coverage, coverage, 0.03), because: because.coverage },
  ]);
};
