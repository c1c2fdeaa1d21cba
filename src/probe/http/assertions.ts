import type { Assertion, HttpTarget } from '../targets.ts';
import { formatDuration } from '../../duration.ts';
import { notJudged, type Judge, type Show } from './answer.ts';
import { bodyJudge, jsonJudge } from './body-assertions.ts';
import { compilePattern, occurs } from './pattern.ts';
import { fail, unknown } from '../net/reasons.ts';
import { hideSecrets, secretsOf } from './secrets.ts';

/** The assertions of one target, ready to judge any number of answers. */
export type Plan = { needsBody: boolean; judge: Judge };

const MAX_SHOWN = 80;
const MAX_DETAIL = 300;

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

type StatusExpectation = Extract<Assertion, { kind: 'status' }>['expected'];

const allows = (expected: StatusExpectation, status: number): boolean =>
  expected.some((one) => (typeof one === 'number' ? one === status : Number(one[0]) === Math.floor(status / 100)));

const statusJudge =
  (expected: StatusExpectation): Judge =>
  ({ status }) =>
    allows(expected, status) ? null : fail('status', `status was ${status}, expected ${expected.join(' or ')}`);

// What a response may hold that is a credential of somebody.
const UNSHOWN_HEADERS = new Set(['set-cookie', 'authorization', 'proxy-authenticate', 'www-authenticate']);

const headerJudge = (assertion: Extract<Assertion, { kind: 'header' }>, show: Show): Judge => {
  const name = assertion.name.toLowerCase();
  const { equals, matches, absent } = assertion;
  const pattern = matches === undefined ? null : compilePattern(matches);
  if (pattern === undefined) return () => notJudged('header', `${show(matches)} is no regular expression`);
  return ({ headers }) => {
    const value = headers[name];
    const text = Array.isArray(value) ? value.join(', ') : value;
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
  (belowMs: number): Judge =>
  ({ durationMs }) =>
    durationMs < belowMs
      ? null
      : fail(
          'response-time',
          `response time was ${Math.round(durationMs)}ms, expected below ${formatDuration(belowMs)}`,
        );

const certificateJudge =
  (validForMs: number): Judge =>
  ({ certificateExpiresAt, now }) => {
    const expected = `expected at least ${formatDuration(validForMs)}`;
    if (certificateExpiresAt === null)
      return fail('certificate-age', `the answer came without a certificate, ${expected} of validity`);
    const left = certificateExpiresAt - now;
    return left >= validForMs
      ? null
      : fail('certificate-age', `the certificate is valid for ${formatDuration(left)} more, ${expected}`);
  };

const compileOne = (assertion: Assertion, show: Show): Judge => {
  switch (assertion.kind) {
    case 'status':
      return statusJudge(assertion.expected);
    case 'header':
      return headerJudge(assertion, show);
    case 'json':
      return jsonJudge(assertion, show);
    case 'body':
      return bodyJudge(assertion, show);
    case 'response-time':
      return timeJudge(assertion.belowMs);
    case 'certificate':
      return certificateJudge(assertion.validForMs);
    case 'answers':
    case 'code':
    case 'cors':
    case 'encoding':
    case 'hsts':
    case 'issuer':
    case 'min-version':
    case 'reading':
    case 'refuses':
      return () => notJudged(assertion.kind, 'HTTP checks do not know it');
  }
};

const expectsLimited = (assertions: readonly Assertion[]): boolean =>
  assertions.some((assertion) => assertion.kind === 'status' && allows(assertion.expected, 429));

const LIMITED = unknown(
  'limited',
  'status was 429: the target limits our requests, which says nothing about its health',
);

/** Every assertion is judged; the first that failed gives the reason, all of them the detail. */
export const compileAssertions = (target: HttpTarget): Plan => {
  const secrets = secretsOf(target);
  const show: Show = (value) => cut(hideSecrets(JSON.stringify(value) ?? 'nothing', secrets), MAX_SHOWN);
  const judges = target.assertions.map((assertion) => compileOne(assertion, show));
  const limitedIsFine = expectsLimited(target.assertions);
  return {
    needsBody: target.assertions.some(({ kind }) => kind === 'body' || kind === 'json'),
    judge: (answer) => {
      if (answer.status === 429 && !limitedIsFine) return LIMITED;
      const failures = judges.map((judge) => judge(answer)).filter((failure) => failure !== null);
      const [first] = failures;
      if (!first) return null;
      return { ...first, detail: cut(failures.map(({ detail }) => detail).join('; '), MAX_DETAIL) };
    },
  };
};
