import type { Span } from './problem.ts';

/** A variable of Grafana (`$job`, `${job:regex}`, `[[job]]`, `$__rate_interval`) or of a template (`{{.window}}`). */
export type Variable = Span & { readonly name: string };

const VARIABLE = /\$\{([a-zA-Z_]\w*)[^}]*\}|\$([a-zA-Z_]\w*)|\[\[(\w+)(?::\w+)?\]\]|\{\{-?\s*\.?\$?([\w.]*)[^}]*\}\}/g;
const NUMBERS = /^__(?:interval_ms|rate_interval_ms|range_s|range_ms|from|to)$/;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*$/i;
const OFFSET = /\boffset\s+-?$/i;
const SCALAR =
  /(?:[-+*/%^<>=!,]|\b(?:bool|topk|bottomk|quantile|limitk|limit_ratio|histogram_quantile|quantile_over_time|vector)\s*\()\s*$/i;

/** The kind of quotes that `text` leaves open at its end, and the `{` or `[` that is open there. */
const openAtEndOf = (text: string): { quote: string; open: string } => {
  let quote = '';
  let open = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === '\\' && quote !== '`') at++;
      else if (character === quote) quote = '';
    } else if (character === '#') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if ('"\'`'.includes(character)) quote = character;
    else if ('{[]}'.includes(character)) open = '{['.includes(character) ? character : '';
  }
  return { quote, open };
};

const filled = (start: string, fill: string, end: string, length: number): string =>
  start + fill.repeat(Math.max(0, length - start.length - end.length)) + end;

const number = (length: number): string => filled('', '0', '1', length);

/** What can stand for a variable between `before` and `after`, so that the whole reads as PromQL. */
const standIn = (name: string, before: string, after: string, length: number): string => {
  const { quote, open } = openAtEndOf(before);
  const brace = open === '{';
  if (quote !== '') return 'x'.repeat(length);
  if (brace && /[=~]\s*$/.test(before)) return filled('"', 'x', '"', length);
  if (brace && (/^\s*[=!\w]/.test(after) || /\w$/.test(before))) return 'x'.repeat(length);
  // A whole matcher, or nothing where it is too short for one: a comma may stand last.
  if (brace) return length < 4 ? ' '.repeat(length) : filled('x="', 'x', '"', length);
  if (open === '[' || OFFSET.test(before)) return /^[a-z]/.test(after) ? number(length) : filled('', '0', '1m', length);
  if (GROUPING.test(before) || /[\w:]$/.test(before) || /^\s*[[{]/.test(after) || /^[\w:]/.test(after))
    return 'x'.repeat(length);
  if (/^\s*\(/.test(after)) return 'sum'.padEnd(length);
  return NUMBERS.test(name) || SCALAR.test(before) ? number(length) : 'x'.repeat(length);
};

/**
 * The text with a stand-in of the same length for every variable, so that it can be read as PromQL and every offset
 * still is one of the original. What a variable may hold is not known: the stand-in is a duration between `[` and `]`,
 * a name before `{` or `[` and in `by (...)`, a number after an operator, `sum` before a bracket.
 */
export const withStandIns = (text: string): { text: string; variables: readonly Variable[] } => {
  const variables: Variable[] = [];
  let replaced = '';
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, braced, plain, doubled, template] = match;
    const name = braced ?? plain ?? doubled ?? template ?? '';
    const { index } = match;
    const before = replaced + text.slice(replaced.length, index);
    variables.push({ from: index, to: index + whole.length, name });
    replaced = before + standIn(name, before, text.slice(index + whole.length), whole.length);
  }
  return { text: replaced + text.slice(replaced.length), variables };
};
