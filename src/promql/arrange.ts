import type { SyntaxNode } from '@lezer/common';
import { durationMs, numberOf } from './literal.ts';
import type { Span } from './problem.ts';
import type { Token } from './scan.ts';
import type { Duration, Expr, Labels, Matcher, Matching, MatchOperator, Operator, Selector } from './tree.ts';

/** The text as written, and its words by where they begin. */
export type Source = { readonly text: string; readonly tokenAt: ReadonlyMap<number, Token> };

type Item =
  | { readonly is: 'prefix'; readonly from: number; readonly operator: '+' | '-' }
  | { readonly is: 'operand'; readonly expr: Expr }
  | { readonly is: 'postfix'; readonly onto: (of: Expr) => Expr }
  | { readonly is: 'infix'; readonly operator: Operator };

const spanOf = ({ from, to }: Span): Span => ({ from, to });
const written = (node: Span, source: Source): string => source.text.slice(node.from, node.to);

const childrenOf = (node: SyntaxNode): SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
};

const tokenOf = (node: Span, { tokenAt }: Source): Token | undefined => tokenAt.get(node.from);

const durationOf = (node: SyntaxNode, source: Source): Duration => {
  const text = written(node, source);
  const isPlain = tokenOf(node, source)?.to === node.to;
  const seconds = isPlain ? numberOf(text) : undefined;
  const ms = isPlain ? (durationMs(text) ?? (seconds === undefined ? undefined : seconds * 1_000)) : undefined;
  return { ...spanOf(node), text, isPlain, ...(ms === undefined ? {} : { ms }) };
};

/** `-5m` after the word offset: the sign is part of the duration. */
const offsetOf = (node: SyntaxNode, source: Source): Duration => {
  const inner = node.getChild('OffsetDurationExpr');
  if (!inner) return durationOf(node, source);
  const duration = durationOf(inner, source);
  const sign = source.text[node.from] === '-' ? -1 : 1;
  const isPlain = duration.isPlain && sign < 0;
  return {
    ...spanOf(node),
    text: written(node, source),
    isPlain,
    ...(duration.ms === undefined ? {} : { ms: sign * duration.ms }),
  };
};

const labelsOf = (node: SyntaxNode, source: Source): Labels => ({
  ...spanOf(node),
  names: childrenOf(node).map((label) => ({
    ...spanOf(label),
    name: tokenOf(label, source)?.text ?? '',
    isQuoted: label.name === 'QuotedLabelName',
  })),
});

const matchingOf = (node: SyntaxNode, source: Source): Matching => {
  const [labels, grouped] = node.getChildren('GroupingLabels');
  const side = node.getChild('GroupLeft') ?? node.getChild('GroupRight');
  return {
    word: node.getChild('On') ? 'on' : 'ignoring',
    labels: labels ? labelsOf(labels, source) : { from: node.to, to: node.to, names: [] },
    ...(side && {
      group: {
        from: side.from,
        to: grouped?.to ?? side.to,
        word: side.name === 'GroupLeft' ? ('group_left' as const) : ('group_right' as const),
        ...(grouped && { labels: labelsOf(grouped, source) }),
      },
    }),
  };
};

const operatorOf = (nodes: readonly SyntaxNode[], source: Source): Operator => {
  const [sign, ...modifiers] = nodes;
  const of = (name: string): SyntaxNode | undefined => modifiers.find((node) => node.name === name);
  const [bool, matching, fill] = [of('BoolModifier'), of('MatchingModifierClause'), of('FillModifier')];
  return {
    operator: sign ? written(sign, source).toLowerCase() : '',
    operatorAt: sign ? spanOf(sign) : { from: 0, to: 0 },
    ...(bool && { bool: spanOf(bool) }),
    ...(matching && { matching: matchingOf(matching, source) }),
    ...(fill && { fill: spanOf(fill) }),
  };
};

const selectorOf = (node: SyntaxNode, source: Source): Selector => {
  const name = node.getChild('Identifier');
  const inBraces = node.getChild('LabelMatchers');
  const matchers: Matcher[] = [];
  let quoted: string | undefined;
  for (const child of inBraces ? childrenOf(inBraces) : []) {
    const [label, operator, value] = childrenOf(child);
    const token = value && tokenOf(value, source);
    if (child.name === 'QuotedLabelName') quoted = tokenOf(child, source)?.text;
    else if (label && operator && value && token)
      matchers.push({
        ...spanOf(child),
        name: tokenOf(label, source)?.text ?? '',
        operator: written(operator, source) as MatchOperator,
        value: token.text,
        valueAt: spanOf(value),
        isUtf8: token.isUtf8,
        isQuoted: child.name === 'QuotedLabelMatcher',
      });
  }
  const called = name ? written(name, source) : quoted;
  return {
    kind: 'selector',
    ...spanOf(node),
    ...(called !== undefined && { name: called }),
    isQuoted: quoted !== undefined,
    matchers,
  };
};

const argsOf = (node: SyntaxNode, source: Source): Expr[] => {
  const body = node.getChild('FunctionCallBody');
  return body ? childrenOf(body).map((argument) => arrange(argument, source)) : [];
};

const callOf = (node: SyntaxNode, source: Source): Expr => {
  const token = tokenOf(node, source);
  return {
    kind: 'call',
    ...spanOf(node),
    name: token?.text ?? '',
    nameAt: spanOf(token ?? node),
    args: argsOf(node, source),
  };
};

const aggregateOf = (node: SyntaxNode, source: Source): Expr => {
  const modifier = node.getChild('AggregateModifier');
  const labels = modifier?.getChild('GroupingLabels');
  const token = tokenOf(node, source);
  return {
    kind: 'aggregate',
    ...spanOf(node),
    operator: token?.text.toLowerCase() ?? '',
    operatorAt: spanOf(token ?? node),
    args: argsOf(node, source),
    ...(modifier &&
      labels && {
        grouping: {
          word: modifier.getChild('By') ? ('by' as const) : ('without' as const),
          labels: labelsOf(labels, source),
        },
      }),
  };
};

const postfixOf = (node: SyntaxNode, rest: readonly SyntaxNode[], source: Source): ((of: Expr) => Expr) => {
  const [first, second] = rest;
  const span = (of: Expr): Span => ({ from: of.from, to: node.to });
  if (node.name === 'OffsetExpr' && second) {
    const duration = offsetOf(second, source);
    return (of) => ({ kind: 'offset', ...span(of), of, duration });
  }
  if (node.name === 'StepInvariantExpr' && second) {
    const text = written(second, source);
    const digits = text.replace(/^[-+]\s*/, '');
    const ms = durationMs(digits);
    const sign = text.startsWith('-') ? -1 : 1;
    const edge = second.name === 'AtModifierPreprocessors';
    const at = edge ? (text.toLowerCase() as 'start' | 'end') : sign * (numberOf(digits) ?? (ms ?? NaN) / 1_000);
    return (of) => ({ kind: 'at', ...span(of), of, at, text: digits });
  }
  const durations = rest.filter((child) => child.name === 'DurationExpr').map((child) => durationOf(child, source));
  const [duration, step] = durations;
  if (node.name === 'SubqueryExpr' && duration)
    return (of) => ({ kind: 'subquery', ...span(of), of, duration, ...(step && { step }) });
  if (node.name === 'MatrixSelector' && duration) return (of) => ({ kind: 'range', ...span(of), of, duration });
  const how = first?.name === 'Anchored' ? 'anchored' : 'smoothed';
  return (of) => ({ kind: 'extended', ...span(of), of, how });
};

const operand = (expr: Expr): Item => ({ is: 'operand', expr });

const numberItems = (node: SyntaxNode, source: Source): Item[] => {
  const sign = source.text[node.from];
  const signed = sign === '-' || sign === '+';
  const token = signed ? [...source.tokenAt.values()].find(({ to }) => to === node.to) : tokenOf(node, source);
  const text = token?.text ?? '';
  const ms = durationMs(text);
  const value = numberOf(text) ?? (ms ?? NaN) / 1_000;
  const literal = operand({
    kind: 'number',
    from: token?.from ?? node.from,
    to: node.to,
    value,
    text,
  });
  return signed ? [{ is: 'prefix', from: node.from, operator: sign }, literal] : [literal];
};

const itemsOf = (node: SyntaxNode, source: Source): Item[] => {
  const children = childrenOf(node);
  const [first, ...rest] = children;
  const last = children.at(-1);
  switch (node.name) {
    case 'BinaryExpr': {
      const operator = operatorOf(children.slice(1, -1), source);
      return first && last ? [...itemsOf(first, source), { is: 'infix', operator }, ...itemsOf(last, source)] : [];
    }
    case 'UnaryExpr': {
      const operator = source.text[node.from] === '-' ? '-' : '+';
      return last ? [{ is: 'prefix', from: node.from, operator }, ...itemsOf(last, source)] : [];
    }
    case 'NumberDurationLiteral':
      return numberItems(node, source);
    case 'StringLiteral':
      return [operand({ kind: 'string', ...spanOf(node), value: tokenOf(node, source)?.text ?? '' })];
    case 'VectorSelector':
      return [operand(selectorOf(node, source))];
    case 'FunctionCall':
      return [operand(callOf(node, source))];
    case 'AggregateExpr':
      return [operand(aggregateOf(node, source))];
    case 'ParenExpr':
      return first ? [operand({ kind: 'paren', ...spanOf(node), of: arrange(first, source) })] : [];
    default:
      return first ? [...itemsOf(first, source), { is: 'postfix', onto: postfixOf(node, rest, source) }] : [];
  }
};

const LEVELS = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>', '</', '>/'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const levelOf = (operator: string): number => LEVELS.findIndex((level) => level.includes(operator));
const POWER = levelOf('^');

/**
 * The grammar of the package was made for editors: it lets `offset`, `@` and `[5m]` reach over operators, as if
 * `a + b offset 5m` were `(a + b) offset 5m`. So the operands and operators are put together here once more, as
 * tightly as `promql/parser/generated_parser.y` does.
 */
export const arrange = (node: SyntaxNode, source: Source): Expr => {
  const items = itemsOf(node, source);
  let next = 0;
  const operandHere = (): Expr => {
    const item = items[next++];
    if (item?.is === 'prefix') {
      const of = upFrom(POWER);
      return { kind: 'unary', from: item.from, to: of.to, operator: item.operator, of };
    }
    if (item?.is !== 'operand') throw new Error(`${node.name} has no operand at ${node.from}`);
    let { expr } = item;
    for (let after = items[next]; after?.is === 'postfix'; after = items[next]) {
      expr = after.onto(expr);
      next++;
    }
    return expr;
  };
  const upFrom = (lowest: number): Expr => {
    let left = operandHere();
    for (let item = items[next]; item?.is === 'infix'; item = items[next]) {
      const level = levelOf(item.operator.operator);
      if (level < lowest) break;
      next++;
      const right = upFrom(level === POWER ? level : level + 1);
      left = { kind: 'binary', from: left.from, to: right.to, left, right, ...item.operator };
    }
    return left;
  };
  return upFrom(0);
};
