/** Upper bounds of the buckets, ms. What is later than the last one is in a bucket of its own. */
export const LATENESS_BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000] as const;

/** How late checks started: one count for each bound (not added up), one for all that is later. */
export type Lateness = { counts: readonly number[]; sumMs: number };

export const NO_LATENESS: Lateness = {
  counts: Array.from({ length: LATENESS_BOUNDS_MS.length + 1 }, () => 0),
  sumMs: 0,
};

export const addLateness = (a: Lateness, b: Lateness): Lateness => ({
  counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)),
  sumMs: a.sumMs + b.sumMs,
});

/** Counts starts by how late they were. */
export const createLateness = () => {
  const counts = [...NO_LATENESS.counts];
  let sumMs = 0;
  return {
    add: (ms: number): void => {
      const bucket = LATENESS_BOUNDS_MS.findIndex((bound) => ms <= bound);
      const index = bucket < 0 ? LATENESS_BOUNDS_MS.length : bucket;
      counts[index] = (counts[index] ?? 0) + 1;
      sumMs += ms;
    },
    read: (): Lateness => ({ counts: [...counts], sumMs }),
  };
};
