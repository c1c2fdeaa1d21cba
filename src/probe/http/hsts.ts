import { formatDuration } from '../../duration.ts';
import { fail } from '../net/reasons.ts';
import type { Assertion } from '../targets.ts';
import { headerText, type Judge, type Show } from './answer.ts';

/** A Strict-Transport-Security header, or why browsers ignore it. */
export type Hsts = { maxAgeMs: number; includeSubDomains: boolean; preload: boolean } | { invalid: string };

const DIRECTIVE =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+)))?$/;

/** Quotes that never close are looked for again and again. */
const MAX_CHARACTERS = 4_096;

/** Cuts at a separator that stands outside of quotes. */
const cutAt = (text: string, separator: ',' | ';'): string[] =>
  text.match(separator === ';' ? /(?:"(?:[^"\\]|\\.)*"|[^;])+/g : /(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? [];

/**
 * RFC 6797 6.1 and 8.1: only the first header counts; directives in any order and case, values as they are or quoted;
 * one that stands twice, or no `max-age` in whole seconds, makes the header invalid; unknown ones are passed over.
 */
export const parseHsts = (text: string): Hsts => {
  if (text.length > MAX_CHARACTERS) return { invalid: `it is longer than ${MAX_CHARACTERS} characters` };
  const found = new Map<string, string | undefined>();
  for (const part of cutAt(cutAt(text, ',')[0] ?? '', ';')) {
    if (part.trim() === '') continue;
    const [, name, quoted, token] = DIRECTIVE.exec(part.trim()) ?? [];
    if (name === undefined) return { invalid: 'it cannot be read' };
    const key = name.toLowerCase();
    if (found.has(key)) return { invalid: `${key} stands in it twice` };
    found.set(key, quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1'));
  }
  if (!found.has('max-age')) return { invalid: 'it has no max-age' };
  const age = found.get('max-age') ?? '';
  if (!/^\d+$/.test(age)) return { invalid: 'its max-age is no whole number of seconds' };
  return {
    maxAgeMs: Number(age) * 1_000,
    includeSubDomains: found.has('includesubdomains'),
    preload: found.has('preload'),
  };
};

export const hstsJudge = (expected: Extract<Assertion, { kind: 'hsts' }>, show: Show): Judge => {
  const least = formatDuration(expected.maxAgeMs);
  return ({ secure, headers }) => {
    if (!secure) return fail('hsts', 'the answer came over http, where browsers pass Strict-Transport-Security over');
    const text = headerText(headers, 'strict-transport-security');
    if (text === undefined) return fail('hsts', 'header strict-transport-security was missing');
    const hsts = parseHsts(text);
    const was = `header strict-transport-security was ${show(text)}`;
    if ('invalid' in hsts) return fail('hsts', `${was}, which browsers pass over: ${hsts.invalid}`);
    if (hsts.maxAgeMs < expected.maxAgeMs) return fail('hsts', `${was}, expected a max-age of at least ${least}`);
    if (expected.includeSubDomains && !hsts.includeSubDomains)
      return fail('hsts', `${was}, expected includeSubDomains`);
    return expected.preload && !hsts.preload ? fail('hsts', `${was}, expected preload`) : null;
  };
};
