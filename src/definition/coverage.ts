import type { Requirement } from './requirements.ts';

/** How much of what was commissioned is served and proved. `checkable` rows are those with check yes or partly. */
export type Coverage = { total: number; checkable: number; covered: number; missing: { id: string; why: string }[] };

/**
 * A checkable row is covered when its id stands in a `covers` of the catalog and something has proved it: `proved` are
 * the ids that a test or a lab scenario names.
 */
export const coverage = (
  requirements: readonly Requirement[],
  covered: ReadonlySet<string>,
  proved: ReadonlySet<string>,
): Coverage => {
  const checkable = requirements.filter(({ check }) => check !== 'no');
  const missing = checkable.flatMap(({ id, fact }) => {
    const isServed = covered.has(id);
    if (isServed && proved.has(id)) return [];
    const why = isServed
      ? 'no test or lab scenario names it'
      : proved.has(id)
        ? 'no covers names it'
        : 'nothing serves it';
    return [{ id, why: `${why}: ${fact}` }];
  });
  return {
    total: requirements.length,
    checkable: checkable.length,
    covered: checkable.length - missing.length,
    missing,
  };
};
