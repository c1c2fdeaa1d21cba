/** A place in a pool, of whoever is in it. */
export type Pooled = { at: number };

/**
 * Whoever comes and goes thousands of times a second. Not a Set: one that is old rehashes into new tables, each found by
 * the collector through the one before, so that everything that was ever in it would live until the next full collection.
 */
export type Pool<T extends Pooled> = { add(one: T): void; remove(one: T): void; all(): T[]; size(): number };

export const createPool = <T extends Pooled>(): Pool<T> => {
  const members: T[] = [];
  return {
    add: (one) => {
      one.at = members.push(one) - 1;
    },
    remove: (one) => {
      if (members[one.at] !== one) return;
      const last = members.pop() as T;
      if (last === one) return;
      members[one.at] = last;
      last.at = one.at;
    },
    all: () => [...members],
    size: () => members.length,
  };
};
