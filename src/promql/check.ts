import { checkAggregate } from './check-aggregate.ts';
import { checkBinary } from './check-binary.ts';
import { checkCall } from './check-call.ts';
import { checkAt, checkDuration, checkNumber, checkOffset, checkRange, checkSelector } from './check-selector.ts';
import { compareVersions, type ValueType, type Version } from './functions.ts';
import { parse } from './parse.ts';
import { problemAt, type Problem } from './problem.ts';
import { nounOf, type Need, type Review } from './review.ts';
import type { Expr } from './tree.ts';

export type Checked =
  | { readonly type: ValueType; readonly expr: Expr; readonly needs: readonly Need[] }
  | { readonly problem: Problem };

/** What turns one type into another, where there is such a thing. */
const REMEDIES: Partial<Record<`${ValueType} ${ValueType}`, string>> = {
  'vector matrix': 'take the range away, or put a function such as rate(...) around it',
  'matrix vector': 'add a range such as [5m], or for a whole expression [5m:]',
  'scalar vector': 'put scalar(...) around it',
  'vector scalar': 'put vector(...) around it',
  'string vector': 'write a text in quotes',
  'string scalar': 'write a text in quotes',
};

const typeOf = (expr: Expr, review: Review): ValueType => {
  switch (expr.kind) {
    case 'selector':
      checkSelector(expr, review);
      return 'vector';
    case 'range':
      checkRange(expr, review);
      return 'matrix';
    case 'subquery': {
      const type = review.typeOf(expr.of);
      if (type !== 'vector')
        review.refuse(expr, `a subquery such as [5m:] needs an instant vector before it, and this is ${nounOf(type)}`);
      checkDuration(expr.duration, review);
      if (expr.step) checkDuration(expr.step, review);
      return 'matrix';
    }
    case 'offset':
      checkOffset(expr, review);
      return review.typeOf(expr.of);
    case 'at':
      checkAt(expr, review);
      return review.typeOf(expr.of);
    case 'extended':
      review.need(expr, { what: `the modifier ${expr.how}`, since: '3.7', flag: 'promql-extended-range-selectors' });
      return review.typeOf(expr.of);
    case 'call':
      return checkCall(expr, review);
    case 'aggregate':
      return checkAggregate(expr, review);
    case 'binary':
      return checkBinary(expr, review);
    case 'unary': {
      const type = review.typeOf(expr.of);
      if (type === 'matrix' || type === 'string')
        review.refuse(
          expr,
          `a sign (${expr.operator}) stands before ${nounOf(type)}: only numbers and instant vectors have one`,
        );
      return type;
    }
    case 'paren':
      return review.typeOf(expr.of);
    case 'number':
      checkNumber(expr, expr.text, review);
      return 'scalar';
    case 'string':
      return 'string';
  }
};

const reviewFor = (min: Version): { review: Review; needs: Need[]; first: () => Problem | undefined } => {
  let first: Problem | undefined;
  const needs: Need[] = [];
  const review: Review = {
    min,
    refuse(at, message) {
      first ??= problemAt(at, message);
    },
    need({ from, to }, { isNative = false, until, instead, ...need }) {
      needs.push({ from, to, isNative, ...need });
      if (compareVersions(need.since, min) > 0)
        review.refuse(
          { from, to },
          `${need.what} needs Prometheus ${need.since} or newer, and this has to run on ${min}: write it another way, or raise --prometheus-min`,
        );
      else if (until && compareVersions(min, until) >= 0)
        review.refuse({ from, to }, `Prometheus ${until} and newer has no ${need.what}: write ${instead}`);
    },
    typeOf: (expr) => typeOf(expr, review),
    expect(expr, type, where) {
      const found = review.typeOf(expr);
      const remedy = REMEDIES[`${type} ${found}`];
      if (found !== type)
        review.refuse(
          expr,
          `${where} takes ${nounOf(type)}, and this is ${nounOf(found)}${remedy ? `: ${remedy}` : ''}`,
        );
    },
  };
  return { review, needs, first: () => first };
};

/**
 * Whether Prometheus of at least `prometheusMin` takes the text as an expression, and of which type it is: the rules of
 * `promql/parser` (`checkAST`), at 2.42 the same answer as that of `promtool check rules`. An expression of a rule has
 * to be a scalar or a vector besides; promtool does not look at that, and the rule then fails whenever it runs.
 */
export const check = (text: string, { prometheusMin }: { prometheusMin: Version }): Checked => {
  const parsed = parse(text);
  if ('problem' in parsed) return parsed;
  const { review, needs, first } = reviewFor(prometheusMin);
  const type = review.typeOf(parsed.expr);
  const problem = first();
  return problem ? { problem } : { type, expr: parsed.expr, needs };
};
