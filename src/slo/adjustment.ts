import { HOUR } from '../duration.ts';
import { NO_SUMS, slotStart } from './slot.ts';
import type { Slot, Sums } from './slot.ts';
import type { Span } from './window.ts';

/** A stretch of time that people left out of the budgets of these SLOs (whole ids). Instants are epoch ms. */
export type Exclusion = {
  id: string;
  slos: readonly string[];
  from: number;
  to: number;
  owner: string;
  because: string;
};

/** Signed numbers, added to what was counted of an SLO in [from, to), which is an hour or a day. */
export type Correction = {
  id: string;
  slo: string;
  from: number;
  to: number;
  bad: number;
  total: number;
  owner: string;
  because: string;
};

/** What one of them does to a budget. */
export type Adjustment = {
  kind: 'exclusion' | 'correction';
  id: string;
  owner: string;
  because: string;
  from: number;
  to: number;
  /** Events that it takes out of the budget; below 0 where a correction adds some. */
  takesAway: { bad: number; total: number };
  /**
   * exact · by-hour: of an hour that it cuts only the sum is known, which counts in proportion · in-part: it asks for more
   * than was counted, and gets what there is.
   */
  how: 'exact' | 'by-hour' | 'in-part';
};

/** `sums` are those of the window with all of it applied; `bad` is what is taken away per hour, by its start. */
export type Adjusted = { sums: Sums; list: readonly Adjustment[]; bad: ReadonlyMap<number, number> };

/** A part of one hour that an exclusion takes: [from, to) lies in the hour that begins at `hour`. */
export type Part = { hour: number; from: number; to: number };

const overlap = (a: Span, b: Span): number => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

/** In one order, whatever the order in the file: of two that overlap, the earlier one takes what both name. */
const inOrder = <T extends { id: string; from: number }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));

/** What is left of `stretch` without the `taken` ones. */
const without = (stretch: Span, taken: readonly Span[]): Span[] =>
  taken.reduce<Span[]>(
    (left, { from, to }) =>
      left.flatMap((one) =>
        [
          { from: one.from, to: Math.min(one.to, from) },
          { from: Math.max(one.from, to), to: one.to },
        ].filter((piece) => piece.to > piece.from),
      ),
    [stretch],
  );

/** Each exclusion with the parts of hours that it takes, among the hours that touch `span`; no instant is in two parts. */
export const partsOf = (
  exclusions: readonly Exclusion[],
  span: Span,
): { exclusion: Exclusion; parts: readonly Part[] }[] => {
  const taken: Span[] = [];
  const within = { from: slotStart(span.from, HOUR), to: Math.ceil(span.to / HOUR) * HOUR };
  return inOrder(exclusions).map((exclusion) => {
    const stretches = without(exclusion, taken);
    taken.push(exclusion);
    const parts = stretches.flatMap((stretch): Part[] => {
      const first = slotStart(Math.max(stretch.from, within.from), HOUR);
      const count = Math.max(0, Math.ceil((Math.min(stretch.to, within.to) - first) / HOUR));
      return Array.from({ length: count }, (_, index) => {
        const hour = first + index * HOUR;
        return { hour, from: Math.max(hour, stretch.from), to: Math.min(hour + HOUR, stretch.to) };
      });
    });
    return { exclusion, parts };
  });
};

/** An hour as the window holds it, with what was taken out of it so far. */
type Held = { counted: Sums; bad: number; total: number };

type Given = {
  exclusions: readonly Exclusion[];
  corrections: readonly Correction[];
  /** The hours that touch the window. */
  hours: readonly Slot[];
  /** The window's sums without any of this. */
  sums: Sums;
  /** What was counted in a part of an hour; null when only the hour is known. */
  counted: (part: Part) => Sums | null;
  span: Span;
  /** The SLO's first sample: time before it was never counted. */
  firstDataAt: number | null;
  /** Until when the window is known: now less the settle lag. */
  now: number;
};

const badOf = ({ good, total }: Sums): number => Math.max(0, total - good);

/** Parts of events that sums of fractions leave are no events: all that was counted may be taken away. */
const atLeastNone = (count: number): number => (count < 1e-6 ? 0 : count);

const scaled = ({ good, total, covered }: Sums, by: number): Sums => ({
  good: good * by,
  total: total * by,
  covered: covered * by,
});

/** Time that was lived of [from, to) at `now`. */
const lived = ({ from, to }: Span, now: number): Span => ({ from, to: Math.max(from, Math.min(to, now)) });

const lengthOf = ({ from, to }: Span): number => to - from;

/**
 * The window's sums without what the exclusions take and with the corrections. Excluded time counts as covered and without
 * traffic. An hour that is cut by an exclusion is known by its finer slots (`counted`), or else counts in proportion, as
 * one that is cut by the window does. Nothing falls below zero, and no more is bad than there is. null when none of it
 * lies in what is known of the window.
 */
export const adjust = (given: Given): Adjusted | null => {
  const { hours, span, now } = given;
  const known = lived(span, now);
  const held = new Map<number, Held>();
  for (const { start, good, total, covered } of hours) {
    const hour = { from: start, to: start + HOUR };
    const share = overlap(hour, known) / Math.max(1, lengthOf(lived(hour, now)));
    const counted = scaled({ good, total, covered }, Math.min(1, share));
    held.set(start, { counted, bad: badOf(counted), total: counted.total });
  }
  const whole = new Map(hours.map((hour) => [hour.start, hour]));
  let covered = 0;

  const exclude = ({ exclusion, parts }: { exclusion: Exclusion; parts: readonly Part[] }): Adjustment[] => {
    if (overlap(exclusion, known) === 0) return [];
    const takesAway = { bad: 0, total: 0 };
    let isExact = true;
    for (const part of parts) {
      const cut = lived(part, now);
      const inside = overlap(cut, known);
      if (inside === 0) continue;
      const hour = whole.get(part.hour) ?? NO_SUMS;
      const livedHour = lengthOf(lived({ from: part.hour, to: part.hour + HOUR }, now));
      const exact = lengthOf(cut) >= livedHour ? hour : given.counted(part);
      const share = inside / lengthOf(cut);
      const counted = scaled(exact ?? scaled(hour, lengthOf(cut) / livedHour), share);
      if (exact === null && hour.total > 0) isExact = false;
      const since = Math.max(part.from, given.firstDataAt ?? Infinity);
      covered += Math.max(0, overlap({ from: since, to: cut.to }, known) - counted.covered);
      const left = held.get(part.hour);
      if (!left) continue;
      const bad = Math.min(left.bad, badOf(counted));
      const good = Math.min(left.total - left.bad, counted.good);
      left.bad -= bad;
      left.total -= bad + good;
      takesAway.bad += bad;
      takesAway.total += bad + good;
    }
    const { id, owner, because, from, to } = exclusion;
    return [{ kind: 'exclusion', id, owner, because, from, to, takesAway, how: isExact ? 'exact' : 'by-hour' }];
  };

  const correct = (correction: Correction): Adjustment[] => {
    const period = lived(correction, now);
    const inside = overlap(period, known);
    if (inside === 0) return [];
    const share = inside / lengthOf(period);
    const reached = [...held].flatMap(([start, hour]) => {
      const of = lived({ from: start, to: start + HOUR }, now);
      const weight = overlap({ from: Math.max(of.from, known.from), to: Math.min(of.to, known.to) }, period);
      const part = weight / Math.max(1, overlap(of, known));
      return weight > 0 ? [{ hour, weight, bad: hour.bad * part, total: hour.total * part }] : [];
    });
    const sum = (of: (one: (typeof reached)[number]) => number): number =>
      reached.reduce((all, one) => all + of(one), 0);
    const [bad, total, weight] = [sum((one) => one.bad), sum((one) => one.total), sum((one) => one.weight)];
    const newTotal = Math.max(0, total + correction.total * share);
    const newBad = Math.min(newTotal, Math.max(0, bad + correction.bad * share));
    // Less is taken from each hour as it has; more is given to each as long as it is.
    const spread = (change: number, all: number, own: number, ms: number): number =>
      change < 0 ? (all > 0 ? (change * own) / all : 0) : (change * ms) / Math.max(1, weight);
    for (const one of reached) {
      one.hour.bad += spread(newBad - bad, bad, one.bad, one.weight);
      one.hour.total += spread(newTotal - total, total, one.total, one.weight);
    }
    const wanted = { bad: bad + correction.bad * share, total: total + correction.total * share };
    const isWhole = Math.abs(wanted.bad - newBad) < 1e-6 && Math.abs(wanted.total - newTotal) < 1e-6;
    const { id, owner, because, from, to } = correction;
    const takesAway = reached.length > 0 ? { bad: bad - newBad, total: total - newTotal } : { bad: 0, total: 0 };
    const how = isWhole && reached.length > 0 ? 'exact' : 'in-part';
    return [{ kind: 'correction', id, owner, because, from, to, takesAway, how }];
  };

  const excluded = partsOf(given.exclusions, known).flatMap(exclude);
  // Those that add come first, so that those that take away find all there is.
  const corrections = inOrder(given.corrections).toSorted((a, b) => Number(a.bad < 0) - Number(b.bad < 0));
  const list = [...excluded, ...corrections.flatMap(correct)];
  if (list.length === 0) return null;
  const all = list.reduce(
    (sum, { takesAway }) => ({ bad: sum.bad + takesAway.bad, total: sum.total + takesAway.total }),
    {
      bad: 0,
      total: 0,
    },
  );
  const { sums } = given;
  const total = atLeastNone(sums.total - all.total);
  const bad = Math.min(total, atLeastNone(badOf(sums) - all.bad));
  return {
    sums: { good: total - bad, total, covered: sums.covered + covered },
    list,
    bad: new Map([...held].map(([start, { counted, bad: left }]) => [start, badOf(counted) - left])),
  };
};
