import { durationMs, numberOf, readString } from './literal.ts';
import { problemAt, type Problem, type Span } from './problem.ts';

export type TokenKind = 'word' | 'number' | 'duration' | 'string' | 'symbol';
/** `text` as written, but for a string its decoded value; `isUtf8` is false for a string with broken bytes in it. */
export type Token = Span & { readonly kind: TokenKind; readonly text: string; readonly isUtf8: boolean };

const SPACE = /[ \t\r\n]+|#[^\r\n]*/y;
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const NUMERIC =
  /(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F]*)?|[\d_]*(?:\.[\d_]*)?)(?:[eE][+-]?[\d_]*)?(?![a-zA-Z0-9_])|\d[\w.]*/y;
const SYMBOL = /==|!=|<=|>=|=~|!~|<\/|>\/|[-+*/%^<>=()[\]{},:@]/y;
const OPENS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSES = new Set(Object.values(OPENS));
const NAMES: Readonly<Record<string, string>> = { '(': 'bracket "("', '[': 'bracket "["', '{': 'brace "{"' };

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const numeric = (text: string, span: Span): Token | { problem: Problem } => {
  if (numberOf(text) !== undefined) return { kind: 'number', text, isUtf8: true, ...span };
  const ms = durationMs(text);
  if (ms !== undefined) return { kind: 'duration', text, isUtf8: true, ...span };
  const message = /^\d[\d.]*[a-z]/.test(text)
    ? `"${text}" is not a duration: write whole numbers with y, w, d, h, m, s, ms, the longest first, such as 1h30m`
    : `"${text}" is not a number that Prometheus can hold: write it in digits, such as 0.5 or 1e3`;
  return { problem: problemAt(span, message) };
};

/** What a stray character most likely was meant to be. */
const stray = (text: string, at: number, open: string | undefined): string => {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (open === '{') return `${JSON.stringify(character)} does not belong between { and }: write label="value"`;
  if (character === '$') return 'a variable ("$…") is not PromQL: write the value itself';
  if (character === '&' || character === '|')
    return `"${character}" is no operator: write ${character === '&' ? 'and' : 'or'}`;
  if (character === '!') return '"!" is no operator on its own: write != or unless';
  if (character === ';') return 'an expression does not end with ";": leave it away';
  if (/[“”„‘’]/.test(character)) return `${character} is a typographic quote: write a straight one (")`;
  return `the character ${JSON.stringify(character)} does not belong in an expression: take it out`;
};

/**
 * The words of an expression as the lexer of Prometheus finds them (`promql/parser/lex.go`), or the first thing that is
 * none. Comments and white space are left out; brackets are known to be paired.
 */
export const scan = (text: string): { tokens: Token[] } | { problem: Problem } => {
  const tokens: Token[] = [];
  const open: Token[] = [];
  for (let at = 0; at < text.length;) {
    const space = match(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const innermost = open.at(-1)?.text;
    const first = text[at] ?? '';
    if (first === '"' || first === "'" || first === '`') {
      const string = readString(text, at);
      if ('problem' in string) return string;
      tokens.push({ kind: 'string', from: at, to: string.to, text: string.value, isUtf8: string.isUtf8 });
      at = string.to;
      continue;
    }
    const word = match(innermost === '[' || innermost === '{' ? LABEL : WORD, text, at);
    const number = innermost !== '{' && /[\d.]/.test(first) ? match(NUMERIC, text, at) : undefined;
    const symbol = word ?? number ?? match(SYMBOL, text, at);
    if (symbol === undefined) return { problem: problemAt({ from: at, to: at + 1 }, stray(text, at, innermost)) };
    const span = { from: at, to: at + symbol.length };
    const token =
      number === undefined
        ? ({ kind: word === undefined ? 'symbol' : 'word', text: symbol, isUtf8: true, ...span } as const)
        : numeric(symbol, span);
    if ('problem' in token) return token;
    const wrong = token.kind === 'symbol' ? pair(token, open) : touching(token, tokens.at(-1));
    if (wrong) return { problem: wrong };
    tokens.push(token);
    at = span.to;
  }
  const unclosed = open.at(-1);
  if (unclosed)
    return {
      problem: problemAt(unclosed, `the ${NAMES[unclosed.text]} is not closed: add ${OPENS[unclosed.text]}`),
    };
  return { tokens };
};

/** `1.5.5` would read as two numbers. */
const touching = (token: Token, before: Token | undefined): Problem | undefined =>
  token.kind === 'number' && before?.kind === 'number' && before.to === token.from
    ? problemAt({ from: before.from, to: token.to }, `"${before.text}${token.text}" is not a number: it has two points`)
    : undefined;

/** Keeps `open` in step with a bracket, and says when it cannot stand here. */
const pair = (token: Token, open: Token[]): Problem | undefined => {
  const innermost = open.at(-1);
  if (token.text in OPENS) {
    if (innermost?.text === '{' || (innermost?.text === '[' && token.text !== '('))
      return problemAt(
        token,
        `the ${NAMES[innermost.text]} is not closed before this "${token.text}": add ${OPENS[innermost.text]}`,
      );
    open.push(token);
  }
  if (!CLOSES.has(token.text)) return undefined;
  if (innermost === undefined)
    return problemAt(token, `"${token.text}" closes a bracket that was never opened: take it out`);
  if (OPENS[innermost.text] !== token.text)
    return problemAt(
      token,
      `"${token.text}" stands where the ${NAMES[innermost.text]} is still open: close that with ${OPENS[innermost.text]} first`,
    );
  open.pop();
  return undefined;
};
