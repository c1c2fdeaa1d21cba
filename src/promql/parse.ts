import { parser } from '@prometheus-io/lezer-promql';
import { arrange } from './arrange.ts';
import { explain } from './explain.ts';
import { problemAt, type Problem } from './problem.ts';
import { scan, type Token } from './scan.ts';
import type { Expr } from './tree.ts';

export type Parsed = { readonly expr: Expr } | { readonly problem: Problem };

/** Words that may stand before "(" without being the name of a function. */
const NO_FUNCTION = new Set(
  (
    'and or unless atan2 sum avg count min max group stddev stdvar topk bottomk count_values quantile limitk limit_ratio ' +
    'offset by without on ignoring group_left group_right bool inf nan fill fill_left fill_right'
  ).split(' '),
);
const OPERATORS = new Set('+ - * / % ^ == != < <= > >= </ >/ ( ,'.split(' '));
const WORD_OPERATORS = new Set(['and', 'or', 'unless', 'atan2']);
/** Functions that stand for a length of time, since Prometheus 3.4. */
const LENGTHS = new Set(['step', 'range', 'min_of', 'max_of']);
const MODIFIERS = new Set(['bool', 'group_left', 'group_right']);

/** Whether a value is to follow this token; `begins` says whether one was to begin with it. */
const awaitsValue = (token: Token, begins: boolean): boolean => {
  if (token.kind === 'symbol') return OPERATORS.has(token.text);
  const word = token.kind === 'word' ? token.text.toLowerCase() : '';
  return MODIFIERS.has(word) || (!begins && WORD_OPERATORS.has(word));
};

/** A word of the same length that the grammar is sure to know for what it is. */
const standIn = (token: Token, before: Token | undefined, after: Token | undefined, begins: boolean): string => {
  const length = token.to - token.from;
  if (token.kind === 'number' || token.kind === 'duration') return '1'.repeat(length);
  if (token.kind === 'string') return `"${'x'.repeat(length - 2)}"`;
  const word = token.text.toLowerCase();
  if (token.kind === 'symbol') return token.text;
  if (word === 'offset' && begins) return 'metric';
  const isCall = after?.kind === 'symbol' && after.text === '(' && before?.text !== '@' && !NO_FUNCTION.has(word);
  return isCall && length > 1 ? (length === 2 ? 'ln' : 'abs').padEnd(length) : token.text;
};

/**
 * The text that the grammar reads: as long as the original, but with every literal, comment and function name replaced
 * by one that the grammar reads as Prometheus does. It has its own mind about numbers and escapes, and does not know
 * functions of other versions.
 */
const readable = (tokens: readonly Token[]): string => {
  let text = '';
  let begins = true;
  let isLength = false;
  let depth = 0;
  tokens.forEach((token, at) => {
    const before = tokens[at - 1];
    const seen = isLength && token.kind === 'word' ? token.text : standIn(token, before, tokens[at + 1], begins);
    text = text.padEnd(token.from) + seen;
    // What follows "[" or the word offset is a length of time, in which step() and others are words of their own.
    if (token.kind === 'symbol' && '[('.includes(token.text)) depth += isLength ? 1 : 0;
    else if (token.kind === 'symbol' && '])'.includes(token.text)) isLength &&= --depth > 0;
    else if (isLength && depth === 0 && token.kind !== 'symbol') isLength = LENGTHS.has(token.text);
    const isOffset = !begins && token.kind === 'word' && token.text.toLowerCase() === 'offset';
    if (!isLength && (isOffset || (token.kind === 'symbol' && token.text === '['))) {
      isLength = true;
      depth = isOffset ? 0 : 1;
    }
    begins = awaitsValue(token, begins);
  });
  return text;
};

/** The syntax tree of a PromQL expression, or the first thing in it that is no PromQL of any version. */
export const parse = (text: string): Parsed => {
  const scanned = scan(text);
  if ('problem' in scanned) return scanned;
  const { tokens } = scanned;
  if (tokens.length === 0)
    return { problem: problemAt({ from: 0, to: text.length }, 'there is no expression: write one') };
  const tree = parser.parse(readable(tokens));
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return { problem: explain(tokens, cursor.from) };
  } while (cursor.next());
  const top = tree.topNode.firstChild;
  if (!top) return { problem: problemAt({ from: 0, to: text.length }, 'there is no expression: write one') };
  return { expr: arrange(top, { text, tokenAt: new Map(tokens.map((token) => [token.from, token])) }) };
};
