import { MINUTE } from '../duration.ts';
import type { Slo } from '../slo/slo.ts';
import { NO_SUMS, type Slot, type Sums } from '../slo/slot.ts';
import type { Windows } from './windows.ts';

/** An SLO that is measured itself, and how often each of its events counts. */
export type Weighted = { slo: string; weight: number };

type Slos = ReadonlyMap<string, Slo>;

/** What a composite comes down to; parts that are composites themselves are followed. */
const leavesOf = (slos: Slos, { indicator }: Slo): readonly Weighted[] =>
  indicator.kind !== 'composite'
    ? []
    : indicator.parts.flatMap(({ slo, weight }) => {
        const part = slos.get(slo);
        if (part?.indicator.kind !== 'composite') return [{ slo, weight }];
        return leavesOf(slos, part).map((leaf) => ({ slo: leaf.slo, weight: leaf.weight * weight }));
      });

export const leavesOfAll = (slos: Slos): ReadonlyMap<string, readonly Weighted[]> =>
  new Map(
    [...slos.values()]
      .filter(({ indicator }) => indicator.kind === 'composite')
      .map((slo) => [slo.id, leavesOf(slos, slo)]),
  );

/** The composites that count an SLO, by its id. */
export const countedBy = (slos: Slos): ReadonlyMap<string, readonly Weighted[]> => {
  const found = new Map<string, Weighted[]>();
  for (const [composite, leaves] of leavesOfAll(slos))
    for (const { slo, weight } of leaves) found.set(slo, [...(found.get(slo) ?? []), { slo: composite, weight }]);
  return found;
};

/** Bad stretches of two parts nearer to each other than this are one: as of slots (windows.ts). */
const STRETCH_GAP = 5 * MINUTE;

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((all, one) => all + of(one), 0);

type Stretch = { from: number; to: number };

/** The stretch that ends last, with all that reach it. */
const newestStretch = (stretches: readonly Stretch[]): Stretch | null => {
  const [last, ...others] = stretches.toSorted((a, b) => b.to - a.to);
  if (!last) return null;
  let { from } = last;
  for (const other of others) if (from - other.to <= STRETCH_GAP) from = Math.min(from, other.from);
  return { from, to: last.to };
};

const oldest = (instants: readonly (number | null)[]): number | null => {
  const known = instants.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
};

const newest = (instants: readonly (number | null)[]): number | null => {
  const known = instants.filter((at) => at !== null);
  return known.length > 0 ? Math.max(...known) : null;
};

/**
 * The same windows, in which a composite is read as the weighted sum of its parts: it has no data of its own, so that what
 * is late, revised or restored counts in it as in them. It is covered in so far as they are: by half when one of two is
 * silent. Of the time before a part was first heard of, the others speak alone.
 */
export const withComposites = (windows: Windows): Windows => {
  let composites: ReadonlyMap<string, readonly Weighted[]> = new Map();

  /** The sums of each part over [from, to), added up. */
  const added = (leaves: readonly Weighted[], { from, to }: Stretch, sums: (slo: string) => Sums): Sums => {
    const parts = leaves.map(({ slo, weight }) => {
      const begun = Math.min(to, Math.max(from, windows.firstAt(slo) ?? from));
      return { ...sums(slo), weight, begun };
    });
    const expected = sum(parts, ({ begun }) => to - begun);
    const first = Math.min(to, ...parts.map(({ begun }) => begun));
    return {
      good: sum(parts, ({ good, weight }) => weight * good),
      total: sum(parts, ({ total, weight }) => weight * total),
      // A check stands for its whole interval, which may not be over: no part makes up for what another lacks.
      covered:
        expected > 0
          ? Math.round((sum(parts, ({ covered, begun }) => Math.min(covered, to - begun)) * (to - first)) / expected)
          : Math.min(
              to - from,
              sum(parts, ({ covered }) => covered),
            ),
    };
  };

  const hours = (leaves: readonly Weighted[], from: number, to: number): Slot[] => {
    const byPart = leaves.map(({ slo }) => new Map(windows.hours(slo, from, to).map((hour) => [hour.start, hour])));
    const all = new Map(byPart.flatMap((of) => [...of.values()]).map(({ start, width }) => [start, width]));
    return [...all]
      .toSorted(([a], [b]) => a - b)
      .map(([start, width]) => ({
        start,
        width,
        ...added(leaves, { from: start, to: start + width }, (slo) => {
          const index = leaves.findIndex((leaf) => leaf.slo === slo);
          return byPart[index]?.get(start) ?? NO_SUMS;
        }),
      }));
  };

  const each = (leaves: readonly Weighted[], at: (slo: string) => number | null): (number | null)[] =>
    leaves.map(({ slo }) => at(slo));

  return {
    ...windows,
    use(slos) {
      composites = leavesOfAll(slos);
      windows.keepOnly({ has: (sli) => slos.has(sli) && !composites.has(sli) });
    },
    lookBack(sli, ms, now) {
      const leaves = composites.get(sli);
      if (!leaves) return windows.lookBack(sli, ms, now);
      return added(leaves, { from: now - ms, to: now }, (slo) => windows.lookBack(slo, ms, now));
    },
    window(sli, span, now) {
      const leaves = composites.get(sli);
      if (!leaves) return windows.window(sli, span, now);
      return added(leaves, { from: span.from, to: Math.min(span.to, now) }, (slo) => windows.window(slo, span, now));
    },
    hours(sli, from, to) {
      const leaves = composites.get(sli);
      return leaves ? hours(leaves, from, to) : windows.hours(sli, from, to);
    },
    firstAt(sli) {
      const leaves = composites.get(sli);
      return leaves ? oldest(each(leaves, windows.firstAt)) : windows.firstAt(sli);
    },
    lastAt(sli) {
      const leaves = composites.get(sli);
      return leaves ? newest(each(leaves, windows.lastAt)) : windows.lastAt(sli);
    },
    lastTrafficAt(sli) {
      const leaves = composites.get(sli);
      return leaves ? newest(each(leaves, windows.lastTrafficAt)) : windows.lastTrafficAt(sli);
    },
    badStretch(sli) {
      const leaves = composites.get(sli);
      if (!leaves) return windows.badStretch(sli);
      return newestStretch(leaves.flatMap(({ slo }) => windows.badStretch(slo) ?? []));
    },
    // Its books are written like all others, and never read again: those of its parts are.
    loadHour: (sli, slot) => void (composites.has(sli) || windows.loadHour(sli, slot)),
    loadUsual: (sli, span, hour) => void (composites.has(sli) || windows.loadUsual(sli, span, hour)),
  };
};
