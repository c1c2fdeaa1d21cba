import { createOptional, type Optional } from './optional.ts';
import type { Family, Labels } from './series.ts';

/** The series of one metric; those that an update does not set are gone after it. */
export const createSet = (family: Family) => {
  const known = new Map<string, Optional>();
  return async (
    values: Iterable<{ labels: Labels; value: number | null }>,
    breathe: () => Promise<void>,
  ): Promise<void> => {
    const gone = new Set(known.keys());
    for (const { labels, value } of values) {
      const key = Object.values(labels).join('\n');
      gone.delete(key);
      const optional = known.get(key) ?? createOptional(family, labels);
      known.set(key, optional);
      optional.set(value);
      await breathe();
    }
    for (const key of gone) {
      known.get(key)?.set(null);
      known.delete(key);
    }
  };
};
