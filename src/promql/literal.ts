import { problemAt, type Problem } from './problem.ts';

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNIT_MS = [365n * 86_400_000n, 7n * 86_400_000n, 86_400_000n, 3_600_000n, 60_000n, 1_000n, 1n];
/** Prometheus counts durations in nanoseconds of 63 bits: about 292 years. */
const LONGEST_MS = (2n ** 63n - 1n) / 1_000_000n;

/** `1h30m` → milliseconds; undefined when Prometheus would not take it: units out of order, fractions, over 292 years. */
export const durationMs = (text: string): number | undefined => {
  const parts = DURATION.exec(text)?.slice(1);
  if (text === '' || parts === undefined) return undefined;
  const ms = parts.reduce((total, part, at) => total + BigInt(part ?? 0) * (UNIT_MS[at] ?? 0n), 0n);
  return ms > LONGEST_MS ? undefined : Number(ms);
};

/** The value of a number as PromQL writes it; undefined when it is none, or beyond what a float can hold. */
export const numberOf = (text: string): number | undefined => {
  const plain = text.replace(/(?<=[\da-fA-F])_(?=[\da-fA-F])/g, '').toLowerCase();
  if (plain === 'inf') return Infinity;
  if (plain === 'nan') return NaN;
  if (/^0x[\da-f]+$/.test(plain)) return BigInt(plain) < 2n ** 63n ? Number(plain) : undefined;
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
};

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const CODED: Readonly<Record<string, readonly [digits: number, base: number, prefix: number]>> = {
  x: [2, 16, 1],
  u: [4, 16, 1],
  U: [8, 16, 1],
};
const BAD_ESCAPE = 'write a backslash as two (\\\\), or use one of \\n, \\t, \\", \\x41, \\u00e9';

type Escape = { bytes: Uint8Array; length: number } | { problem: string };

const encoder = new TextEncoder();

/** One escape that begins after the backslash at `at`. */
const escapeAt = (text: string, at: number, quote: string): Escape => {
  const mark = text[at] ?? '';
  if (mark === quote) return { bytes: encoder.encode(quote), length: 1 };
  const simple = SIMPLE[mark];
  if (simple !== undefined) return { bytes: Uint8Array.of(simple), length: 1 };
  const [digits, base, prefix] = CODED[mark] ?? (/[0-7]/.test(mark) ? [3, 8, 0] : [0, 0, 0]);
  const code = text.slice(at + prefix, at + prefix + digits);
  const valid = base === 8 ? /^[0-7]{3}$/ : /^[\da-fA-F]+$/;
  if (digits === 0 || code.length < digits || !valid.test(code))
    return { problem: `"\\${mark}" is no escape: ${BAD_ESCAPE}` };
  const value = Number.parseInt(code, base);
  const isByte = mark === 'x' || base === 8;
  if (value > (isByte ? 0xff : 0x10_ffff) || (value >= 0xd800 && value < 0xe000))
    return { problem: `"\\${text.slice(at, at + prefix + digits)}" stands for no character: ${BAD_ESCAPE}` };
  const bytes = isByte ? Uint8Array.of(value) : encoder.encode(String.fromCodePoint(value));
  return { bytes, length: prefix + digits };
};

export type Quoted = { readonly to: number; readonly value: string; readonly isUtf8: boolean };

/** The string that begins with a quote at `from`, by the rules of Go's `strconv.Unquote` as Prometheus applies them. */
export const readString = (text: string, from: number): Quoted | { problem: Problem } => {
  const quote = text[from] ?? '"';
  const rest = { from, to: text.length };
  const raw = quote === '`';
  const end = raw ? text.indexOf('`', from + 1) : -1;
  const unclosed = { problem: problemAt(rest, `a string is not closed: add ${quote} at its end`) };
  const strange = (value: string): boolean => !value.isWellFormed() || value.includes('\ufffd');
  const broken = (to: number) => ({
    problem: problemAt({ from, to }, 'a character of this string is broken (U+FFFD): write it again, in UTF-8'),
  });
  if (raw) {
    if (end < 0) return unclosed;
    const value = text.slice(from + 1, end);
    return strange(value) ? broken(end + 1) : { to: end + 1, value, isUtf8: true };
  }
  const pieces: Uint8Array[] = [];
  let plainFrom = from + 1;
  for (let at = from + 1; at < text.length; at++) {
    const mark = text[at];
    if (mark === '\n') return { problem: problemAt({ from, to: at }, `a string ends with its line: add ${quote}`) };
    if (mark !== quote && mark !== '\\') continue;
    const plain = text.slice(plainFrom, at);
    if (strange(plain)) return broken(at);
    if (mark === quote && pieces.length === 0) return { to: at + 1, value: plain, isUtf8: true };
    pieces.push(encoder.encode(plain));
    if (mark === quote) return { to: at + 1, ...decoded(pieces) };
    if (at + 1 >= text.length) return unclosed;
    const escape = escapeAt(text, at + 1, quote);
    if ('problem' in escape) return { problem: problemAt({ from: at, to: at + 2 }, escape.problem) };
    pieces.push(escape.bytes);
    at += escape.length;
    plainFrom = at + 1;
  }
  return unclosed;
};

const decoded = (pieces: readonly Uint8Array[]): { value: string; isUtf8: boolean } => {
  const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  const value = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { value, isUtf8: !value.includes('\ufffd') };
};
