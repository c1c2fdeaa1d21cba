import { DAY, HOUR, MINUTE, SECOND } from '../duration.ts';
import type { MatchOperator } from './tree.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text as a PromQL string in double quotes, on one line. Prometheus refuses U+FFFD as it is (it stands for broken
 * UTF-8, and so for half a surrogate pair), so that one is written as an escape.
 */
export const quote = (text: string): string =>
  `"${text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- these are what is to be escaped
    .replace(/[\\"\u0000-\u001f\u007f\u0085\u2028\u2029\ufffd]/g, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return ESCAPES[character] ?? `\\u${code.toString(16).padStart(4, '0')}`;
    })}"`;

/** A text as a part of a regex (RE2) that matches just this text. */
export const regexOf = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');

/** A regex that matches each of the texts and nothing else. */
export const regexOfAny = (texts: readonly string[]): string => texts.map(regexOf).join('|');

export type MatcherText = { readonly label: string; readonly operator: MatchOperator; readonly value: string };

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Words that Prometheus does not read as the name of a metric, in any case of letters. */
const NO_METRIC = new Set(['bool', 'on', 'ignoring', 'group_left', 'group_right', 'atan2', 'inf', 'nan']);

/**
 * `name{a="b",c=~"d"}`. A name that only Prometheus 3 takes goes into the braces in quotes, as it wants it there.
 *
 * @throws {RangeError} when neither a name nor a matcher is given: it would select everything.
 */
export const selectorText = (name: string | undefined, matchers: readonly MatcherText[] = []): string => {
  if (name === undefined && matchers.length === 0) throw new RangeError('a selector needs a name or a matcher');
  const isPlain = name !== undefined && METRIC.test(name) && !NO_METRIC.has(name.toLowerCase());
  const isWord = name !== undefined && !isPlain && METRIC.test(name);
  const inBraces = matchers.map(({ label, operator, value }) => `${labelText(label)}${operator}${quote(value)}`);
  if (isWord) inBraces.unshift(`__name__=${quote(name)}`);
  else if (name !== undefined && !isPlain) inBraces.unshift(quote(name));
  return `${isPlain ? name : ''}${inBraces.length > 0 ? `{${inBraces.join(',')}}` : ''}`;
};

/** The name of a label; in quotes where only Prometheus 3 takes it. */
export const labelText = (label: string): string => (LABEL.test(label) ? label : quote(label));

/**
 * Milliseconds as PromQL writes them, exactly: `5m`, `1h30m`, `30d`. Days are the longest unit, as objectives say them.
 *
 * @throws {RangeError} when it is not a whole number above zero: Prometheus takes no such duration.
 */
export const durationText = (ms: number): string => {
  if (!Number.isSafeInteger(ms) || ms <= 0) throw new RangeError(`${ms} ms cannot be written as a duration in PromQL`);
  const units = [
    [DAY, 'd'],
    [HOUR, 'h'],
    [MINUTE, 'm'],
    [SECOND, 's'],
    [1, 'ms'],
  ] as const;
  let rest = ms;
  let text = '';
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
};

/** An exact decimal: `digits` / 10 ^ `scale`. */
type Decimal = { readonly digits: bigint; readonly scale: number };

/** The decimal that a number was written as: what its shortest text says, not the float behind it. */
const decimalOf = (value: number): Decimal => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  if (whole === '') throw new RangeError(`${value} is no number to calculate with`);
  const shift = fraction.length - Number(exponent);
  const digits = BigInt(sign + whole + fraction) * 10n ** BigInt(Math.max(0, -shift));
  return { digits, scale: Math.max(0, shift) };
};

const decimalText = ({ digits, scale }: Decimal): string => {
  const sign = digits < 0n ? '-' : '';
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const cut = all.length - scale;
  const fraction = all.slice(cut).replace(/0+$/, '');
  return `${sign}${all.slice(0, cut)}${fraction === '' ? '' : `.${fraction}`}`;
};

/** A number in the fewest digits and without an exponent: `0.0000001`, `1e21` in full. */
export const numberText = (value: number): string => decimalText(decimalOf(value));

// Tiers and objectives are few, and the SLOs that share them many.
const THRESHOLDS = new Map<string, string>();
const MOST_THRESHOLDS = 1_000;

/** Parts per million as a ratio: 999 000 → `0.999`. */
export const ratioText = (ppm: number): string => thresholdText(1, ppm);

/**
 * The share of bad events at which a budget burns `factor` times too fast, in exact decimals: `thresholdText(14.4,
 * 1000)` is `0.0144`, where floats give 0.014400000000000001.
 *
 * @param budgetPpm what the objective leaves, in whole parts per million: 1 000 for 99.9 %.
 */
export const thresholdText = (factor: number, budgetPpm: number): string => {
  const key = `${factor} ${budgetPpm}`;
  const known = THRESHOLDS.get(key);
  if (known !== undefined) return known;
  const [times, budget] = [decimalOf(factor), decimalOf(budgetPpm)];
  const text = decimalText({ digits: times.digits * budget.digits, scale: times.scale + budget.scale + 6 });
  if (THRESHOLDS.size >= MOST_THRESHOLDS) THRESHOLDS.clear();
  THRESHOLDS.set(key, text);
  return text;
};
