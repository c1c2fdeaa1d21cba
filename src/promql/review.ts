import type { ValueType, Version } from './functions.ts';
import type { Span } from './problem.ts';
import type { Expr } from './tree.ts';

/** A function or a form of writing that not every Prometheus since 2.0 takes as it is. */
export type Need = Span & {
  /** As a person calls it: `histogram_fraction`, `quoted names`. */
  readonly what: string;
  readonly since: Version;
  /** What it needs in `--enable-feature`. */
  readonly flag?: string;
  /** It works on native histograms only. */
  readonly isNative: boolean;
};

/** What the checks of the single forms share: they tell what is wrong, and what a form needs. */
export type Review = {
  readonly min: Version;
  /** Keeps the first problem; gives back nothing, so that a check may go on and name a type. */
  refuse(at: Span, message: string): void;
  need(
    at: Span,
    need: Omit<Need, keyof Span | 'isNative'> & { isNative?: boolean; until?: Version; instead?: string },
  ): void;
  typeOf(expr: Expr): ValueType;
  expect(expr: Expr, type: ValueType, where: string): void;
};

const NOUNS = {
  scalar: 'a number',
  vector: 'an instant vector',
  matrix: 'a range vector',
  string: 'a string',
} as const;
export const nounOf = (type: ValueType): string => NOUNS[type];
