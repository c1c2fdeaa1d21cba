import { isScalar, namesOf, PICKS, seriesOf } from './labels.ts';
import type { Aggregate, Binary, Call, Expr } from './tree.ts';

/** The only labels that tell its answers apart; null where there may be any. */
const apart = (expr: Expr): ReadonlySet<string> | null => {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return new Set();
    case 'selector':
      return null;
    case 'range':
    case 'subquery':
    case 'offset':
    case 'at':
    case 'extended':
    case 'unary':
    case 'paren':
      return apart(expr.of);
    case 'call':
      return apartInCall(expr);
    case 'aggregate':
      return apartInAggregate(expr);
    case 'binary':
      return apartInBinary(expr);
  }
};

const both = (a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): ReadonlySet<string> | null =>
  a && b ? a.intersection(b) : (a ?? b);

const apartInCall = (call: Call): ReadonlySet<string> | null => {
  const { name } = call;
  // Always one answer, or none.
  if (name === 'absent' || name === 'absent_over_time' || isScalar(call)) return new Set();
  if (name === 'info' || name === 'histogram_quantiles') return null;
  const series = seriesOf(call);
  const labels = series ? apart(series) : new Set<string>();
  return labels && name === 'histogram_quantile' ? labels.difference(new Set(['le'])) : labels;
};

const apartInAggregate = ({ operator, grouping, args }: Aggregate): ReadonlySet<string> | null => {
  const of = args.at(-1);
  const labels = of ? apart(of) : null;
  const [parameter] = args;
  if (operator === 'count_values') return null;
  if (PICKS.has(operator))
    return parameter?.kind === 'number' && parameter.value === 1 && operator !== 'limit_ratio' && !grouping
      ? new Set()
      : labels;
  const named = new Set(namesOf(grouping?.labels));
  return grouping?.word === 'without' ? (labels?.difference(named) ?? null) : both(named, labels);
};

const apartInBinary = ({ left, right, operator, matching }: Binary): ReadonlySet<string> | null => {
  const [first, second] = [apart(left), apart(right)];
  if (operator === 'and' || operator === 'unless') return first;
  if (operator === 'or') return first && second && first.union(second);
  if (isScalar(left) || isScalar(right)) return isScalar(left) ? second : first;
  if (matching?.group) return matching.group.word === 'group_left' ? first : second;
  return both(both(first, second), matching?.word === 'on' ? new Set(namesOf(matching.labels)) : null);
};

/** Whether the text itself makes sure that there is at most one answer, whatever series there are. */
export const isSingle = (expr: Expr): boolean => apart(expr)?.size === 0;
