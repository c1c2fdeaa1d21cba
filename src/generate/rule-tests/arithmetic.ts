import { MINUTE, SECOND } from '../../duration.ts';
import type { Tier } from '../../slo/burn-policy.ts';
import { MILLION } from '../../slo/objective.ts';
import type { Feed } from './feed.ts';
import type { Tested } from './story.ts';
import type { Beat } from './timeline.ts';

// What the definition says must come out: counted from the timeline, and from nothing that the rules are printed by.

export type Sum = { total: number; bad: number };

/** What happened in (from, to], in steps. A feed that has one event for each sample or second knows no busier times. */
export const happened = (beats: readonly Beat[], feed: Feed, stepMs: number, from: number, to: number): Sum => {
  const sum = { total: 0, bad: 0 };
  let start = 0;
  for (const { steps, total, bad, silent } of beats) {
    const inside = Math.max(0, Math.min(to, start + steps) - Math.max(from, start));
    start += steps;
    if (silent || total === 0) continue;
    const each = feed.counts === 'events' ? total : feed.counts === 'samples' ? 1 : stepMs / SECOND;
    sum.total += inside * each;
    sum.bad += (inside * each * bad) / total;
  }
  return sum;
};

/** Error ratio over the look-back that ends after `at` steps; nothing without traffic. */
export const ratioOver = (
  beats: readonly Beat[],
  feed: Feed,
  stepMs: number,
  lookBackMs: number,
  at: number,
): number => {
  const { total, bad } = happened(beats, feed, stepMs, Math.max(0, at - lookBackMs / stepMs), at);
  return total > 0 ? bad / total : 0;
};

/** Rates over `baseMs`, recorded every `everyMs`, of which each stands for `eachMs` in what sums them up. */
export type Base = { baseMs: number; everyMs: number; eachMs: number };

/** What such a sum says of a look-back: what is younger than the base, and what has just left the look-back, counts in part. */
export const derivedOver = (
  beats: readonly Beat[],
  feed: Feed,
  stepMs: number,
  { baseMs, everyMs, eachMs }: Base,
  lookBackMs: number,
  at: number,
): Sum => {
  const sum = { total: 0, bad: 0 };
  for (let end = at; end > at - lookBackMs / stepMs; end -= everyMs / stepMs) {
    const one = happened(beats, feed, stepMs, end - baseMs / stepMs, end);
    sum.total += (one.total * eachMs) / baseMs;
    sum.bad += (one.bad * eachMs) / baseMs;
  }
  return sum;
};

/** factor × (1 − objective): the error ratio above which a tier fires. */
export const limitOf = (tier: Tier, { objective }: Pick<Tested, 'objective'>): number =>
  (tier.factor * (MILLION - objective)) / MILLION;

/** Nearer to a limit than this share of it, nobody says what must come out. */
const DOUBT = 0.04;

/** Whether a tier must fire after `at` steps; undefined where it is too close to say. */
export const mustFire = (
  slo: Tested,
  tier: Tier,
  feed: Feed,
  beats: readonly Beat[],
  stepMs: number,
  at: number,
): boolean | undefined => {
  const limit = limitOf(tier, slo);
  const long = ratioOver(beats, feed, stepMs, tier.longMs, at) / limit;
  const short = ratioOver(beats, feed, stepMs, tier.shortMs, at) / limit;
  const { bad } = happened(beats, feed, stepMs, Math.max(0, at - tier.longMs / stepMs), at);
  // Half an event is what rates may be off by, and they do not see the first sample of all.
  const few = bad <= Math.min(slo.minBad - 1, 0.96 * slo.minBad) + 1e-6;
  if (long < 1 - DOUBT || short < 1 - DOUBT || few) return false;
  const isWhole = feed.counts === 'events' && bad < 1_000;
  const enough = bad >= slo.minBad * (isWhole ? 1 - 1e-9 : 1.05);
  return long > 1 + DOUBT && short > 1 + DOUBT && enough ? true : undefined;
};

/** Steps of a length of time, at least one, in whole multiples of `unitMs`. */
export const stepsFor = (ms: number, stepMs: number, unitMs: number = stepMs): number =>
  Math.max(1, Math.ceil(ms / unitMs - 1e-9)) * (unitMs / stepMs);

/** How long it takes until a look-back that is made of shorter rates shows all that happened, ms. */
export const lagOf = (tier: Tier, isFast: boolean): number =>
  (!isFast ? 20 : tier.shortMs > 5 * MINUTE ? 6 : 1) * MINUTE;
