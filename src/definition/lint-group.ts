import { loserOf } from '../promql/labels.ts';
import { walk } from '../promql/tree.ts';
import type { Expr } from '../promql/tree.ts';
import type { Path } from './locate.ts';
import { nearest } from './near.ts';
import type { Tell } from './tell.ts';

/** A query of an indicator that PromQL takes: the field, what it holds, and what that means. */
export type Query = { key: string; text: string; expr: Expr };

/** Labels that a query keeps by name. */
const keptIn = ({ expr }: Query): string[] =>
  [...walk(expr)].flatMap((one) =>
    one.kind === 'aggregate' && one.grouping?.word === 'by' ? one.grouping.labels.names.map(({ name }) => name) : [],
  );

/**
 * Every query has to carry the labels that its answers are grouped by: one that loses a label meets none of the groups of
 * the other, and all would count as bad.
 */
export const lintGroup = (label: string, index: number, queries: readonly Query[], at: Path, tell: Tell): void => {
  const losing = queries.flatMap((query) => {
    const loser = loserOf(query.expr, label);
    return loser ? [{ ...query, loser }] : [];
  });
  const meant = nearest(label, new Set(losing.flatMap(keptIn)));
  const isKept = queries.some((query) => keptIn(query).includes(label));
  if (meant !== undefined && !isKept) {
    const fields = losing.map(({ key }) => key).join(' and ');
    tell.error([...at, 'groupBy', index], `label ${label} is not kept by ${fields}; did you mean ${meant}?`);
    return;
  }
  for (const { key, text, loser } of losing)
    tell.error(
      [...at, key],
      `${key} loses the label ${label} here, by which groupBy groups; keep it, as in sum by (${label}) (…)`,
      { inside: { value: text, offset: loser.from } },
    );
};
