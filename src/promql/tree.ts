import type { Span } from './problem.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';
/** `label="value"` with the value decoded; `valueAt` is the string with its quotes. */
export type Matcher = Span & {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  readonly valueAt: Span;
  readonly isUtf8: boolean;
  readonly isQuoted: boolean;
};
/** A length of time in an expression; without `ms` where it is computed, as `5m * 2` may be since Prometheus 3.4. */
export type Duration = Span & { readonly text: string; readonly ms?: number; readonly isPlain: boolean };
export type Labels = Span & { readonly names: readonly (Span & { name: string; isQuoted: boolean })[] };

export type Selector = Span & {
  readonly kind: 'selector';
  readonly name?: string;
  readonly isQuoted: boolean;
  readonly matchers: readonly Matcher[];
};
export type Range = Span & { readonly kind: 'range'; readonly of: Expr; readonly duration: Duration };
export type Subquery = Span & {
  readonly kind: 'subquery';
  readonly of: Expr;
  readonly duration: Duration;
  readonly step?: Duration;
};
export type Offset = Span & { readonly kind: 'offset'; readonly of: Expr; readonly duration: Duration };
/** `@ 1609746000` (seconds), `@ start()` or `@ end()`. */
export type At = Span & {
  readonly kind: 'at';
  readonly of: Expr;
  readonly at: number | 'start' | 'end';
  /** What stands after the sign, as written. */
  readonly text: string;
};
export type Extended = Span & { readonly kind: 'extended'; readonly of: Expr; readonly how: 'anchored' | 'smoothed' };
export type Call = Span & {
  readonly kind: 'call';
  readonly name: string;
  readonly nameAt: Span;
  readonly args: readonly Expr[];
};
export type Aggregate = Span & {
  readonly kind: 'aggregate';
  readonly operator: string;
  readonly operatorAt: Span;
  readonly args: readonly Expr[];
  readonly grouping?: { readonly word: 'by' | 'without'; readonly labels: Labels };
};
export type Matching = {
  readonly word: 'on' | 'ignoring';
  readonly labels: Labels;
  readonly group?: Span & { readonly word: 'group_left' | 'group_right'; readonly labels?: Labels };
};
export type Operator = {
  readonly operator: string;
  readonly operatorAt: Span;
  readonly bool?: Span;
  readonly matching?: Matching;
  readonly fill?: Span;
};
export type Binary = Span & Operator & { readonly kind: 'binary'; readonly left: Expr; readonly right: Expr };
export type Unary = Span & { readonly kind: 'unary'; readonly operator: '+' | '-'; readonly of: Expr };
export type Paren = Span & { readonly kind: 'paren'; readonly of: Expr };
/** A number, or since Prometheus 2.54 a duration that stands for its seconds. */
export type NumberLiteral = Span & {
  readonly kind: 'number';
  readonly value: number;
  readonly text: string;
};
export type StringLiteral = Span & { readonly kind: 'string'; readonly value: string };

export type Expr =
  | Selector
  | Range
  | Subquery
  | Offset
  | At
  | Extended
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren
  | NumberLiteral
  | StringLiteral;

/** The expressions right below this one, in the order of the text. */
export const partsOf = (expr: Expr): readonly Expr[] => {
  switch (expr.kind) {
    case 'selector':
    case 'number':
    case 'string':
      return [];
    case 'call':
    case 'aggregate':
      return expr.args;
    case 'binary':
      return [expr.left, expr.right];
    case 'range':
    case 'subquery':
    case 'offset':
    case 'at':
    case 'extended':
    case 'unary':
    case 'paren':
      return [expr.of];
  }
};

/** Every expression of the tree, each before its parts. */
export const walk = function* (expr: Expr): Generator<Expr> {
  yield expr;
  for (const part of partsOf(expr)) yield* walk(part);
};

/** A selector as it is used: with the range and the offset that apply to it itself (not those of a subquery around it). */
export type Selected = {
  readonly selector: Selector;
  readonly range?: Duration;
  readonly offset?: Duration;
  readonly at?: At['at'];
};

/** Every vector selector of the expression, in the order of the text. */
export const selectorsOf = (expr: Expr, around: Omit<Selected, 'selector'> = {}): readonly Selected[] => {
  switch (expr.kind) {
    case 'selector':
      return [{ selector: expr, ...around }];
    case 'range':
      return selectorsOf(expr.of, { ...around, range: expr.duration });
    case 'offset':
      return selectorsOf(expr.of, { ...around, offset: expr.duration });
    case 'at':
      return selectorsOf(expr.of, { ...around, at: expr.at });
    case 'extended':
      return selectorsOf(expr.of, around);
    case 'subquery':
    case 'call':
    case 'aggregate':
    case 'binary':
    case 'unary':
    case 'paren':
    case 'number':
    case 'string':
      return partsOf(expr).flatMap((part) => selectorsOf(part));
  }
};
