import { ALERT_NAMES } from '../../alert/labels.ts';
import { HOUR, MINUTE, SECOND } from '../../duration.ts';
import type { Tier } from '../../slo/burn-policy.ts';
import { durationPhrase, sharePhrase } from '../../slo/phrase.ts';
import { happened, lagOf, limitOf, mustFire, ratioOver, stepsFor } from './arithmetic.ts';
import { BURNING, fires, groupBy, groupLabels, quiet, tierLabels } from './story.ts';
import type { Check, Story, Teller } from './story.ts';
import { beat, stepsOf } from './timeline.ts';
import type { Beat } from './timeline.ts';

/** The timeline of an SLO; one that tells groups apart has a second group, in which nothing bad happens. */
export const fed = ({ slo, feed, rhythm }: Teller, beats: readonly Beat[]): Story['series'] => {
  // Every replica of Nines exports the same counters, which must not be added up.
  if (slo.indicator.kind !== 'promql')
    return ['a', 'b'].flatMap((instance) => feed.series(beats, rhythm.stepMs, { instance }));
  if (groupBy(slo).length === 0) return feed.series(beats, rhythm.stepMs);
  const fine = beats.map((one) => ({ ...one, bad: 0 }));
  return [
    ...feed.series(beats, rhythm.stepMs, groupLabels(slo, BURNING)),
    ...feed.series(fine, rhythm.stepMs, groupLabels(slo, 'fine')),
  ];
};

/** What a tier must do at the end of some beats, by the definition's arithmetic; nothing where it is too close to say. */
const judged = ({ slo, feed, rhythm }: Teller, tier: Tier, beats: readonly Beat[], at: number): Check[] => {
  const { stepMs } = rhythm;
  const must = mustFire(slo, tier, feed, beats, stepMs, at);
  if (must === undefined) return [];
  const share = (ms: number): string => sharePhrase(ratioOver(beats, feed, stepMs, ms, at));
  const { bad } = happened(beats, feed, stepMs, at - tier.longMs / stepMs, at);
  const because =
    `${share(tier.longMs)} bad in ${durationPhrase(tier.longMs)}, ${share(tier.shortMs)} in ` +
    `${durationPhrase(tier.shortMs)}, limit ${sharePhrase(limitOf(tier, slo))}; ` +
    `${Math.round(bad)} bad ${feed.counts}, needs ${slo.minBad}`;
  const check = must
    ? fires(slo, ALERT_NAMES.burnRate, tierLabels(tier))
    : quiet(slo, ALERT_NAMES.burnRate, { tier: tier.name });
  return [{ ...check, atMs: at * stepMs, because: `${must ? 'fires' : 'quiet'}: ${because}` }];
};

/** A story about one tier: `asked` are the places, in beats, at whose ends it is judged. */
const told = (
  teller: Teller,
  tier: Tier,
  promise: string,
  beats: readonly Beat[],
  asked: readonly number[],
): Story => ({
  promise: `${tier.name} ${promise}`,
  subject: teller.slo.id,
  series: fed(teller, beats),
  checks: asked.flatMap((count) => judged(teller, tier, beats, stepsOf(beats.slice(0, count)))),
});

/** Events of one step, where a story cannot choose how many there are. */
const EACH = { samples: () => 1, time: (stepMs: number) => stepMs / SECOND } as const;

/** Just below and just above the limit: each look-back by itself, then both. */
const threshold = (teller: Teller, tier: Tier, isFast: boolean): Story => {
  const { stepMs, everyMs } = teller.rhythm;
  const limit = limitOf(tier, teller.slo);
  const steps = (ms: number): number => stepsFor(ms, stepMs, everyMs);
  const top = Math.min(3 * limit, 1);
  const lag = lagOf(tier, isFast);
  // Where no more than one event comes in a step, it takes a while until there are enough for any alert.
  const { counts } = teller.feed;
  const enough = counts === 'events' ? 0 : (1.3 * teller.slo.minBad * stepMs) / (limit * EACH[counts](stepMs));
  const before = Math.max(1.2 * tier.shortMs, Math.min(enough, 0.6 * tier.longMs));
  const beats: Beat[] = [beat(steps(before), 0.2 * limit)];
  const asked: number[] = [];
  // Up to `top` until the long look-back, which is not full yet, stands at this multiple of the limit.
  const reach = (multiple: number): void => {
    const passed = stepsOf(beats);
    const bad = happened(beats, { ...teller.feed, counts: 'events' }, stepMs, 0, passed);
    const target = multiple * limit;
    const missing = (target - bad.bad / bad.total) * passed;
    if (top <= target) return;
    const count = steps((missing / (top - target)) * stepMs);
    beats.push(beat(count, Math.min(top, target + missing / count)));
  };
  const hold = (ms: number, multiple: number): void => {
    if (ms > 0) beats.push(beat(steps(ms), Math.min(1, multiple * limit)));
    asked.push(beats.length);
  };
  reach(0.9);
  // The short look-back is above the limit, the long one at 0.9 of it.
  hold(tier.shortMs > 5 * MINUTE ? lag : 0, 0.9);
  reach(1.1);
  hold(tier.shortMs + lag, 1.1);
  beats.push(beat(steps(tier.shortMs / 2), top));
  // Now the long one is above, and the short one at 0.9.
  hold(tier.shortMs + lag, 0.9);
  return told(teller, tier, 'keeps quiet at 0.9 of its limit and fires at 1.1', beats, asked);
};

/** A spike that only the short look-back sees, then 5 min of total outage. */
const outage = (teller: Teller, tier: Tier, isFast: boolean): Story => {
  const steps = (ms: number): number => stepsFor(ms, teller.rhythm.stepMs, teller.rhythm.everyMs);
  const lag = lagOf(tier, isFast);
  const beats = [
    beat(steps(0.75 * tier.shortMs), 0),
    beat(steps(tier.shortMs), Math.min(1, 1.5 * limitOf(tier, teller.slo))),
    beat(steps(5 * MINUTE), 1),
    beat(steps(Math.max(lag, tier.shortMs / 2)), 0),
    beat(steps(tier.shortMs / 2 + lag), 0),
  ];
  return told(teller, tier, 'answers 5 min of total outage, and clears with its short look-back', beats, [1, 2, 4, 5]);
};

/** Two bursts, of which only both together are enough bad events. */
const fewBad = (teller: Teller, tier: Tier, isFast: boolean): Story => {
  const { slo, feed, rhythm } = teller;
  const steps = (ms: number): number => stepsFor(ms, rhythm.stepMs, rhythm.everyMs);
  const isEvents = feed.counts === 'events';
  const few = isEvents ? Math.min(slo.minBad - 1, Math.floor(0.96 * slo.minBad)) : 0.8 * slo.minBad;
  const fine = (ms: number): Beat => (isEvents ? { steps: steps(ms), total: 0, bad: 0 } : beat(steps(ms), 0));
  const burst = (count: number): Beat => {
    // One good event among them, so that all events would be enough where bad ones are not.
    if (feed.counts === 'events') return { steps: 1, total: count + 1, bad: count };
    const each = EACH[feed.counts](rhythm.stepMs);
    const long = Math.max(1, Math.ceil(count / each));
    return beat(long, count / (long * each));
  };
  // Rates of 5 min and 15 min show an event in full when it has left them; those of 1 h need an hour to be exact.
  const isRaw = tier.longMs === HOUR;
  const seen = isRaw ? MINUTE : isFast ? 10 * MINUTE : 30 * MINUTE;
  const rest = (rhythm.everyMs - rhythm.stepMs) / rhythm.stepMs;
  const after: Beat = { ...fine(seen), steps: steps(seen) + rest };
  const begin = fine(isRaw && isEvents ? HOUR + 5 * MINUTE : seen);
  const beats = [begin, burst(few), after, burst((isEvents ? 1 : 1.06) * slo.minBad - few), after];
  return told(teller, tier, 'needs its least number of bad events', beats, [3, 5]);
};

/** How one tier must burn, and must not. */
export const burning = (teller: Teller, tier: Tier, isFast: boolean): Story[] => [
  threshold(teller, tier, isFast),
  outage(teller, tier, isFast),
  // Of a ratio, the limit of an hour is more bad time than the least.
  ...(teller.feed.counts === 'time' && tier.longMs === HOUR ? [] : [fewBad(teller, tier, isFast)]),
];
