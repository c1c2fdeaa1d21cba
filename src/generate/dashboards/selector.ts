import { quote } from '../../promql/print.ts';

/** Matchers of a selector, between its braces: `system="shop",service=~"$service"`. */
export type Scope = string;

/** Exactly these labels. */
export const scopeOf = (labels: Readonly<Record<string, string>>): Scope =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join(',');

/** The labels that the reader picked; those of `many` may have several values, or all. */
export const picked = (names: readonly string[], many: readonly string[] = []): Scope =>
  names.map((name) => (many.includes(name) ? `${name}=~"$${name}"` : `${name}="$${name}"`)).join(',');

/** `metric{scope}`, without empty braces. */
export const select = (metric: string, ...scopes: readonly Scope[]): string => {
  const matchers = scopes.filter((scope) => scope !== '').join(',');
  return matchers ? `${metric}{${matchers}}` : metric;
};
