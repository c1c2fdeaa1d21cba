import { FUNCTIONS } from './functions.ts';
import type { Span } from './problem.ts';
import type { Aggregate, Binary, Call, Expr } from './tree.ts';

/** Aggregations that answer with series as they are, whatever they group by. */
export const PICKS = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** Whether an expression is a number that no label can stick to. Of one that `check` takes. */
export const isScalar = (expr: Expr): boolean => {
  switch (expr.kind) {
    case 'number':
      return true;
    case 'paren':
    case 'unary':
      return isScalar(expr.of);
    case 'call':
      return FUNCTIONS.get(expr.name)?.gives === 'scalar';
    case 'binary':
      return isScalar(expr.left) && isScalar(expr.right);
    case 'selector':
    case 'range':
    case 'subquery':
    case 'offset':
    case 'at':
    case 'extended':
    case 'aggregate':
    case 'string':
      return false;
  }
};

/** What a function takes its labels from; none of it: `vector(1)`, `hour()`. */
export const seriesOf = ({ name, args }: Call): Expr | undefined => {
  const takes = FUNCTIONS.get(name)?.takes ?? [];
  return args.find((_, at) => ['vector', 'matrix'].includes(takes[Math.min(at, takes.length - 1)] ?? ''));
};

const textAt = ({ args }: Call | Aggregate, at: number): string | undefined => {
  const arg = args[at];
  return arg?.kind === 'string' ? arg.value : undefined;
};

export const namesOf = (labels: { names: readonly { name: string }[] } | undefined): readonly string[] =>
  labels?.names.map(({ name }) => name) ?? [];

/**
 * Where a label is certainly lost: no answer of the expression can carry it (`resultMetric` and `aggregation` in
 * Prometheus' `promql/engine.go`). Null where one may, as far as the text says. The place is the innermost that loses it.
 */
export const loserOf = (expr: Expr, label: string): Span | null => {
  switch (expr.kind) {
    case 'selector':
      return (
        expr.matchers.find(({ name, operator, value }) => name === label && operator === '=' && value === '') ?? null
      );
    case 'number':
    case 'string':
      return null;
    case 'range':
    case 'subquery':
    case 'offset':
    case 'at':
    case 'extended':
    case 'unary':
    case 'paren':
      return loserOf(expr.of, label);
    case 'call':
      return loserInCall(expr, label);
    case 'aggregate':
      return loserInAggregate(expr, label);
    case 'binary':
      return loserInBinary(expr, label);
  }
};

/** These make labels of their own: of texts, of other series, or of the matchers that they were asked with. */
const MAKERS = new Set(['info', 'histogram_quantiles', 'absent', 'absent_over_time']);

const loserInCall = (call: Call, label: string): Span | null => {
  const { name } = call;
  if (MAKERS.has(name)) return null;
  if ((name === 'label_replace' || name === 'label_join') && [undefined, label].includes(textAt(call, 1))) return null;
  const series = seriesOf(call);
  return series ? loserOf(series, label) : call.nameAt;
};

const loserInAggregate = (aggregate: Aggregate, label: string): Span | null => {
  const { operator, operatorAt, grouping, args } = aggregate;
  if (operator === 'count_values' && [undefined, label].includes(textAt(aggregate, 0))) return null;
  if (PICKS.has(operator)) return loserIn(args.at(-1), label);
  if (!grouping) return operatorAt;
  const named = grouping.labels.names.find(({ name }) => name === label);
  if (grouping.word === 'by' ? !named : named) return named ?? operatorAt;
  return loserIn(args.at(-1), label);
};

const loserIn = (expr: Expr | undefined, label: string): Span | null => (expr ? loserOf(expr, label) : null);

const loserInBinary = ({ left, right, operator, matching, fill }: Binary, label: string): Span | null => {
  if (isScalar(left)) return loserOf(right, label);
  if (isScalar(right)) return loserOf(left, label);
  if (operator === 'and' || operator === 'unless') return loserOf(left, label);
  if (operator === 'or') return loserOf(left, label) && loserOf(right, label);
  if (fill) return null;
  const group = matching?.group;
  if (group) {
    const [many, one] = group.word === 'group_left' ? [left, right] : [right, left];
    return loserOf(namesOf(group.labels).includes(label) ? one : many, label);
  }
  const named = matching?.labels.names.find(({ name }) => name === label);
  if (matching?.word === 'on' && !named) return matching.labels;
  if (matching?.word === 'ignoring' && named) return named;
  // Both sides are matched by it: a side without it meets only series without it.
  return loserOf(left, label) ?? loserOf(right, label);
};
