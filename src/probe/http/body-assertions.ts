import type { Assertion } from '../targets.ts';
import { notJudged } from '../judge.ts';
import type { Judge, Show } from './answer.ts';
import type { Body } from './body.ts';
import { parseJsonPath, valueAt } from './json-path.ts';
import { compilePattern, occurs, SEARCHED_CHARACTERS } from './pattern.ts';
import { fail, type Failure } from '../net/reasons.ts';

/** A part that was not read could tell. */
export const tooLarge = (body: Body, what: string): Failure =>
  fail(
    'too-large',
    `the first ${Math.min(body.bytes.length, SEARCHED_CHARACTERS)} bytes of the body do not tell ${what}`,
  );

/** Throws when it is none. RFC 8259 8.1: nobody may send a mark of byte order, and many do. */
export const jsonIn = ({ bytes }: Body): unknown => JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));

/** `beyond` = only the part that was not read, or not searched, could tell. */
type Finding = (text: string, truncated: boolean) => 'yes' | 'no' | 'beyond' | 'too-slow';

const contains =
  (part: string): Finding =>
  (text, truncated) =>
    text.includes(part) ? 'yes' : truncated ? 'beyond' : 'no';

const matches =
  (pattern: RegExp): Finding =>
  (text, truncated) => {
    const found = occurs(pattern, text);
    return found === 'no' && (truncated || text.length > SEARCHED_CHARACTERS) ? 'beyond' : found;
  };

const judgeFinding = (find: Finding, not: boolean, what: string): Judge => {
  const unlike = fail('body', `the body ${not ? 'has' : 'does not have'} ${what}, expected ${not ? 'none' : 'it'}`);
  const slow = notJudged('body', `the search for ${what} took too long`);
  return ({ body, unreadable }) => {
    if (unreadable) return unreadable;
    const found = find(body.bytes.toString('utf8'), body.truncated);
    if (found === 'too-slow') return slow;
    if (found === 'beyond') return tooLarge(body, `if it has ${what}`);
    return (found === 'yes') === not ? unlike : null;
  };
};

/** `contains` and `matches` must both hold where both are given; `not` turns each around. */
export const bodyJudge = (assertion: Extract<Assertion, { kind: 'body' }>, show: Show): Judge => {
  const not = assertion.not ?? false;
  const judges: Judge[] = [];
  if (assertion.contains !== undefined)
    judges.push(judgeFinding(contains(assertion.contains), not, show(assertion.contains)));
  if (assertion.matches !== undefined) {
    const pattern = compilePattern(assertion.matches);
    if (!pattern) return () => notJudged('body', `${show(assertion.matches)} is no regular expression`);
    judges.push(judgeFinding(matches(pattern), not, `a match of ${show(assertion.matches)}`));
  }
  return (answer) => judges.map((judge) => judge(answer)).find((failure) => failure !== null) ?? null;
};

export const jsonJudge = ({ path, equals }: Extract<Assertion, { kind: 'json' }>, show: Show): Judge => {
  const keys = parseJsonPath(path);
  if (!keys) return () => notJudged('json', `${path} is no path such as checks[0].state`);
  return ({ body, unreadable }) => {
    if (unreadable) return unreadable;
    if (body.truncated) return tooLarge(body, `what json ${path} is`);
    let json: unknown;
    try {
      json = jsonIn(body);
    } catch {
      return fail('json', `the body is not JSON, expected ${path} to be ${show(equals)}`);
    }
    const value = valueAt(json, keys);
    if (value === undefined) return fail('json', `json ${path} was missing, expected ${show(equals)}`);
    return value === equals ? null : fail('json', `json ${path} was ${show(value)}, expected ${show(equals)}`);
  };
};
