import { partsOf, walk } from '../promql/tree.ts';
import type { Binary, Call, Expr } from '../promql/tree.ts';

/** How an expression speaks of itself: what is wrong with it, and at which character of its text. */
export type Remark = { offset: number; message: string };

const WINDOW = '$window';

const isWindow = (expr: Expr, text: string): boolean =>
  (expr.kind === 'range' || expr.kind === 'subquery') && text.startsWith(WINDOW, expr.duration.from);

const GROWING = new Set(['increase', 'delta']);
const STEADY = new Set(['rate', 'irate', 'deriv', 'idelta']);
const SHAPING = new Set(['abs', 'ceil', 'floor', 'round', 'clamp_min', 'label_replace', 'label_join']);
const ALIKE = new Set(['sum', 'avg', 'min', 'max', 'topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio']);

/**
 * How often the length of the look-back is a factor of the value: `increase(x[$window])` 1, `rate(x[$window])` 0, the
 * quotient of two increases 0. Null where the text does not say for sure.
 */
const growthOf = (expr: Expr, text: string): number | null => {
  switch (expr.kind) {
    case 'number':
      return 0;
    case 'paren':
    case 'unary':
    case 'offset':
      return growthOf(expr.of, text);
    case 'call': {
      const [range] = expr.args;
      if (STEADY.has(expr.name)) return 0;
      if (range && SHAPING.has(expr.name)) return growthOf(range, text);
      return GROWING.has(expr.name) && range && isWindow(bare(range), text) ? 1 : null;
    }
    case 'aggregate': {
      const of = expr.args.at(-1);
      return of && ALIKE.has(expr.operator) ? growthOf(of, text) : null;
    }
    case 'binary': {
      // What stands in where there is nothing, such as vector(0), says nothing of what is there.
      if (expr.operator === 'or') return growthOf(expr.left, text);
      const [left, right] = [growthOf(expr.left, text), growthOf(expr.right, text)];
      if (left === null || right === null) return null;
      if (expr.operator === '*') return left + right;
      if (expr.operator === '/') return left - right;
      return (expr.operator === '+' || expr.operator === '-') && left === right ? left : null;
    }
    case 'selector':
    case 'range':
    case 'subquery':
    case 'at':
    case 'extended':
    case 'string':
      return null;
  }
};

const bare = (expr: Expr): Expr =>
  expr.kind === 'offset' || expr.kind === 'at' || expr.kind === 'paren' || expr.kind === 'extended'
    ? bare(expr.of)
    : expr;

/** A counter is events per second: what counts all of the look-back is so many times too much. */
export const growing = (expr: Expr, text: string): Remark | null => {
  const growth = growthOf(expr, text);
  if (growth === null || growth === 0) return null;
  const call = [...walk(expr)].find((one): one is Call => one.kind === 'call' && GROWING.has(one.name));
  if (!call) return null;
  return {
    offset: call.nameAt.from,
    message: `must be events per second, and ${call.name} over ${WINDOW} counts all of its events: write rate, or give the bare counter`,
  };
};

const COMPARES = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** A comparison that leaves series out in place of saying 0 or 1, where its answer is that of the whole expression. */
export const filterIn = (expr: Expr): Binary | null => {
  const whole = bare(expr);
  return whole.kind === 'binary' && COMPARES.has(whole.operator) && !whole.bool ? whole : null;
};

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

const numberIn = (expr: Expr): number | null => {
  const one = bare(expr);
  if (one.kind === 'unary') {
    const inner = numberIn(one.of);
    return inner === null || one.operator === '+' ? inner : -inner;
  }
  return one.kind === 'number' ? one.value : null;
};

/** What a comparison holds its series against; `0 < x` is `x > 0`. Null where that is no number. */
const boundOf = ({ operator, left, right }: Binary): { operator: string; bound: number } | null => {
  const [first, second] = [numberIn(left), numberIn(right)];
  if (second !== null) return { operator, bound: second };
  return first === null ? null : { operator: MIRRORED[operator] ?? operator, bound: first };
};

/** Whether it leaves out nothing but what is no number, or cannot be: of a share (0 to 1), or of a counter what is nothing. */
export const isGuard = (comparison: Binary, of: 'share' | 'counter'): boolean => {
  const against = boundOf(comparison);
  if (!against) return false;
  const { operator, bound } = against;
  const most = of === 'share' ? 1 : Number.POSITIVE_INFINITY;
  if (operator === '!=') return !Number.isFinite(bound) || (of === 'counter' && bound === 0);
  if (operator === '>=') return bound <= 0;
  if (operator === '>') return bound < 0 || (of === 'counter' && bound === 0);
  if (operator === '<=') return bound >= most;
  return operator === '<' && (bound > 1 || bound === Number.POSITIVE_INFINITY) && bound >= most;
};

/** `> 0.1`: what is less is no data. */
export const isLeast = (comparison: Binary): boolean => {
  const against = boundOf(comparison);
  return against !== null && (against.operator === '>' || against.operator === '>=');
};

const MEASURING = new Set(['rate', 'increase', 'delta', 'avg_over_time', 'sum_over_time', 'count_over_time']);

/** A look-back of fixed length that is measured beside one that is filled in; what lies inside of that one is its own. */
export const fixedBeside = (expr: Expr, text: string): Remark | null => {
  const fixed = fixedIn(expr, text);
  if (!fixed || ![...walk(expr)].some((one) => isWindow(one, text))) return null;
  const written = text.slice(fixed.from, fixed.to);
  return {
    offset: fixed.from,
    message: `looks back over ${WINDOW} and, here, over ${written}: alerts compare look-backs of several lengths, so write ${WINDOW} in both`,
  };
};

const fixedIn = (expr: Expr, text: string): { from: number; to: number } | null => {
  if (isWindow(expr, text)) return null;
  const [first] = expr.kind === 'call' && MEASURING.has(expr.name) ? expr.args.map(bare) : [];
  if (first?.kind === 'range' && !isWindow(first, text)) return first.duration;
  for (const part of partsOf(expr)) {
    const found = fixedIn(part, text);
    if (found) return found;
  }
  return null;
};
