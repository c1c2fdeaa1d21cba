/** What is known of a pattern: whether it matches the empty text as a whole, as matchers are anchored. */
export type Pattern = { readonly matchesEmpty: boolean } | { readonly problem: string };

/** A part of a pattern: whether it can match nothing, and how many copies its counted repetitions make. */
type Part = { readonly empty: boolean; readonly copies: number };
type Frame = { readonly done: Part[]; parts: Part[] };

const MOST_COPIES = 1_000;
const REPEAT = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*|))?\}/y;
const FLAGS = /\(\?(?:[imsU]*(?:-[imsU]+)?)([:)])/y;
const NAMED = /\(\?P<(\w+)>/y;
const ESCAPE =
  /\\(?:[dDsSwWafnrtv]|0[0-7]{0,2}|[1-7][0-7]{1,2}|x[\da-fA-F]{2}|x\{[\da-fA-F]+\}|[^\p{L}\p{N}\u0080-\u{10ffff}])/uy;
const UNICODE = /\\[pP](?:\{\^?([^}]*)\}|([A-Za-z]))/y;
const POSIX = /\[:\^?([^]*?):\]/y;
const POSIX_CLASSES = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);
const ONE: Part = { empty: false, copies: 1 };
const NOTHING: Part = { empty: true, copies: 1 };

const at = (pattern: RegExp, text: string, index: number): RegExpExecArray | null => {
  pattern.lastIndex = index;
  return pattern.exec(text);
};

/** JavaScript also takes the four letters of a script's code; of these, Go has those that are a name as well. */
const SHORT_SCRIPTS = new Set(['Ahom', 'Cham', 'Lisu', 'Modi', 'Newa', 'Thai']);

const isUnicodeClass = (name: string): boolean => {
  if (name === 'Any') return true;
  if (!/^[A-Z][A-Za-z_]*$/.test(name) || name === 'Cn' || name === 'LC') return false;
  if (name.length === 4 && !SHORT_SCRIPTS.has(name)) return false;
  const property = name.length <= 2 && name !== 'Yi' ? 'General_Category' : 'Script';
  try {
    return new RegExp(`\\p{${property}=${name}}`, 'u').unicode;
  } catch {
    return false;
  }
};

const concatenated = (parts: readonly Part[]): Part => ({
  empty: parts.every(({ empty }) => empty),
  copies: Math.max(1, ...parts.map(({ copies }) => copies)),
});
const alternated = ({ done, parts }: Frame): Part => {
  const all = [...done, concatenated(parts)];
  return { empty: all.some(({ empty }) => empty), copies: Math.max(...all.map(({ copies }) => copies)) };
};

type Read = { readonly to: number; readonly code?: number } | { readonly problem: string };

/** `\n`, `\x41`, `\.`; `code` where it stands for one character. */
const readEscape = (text: string, index: number): Read => {
  const unicode = at(UNICODE, text, index);
  if (unicode) {
    const name = unicode[1] ?? unicode[2] ?? '';
    return isUnicodeClass(name)
      ? { to: UNICODE.lastIndex }
      : { problem: `RE2 knows no class of characters "${unicode[0]}": use one such as \\pL or \\p{Greek}` };
  }
  const found = at(ESCAPE, text, index)?.[0];
  const to = ESCAPE.lastIndex;
  const mark = text[index + 1];
  if (found === undefined) {
    if (mark === undefined) return { problem: 'it ends with a backslash: take it out, or write two for one' };
    if (/[1-9]/.test(mark)) return { problem: `RE2 has no references back such as \\${mark}: write the text out` };
    return { problem: `RE2 knows no "\\${mark}": leave the backslash away, or write two for a real one` };
  }
  const hex = /^\\x\{?([\da-fA-F]+)/.exec(found)?.[1];
  if (hex !== undefined) {
    const code = Number.parseInt(hex, 16);
    return code > 0x10_ffff ? { problem: `"${found}" stands for no character` } : { to, code };
  }
  if (/^\\\d/.test(found)) return { to, code: Number.parseInt(found.slice(1), 8) };
  if (/^\\[dDsSwW]/.test(found)) return { to };
  const controls: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
  return { to, code: controls[found[1] ?? ''] ?? found.codePointAt(1) ?? 0 };
};

/** `[a-z\d[:alpha:]]` from its bracket to the one that closes it. */
const readClass = (text: string, from: number): Read => {
  const unclosed = { problem: 'a "[" is not closed: add ], or write \\[ for the character' };
  let index = from + 1;
  if (text[index] === '^') index++;
  for (let first = true; first || text[index] !== ']'; first = false) {
    if (index >= text.length) return unclosed;
    const posix = text.startsWith('[:', index) ? at(POSIX, text, index) : null;
    if (posix) {
      if (!POSIX_CLASSES.has(posix[1] ?? '')) return { problem: `RE2 knows no class of characters "${posix[0]}"` };
      index = POSIX.lastIndex;
      continue;
    }
    const low = readOne(text, index);
    if ('problem' in low) return low;
    index = low.to;
    if (low.code === undefined || text[index] !== '-' || text[index + 1] === ']') continue;
    if (index + 1 >= text.length) return unclosed;
    const high = readOne(text, index + 1);
    if ('problem' in high) return high;
    if (high.code === undefined || high.code < low.code)
      return { problem: `the range "${text.slice(index - 1, high.to)}" in [...] runs backwards: turn it around` };
    index = high.to;
  }
  return { to: index + 1 };
};

const readOne = (text: string, index: number): Read => {
  if (text[index] === '\\') return readEscape(text, index);
  const code = text.codePointAt(index) ?? 0;
  return { to: index + (code > 0xffff ? 2 : 1), code };
};

const openGroup = (text: string, index: number): { to: number; opens: boolean } | { problem: string } => {
  if (text[index + 1] !== '?') return { to: index + 1, opens: true };
  if (at(NAMED, text, index)) return { to: NAMED.lastIndex, opens: true };
  const flags = at(FLAGS, text, index);
  if (flags) return { to: FLAGS.lastIndex, opens: flags[1] === ':' };
  const start = text.slice(index, index + 3);
  if (/^\(\?<?[=!]/.test(text.slice(index, index + 4)))
    return {
      problem: `RE2 has no look-ahead or look-behind such as "${text.slice(index, index + (start === '(?<' ? 4 : 3))}": say it with a second matcher (!~)`,
    };
  if (start === '(?<') return { problem: 'older Prometheus knows no (?<name>...): write (...)' };
  return { problem: `RE2 knows no group that begins with "${start}": write (...)` };
};

/**
 * Whether RE2 as Prometheus uses it (Go's `regexp/syntax`, Perl flags) takes a pattern. JavaScript takes more:
 * look-arounds and references back.
 */
export const readRegex = (text: string): Pattern => {
  const frames: Frame[] = [{ done: [], parts: [] }];
  let repeated = false;
  for (let index = 0; index < text.length;) {
    const frame = frames.at(-1);
    if (!frame) break;
    const mark = text[index] ?? '';
    const wasRepeated = repeated;
    repeated = false;
    if (mark === '(') {
      const group = openGroup(text, index);
      if ('problem' in group) return group;
      if (group.opens) frames.push({ done: [], parts: [] });
      index = group.to;
    } else if (mark === ')') {
      if (frames.length === 1)
        return { problem: 'a ")" closes a group that was never opened: write \\) for the character' };
      frames.pop();
      frames.at(-1)?.parts.push(alternated(frame));
      index++;
    } else if (mark === '|') {
      frame.done.push(concatenated(frame.parts));
      frame.parts = [];
      index++;
    } else if ('*+?'.includes(mark) || (mark === '{' && at(REPEAT, text, index))) {
      const counted = mark === '{' ? at(REPEAT, text, index) : null;
      const [whole = mark, min = '0', comma, max] = counted ?? [];
      const part = frame.parts.pop();
      if (part === undefined) return { problem: `"${whole}" repeats nothing: write \\${mark} for the character` };
      if (wasRepeated) return { problem: `"${whole}" repeats what is repeated already: put brackets around that` };
      const [least, most] = [Number(min), comma === undefined ? Number(min) : max === '' ? -1 : Number(max)];
      if (least > MOST_COPIES || most > MOST_COPIES || (most >= 0 && counted && least > most))
        return { problem: `"${whole}" cannot be: RE2 repeats 1000 times at most, the smaller number first` };
      const copies = most === 0 && counted ? 0 : Math.max(1, most < 0 ? least : most) * part.copies;
      const repeat = counted
        ? { empty: least === 0 || part.empty, copies }
        : { ...part, empty: mark !== '+' || part.empty };
      if (repeat.copies > MOST_COPIES)
        return { problem: 'it repeats more than 1000 times in all: make the numbers smaller' };
      frame.parts.push(repeat);
      index += whole.length;
      if (text[index] === '?') index++;
      repeated = true;
    } else if (mark === '\\' && /[AzBbQC]/.test(text[index + 1] ?? '')) {
      const kind = text[index + 1];
      if (kind === 'C') return { problem: 'RE2 as Prometheus has it knows no "\\C": write . for any character' };
      if (kind !== 'Q') frame.parts.push(kind === 'b' ? { ...NOTHING, empty: false } : NOTHING);
      const end = kind === 'Q' ? text.indexOf('\\E', index + 2) : index + 2;
      if (end < 0) return { problem: '"\\Q" is not closed: add \\E' };
      if (kind === 'Q') for (const _ of text.slice(index + 2, end)) frame.parts.push(ONE);
      index = kind === 'Q' ? end + 2 : end;
    } else if (mark === '^' || mark === '$') {
      frame.parts.push(NOTHING);
      index++;
    } else {
      const read = mark === '[' ? readClass(text, index) : readOne(text, index);
      if ('problem' in read) return read;
      frame.parts.push(ONE);
      index = read.to;
    }
  }
  const [last, ...open] = frames.reverse();
  if (!last || open.length > 0) return { problem: 'a "(" is not closed: add ), or write \\( for the character' };
  return { matchesEmpty: alternated(last).empty };
};
