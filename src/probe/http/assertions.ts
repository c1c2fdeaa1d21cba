import type { Assertion, HttpTarget } from '../targets.ts';
import { cut, judgeCertificate, judgeTime, MAX_DETAIL, MAX_SHOWN, notJudged } from '../judge.ts';
import { headerText, type Answer, type Judge, type Show } from './answer.ts';
import { bodyJudge, jsonJudge } from './body-assertions.ts';
import { corsJudge } from './cors.ts';
import { encodingsOf } from './encoding.ts';
import { graphqlJudge } from './graphql.ts';
import { hstsJudge } from './hsts.ts';
import { compilePattern, occurs } from './pattern.ts';
import { fail, unknown, type Failure } from '../net/reasons.ts';
import type { Hide } from './secrets.ts';
import { issuerJudge, minVersionJudge } from './session-assertions.ts';

/** The assertions of one target, ready to judge any number of answers. */
export type Plan = {
  needsBody: boolean;
  needsSession: boolean;
  judge: Judge;
  /** Judged once it passed: the first thing in which it is not well. */
  degradedBy: Judge;
  /** Whether an assertion with a regular expression failed. */
  failsByPattern: (answer: Answer) => boolean;
};

type Of<Kind extends Assertion['kind']> = Extract<Assertion, { kind: Kind }>;

type StatusExpectation = Of<'status'>['expected'];

const allows = (expected: StatusExpectation, status: number): boolean =>
  expected.some((one) => (typeof one === 'number' ? one === status : Number(one[0]) === Math.floor(status / 100)));

const statusJudge =
  ({ expected }: Of<'status'>): Judge =>
  ({ status }) =>
    allows(expected, status) ? null : fail('status', `status was ${status}, expected ${expected.join(' or ')}`);

// What a response may hold that is a credential of somebody.
const UNSHOWN_HEADERS = new Set(['set-cookie', 'authorization', 'proxy-authenticate', 'www-authenticate']);

const headerJudge = (assertion: Of<'header'>, show: Show): Judge => {
  const name = assertion.name.toLowerCase();
  const { equals, matches, absent } = assertion;
  const pattern = matches === undefined ? null : compilePattern(matches);
  if (pattern === undefined) return () => notJudged('header', `${show(matches)} is no regular expression`);
  return ({ headers }) => {
    const text = headerText(headers, name);
    if (absent) return text === undefined ? null : fail('header', `header ${name} was there, expected none`);
    if (text === undefined) return fail('header', `header ${name} was missing`);
    const was = UNSHOWN_HEADERS.has(name) ? 'another value' : show(text);
    if (equals !== undefined && text !== equals)
      return fail('header', `header ${name} was ${was}, expected ${show(equals)}`);
    const found = pattern ? occurs(pattern, text) : 'yes';
    if (found === 'too-slow') return notJudged('header', `the search for ${show(matches)} took too long`);
    return found === 'yes' ? null : fail('header', `header ${name} was ${was}, expected to match ${show(matches)}`);
  };
};

const timeJudge =
  ({ belowMs }: Of<'response-time'>): Judge =>
  (answer) =>
    judgeTime(belowMs, answer);

const certificateJudge =
  ({ validForMs }: Of<'certificate'>): Judge =>
  (answer) =>
    judgeCertificate(validForMs, answer);

const encodingJudge =
  ({ expected }: Of<'encoding'>, show: Show): Judge =>
  ({ headers }) => {
    const came = encodingsOf(headerText(headers, 'content-encoding')).join(', ') || 'identity';
    return came === expected ? null : fail('encoding', `the body came encoded as ${show(came)}, expected ${expected}`);
  };

/** What HTTP checks know. A new kind of assertion is its judge and its line here. */
const judges: { [Kind in Assertion['kind']]?: (assertion: Of<Kind>, show: Show) => Judge } = {
  status: statusJudge,
  header: headerJudge,
  json: jsonJudge,
  body: bodyJudge,
  hsts: hstsJudge,
  cors: corsJudge,
  encoding: encodingJudge,
  certificate: certificateJudge,
  issuer: issuerJudge,
  'min-version': minVersionJudge,
  'response-time': timeJudge,
};

const compileOne = (assertion: Assertion, show: Show): Judge => {
  const judge = judges[assertion.kind] as ((assertion: Assertion, show: Show) => Judge) | undefined;
  return judge ? judge(assertion, show) : () => notJudged(assertion.kind, 'HTTP checks do not know it');
};

const expectsLimited = (assertions: readonly Assertion[]): boolean =>
  assertions.some((assertion) => assertion.kind === 'status' && allows(assertion.expected, 429));

/** RFC 9110 10.2.3: seconds, or a date. */
const retryAfter = (text: string | undefined, now: number): string => {
  const seconds = /^\d{1,9}$/.test(text ?? '') ? Number(text) : (Date.parse(text ?? '') - now) / 1_000;
  return seconds > 0 ? ` for ${Math.ceil(seconds)} seconds more` : '';
};

const limited = ({ headers, now }: Answer): Failure => {
  const span = retryAfter(headerText(headers, 'retry-after'), now);
  return unknown(
    'limited',
    `status was 429: the target limits our requests${span}, which says nothing about its health`,
  );
};

const BODY = new Set<Assertion['kind']>(['body', 'json']);
const SESSION = new Set<Assertion['kind']>(['issuer', 'min-version']);

/** Every assertion is judged; the first that failed gives the reason, all of them the detail. */
export const compileAssertions = (target: HttpTarget, hide: Hide): Plan => {
  const show: Show = (value) => cut(hide(JSON.stringify(value) ?? 'nothing'), MAX_SHOWN);
  const required = target.assertions.map((assertion) => compileOne(assertion, show));
  if (target.graphql) required.push(graphqlJudge(show));
  // Whoever asks for a compressed body wants to know that it arrives as one.
  if (target.compression.length > 0) required.push(({ unreadable }) => unreadable);
  const wanted = target.degraded.map((assertion) => compileOne(assertion, show));
  const patterns = target.assertions.filter((one) => 'matches' in one).map((one) => compileOne(one, show));
  const limitedIsFine = expectsLimited(target.assertions);
  const all = [...target.assertions, ...target.degraded];
  return {
    needsBody: target.graphql || target.compression.length > 0 || all.some(({ kind }) => BODY.has(kind)),
    needsSession: all.some(({ kind }) => SESSION.has(kind)),
    judge: (answer) => {
      if (answer.status === 429 && !limitedIsFine) return limited(answer);
      const failures = required.map((judge) => judge(answer)).filter((failure) => failure !== null);
      // What is certain counts before what could not be told.
      const first = failures.find(({ outcome }) => outcome === 'fail') ?? failures[0];
      if (!first) return null;
      const details = new Set(failures.map(({ detail }) => detail));
      return { ...first, detail: cut([...details].join('; '), MAX_DETAIL) };
    },
    // What nobody can judge says nothing against the target.
    degradedBy: (answer) => wanted.map((judge) => judge(answer)).find((failure) => failure?.outcome === 'fail') ?? null,
    failsByPattern: (answer) => patterns.some((judge) => judge(answer)?.outcome === 'fail'),
  };
};
