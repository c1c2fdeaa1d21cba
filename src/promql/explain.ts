import { problemAt, type Problem } from './problem.ts';
import type { Token } from './scan.ts';

const isSymbol = (token: Token | undefined, ...texts: readonly string[]): boolean =>
  token?.kind === 'symbol' && texts.includes(token.text);

const innermostOf = (tokens: readonly Token[]): string | undefined => {
  const open: string[] = [];
  for (const token of tokens)
    if (isSymbol(token, '(', '[', '{')) open.push(token.text);
    else if (isSymbol(token, ')', ']', '}')) open.pop();
  return open.at(-1);
};

const AGGREGATES = /^(?:sum|avg|count|min|max|group|stddev|stdvar|topk|bottomk|count_values|quantile)$/i;
const OPERATORS = /^(?:[-+*/%^<>]|==|!=|<=|>=|and|or|unless|atan2|bool)$/i;

const quoted = (token: Token): string => (token.kind === 'string' ? 'the string' : `"${token.text}"`);

const sentence = (before: Token | undefined, found: Token | undefined, innermost: string | undefined): string => {
  const place = found ? `before ${quoted(found)}` : 'at the end';
  if (innermost === '{')
    return `write label="value" between { and }, with commas between them; ${found ? `${quoted(found)} does not fit` : 'something is missing'} here`;
  if (innermost === '[')
    return `expected a duration ${before ? `after ${quoted(before)}` : 'here'}, such as 5m or 1h30m`;
  if (before?.kind === 'word' && before.text.toLowerCase() === 'offset')
    return 'expected a duration after "offset", such as 5m or 1d';
  if (isSymbol(before, '@')) return 'expected a time in seconds after "@", or start() or end()';
  if (isSymbol(found, '=')) return '"=" stands only between { and }: compare values with ==';
  if (isSymbol(found, '=~', '!~'))
    return `"${found?.text}" stands only between { and }, as in {label${found?.text}"regex"}`;
  if (isSymbol(before, ',') && isSymbol(found, ')'))
    return 'a value is missing after the comma: add it, or take the comma out';
  if (before && (OPERATORS.test(before.text) || isSymbol(before, '(')) && before.kind !== 'string')
    return `a value is missing ${place}, after "${before.text}": add it`;
  if (before?.kind === 'word' && AGGREGATES.test(before.text))
    return `write what to aggregate in brackets: ${before.text}(...)`;
  if (isSymbol(before, ')') && !found)
    return 'something is missing at the end: add the expression that this belongs to';
  if (before?.kind === 'word' && isSymbol(found, '('))
    return `"${before.text}" is no function: check how it is spelled`;
  if (before && found && !isSymbol(found, ')', ',', ']'))
    return `${quoted(found)} cannot follow ${quoted(before)}: put an operator or a comma between them, or take one away`;
  if (found) return `${quoted(found)} does not fit here: take it out, or write the value that belongs before it`;
  return 'the expression ends too early: write the rest of it';
};

/** A sentence for the place where the grammar lost its way: what stands there, and what could. */
export const explain = (tokens: readonly Token[], from: number): Problem => {
  const at = tokens.findIndex((token) => token.to > from);
  const index = at < 0 ? tokens.length : at;
  const found = tokens[index];
  const before = tokens[index - 1];
  const end = tokens.at(-1)?.to ?? 0;
  return problemAt(found ?? { from: end, to: end }, sentence(before, found, innermostOf(tokens.slice(0, index))));
};
