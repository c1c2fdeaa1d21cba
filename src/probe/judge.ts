import { formatDuration, formatLimit } from '../duration.ts';
import { compilePattern, occurs } from './http/pattern.ts';
import { fail, unknown, type Failure } from './net/reasons.ts';
import type { Readings } from './probe.ts';
import type { Assertion, Judged } from './targets.ts';

/** What the assertions of all kinds are judged by. `now` is epoch ms. */
export type Evidence = {
  durationMs: number;
  certificateExpiresAt: number | null;
  readings: Readings;
  now: number;
};

/** Null = fulfilled; undefined = this judge does not know the assertion. */
export type JudgeOne = (assertion: Assertion) => Failure | null | undefined;

/** So much of what somebody else sent, and of a whole sentence, is shown. */
export const MAX_SHOWN = 80;
export const MAX_DETAIL = 300;

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** What somebody else sent, as a detail may show it: quoted, on one line, short. */
export const shown = (text: string): string => cut(JSON.stringify(text), MAX_SHOWN);

/** For an assertion that cannot be judged by anybody: that is no fault of the target. */
export const notJudged = (kind: Assertion['kind'], why: string): Failure =>
  unknown('internal', `the ${kind} assertion cannot be judged: ${why}`);

export const judgeTime = (belowMs: number, { durationMs }: Pick<Evidence, 'durationMs'>): Failure | null =>
  durationMs < belowMs
    ? null
    : fail('response-time', `response time was ${Math.round(durationMs)}ms, expected below ${formatLimit(belowMs)}`);

export const judgeCertificate = (
  validForMs: number,
  { certificateExpiresAt, now }: Pick<Evidence, 'certificateExpiresAt' | 'now'>,
): Failure | null => {
  const expected = `expected at least ${formatDuration(validForMs)}`;
  if (certificateExpiresAt === null)
    return fail('certificate-age', `the answer came without a certificate, ${expected} of validity`);
  const left = certificateExpiresAt - now;
  return left >= validForMs
    ? null
    : fail('certificate-age', `the certificate is valid for ${formatDuration(left)} more, ${expected}`);
};

const judgeReading = (
  { name, below, above, equals }: Extract<Assertion, { kind: 'reading' }>,
  { readings }: Evidence,
): Failure | null => {
  const value = readings[name];
  if (value === undefined) return fail('reading', `the reading ${name} was not there`);
  const was = `the reading ${name} was ${value}, expected`;
  if (below !== undefined && !(value < below)) return fail('reading', `${was} below ${below}`);
  if (above !== undefined && !(value > above)) return fail('reading', `${was} above ${above}`);
  return equals !== undefined && value !== equals ? fail('reading', `${was} ${equals}`) : null;
};

/** The assertions that every kind knows: response-time, certificate and reading. */
export const judgeCommon =
  (evidence: Evidence): JudgeOne =>
  (assertion) => {
    if (assertion.kind === 'response-time') return judgeTime(assertion.belowMs, evidence);
    if (assertion.kind === 'certificate') return judgeCertificate(assertion.validForMs, evidence);
    return assertion.kind === 'reading' ? judgeReading(assertion, evidence) : undefined;
  };

/** Whether `pattern` occurs in one of the texts; a failure when that cannot be told. */
export const occursIn = (kind: Assertion['kind'], pattern: string, texts: readonly string[]): boolean | Failure => {
  const compiled = compilePattern(pattern);
  if (!compiled) return notJudged(kind, `${shown(pattern)} is no regular expression`);
  for (const text of texts) {
    const found = occurs(compiled, text);
    if (found === 'too-slow') return notJudged(kind, `the search for ${shown(pattern)} took too long`);
    if (found === 'yes') return true;
  }
  return false;
};

const judgeAll = (assertions: readonly Assertion[], judges: readonly JudgeOne[]): Failure | null => {
  const failures: Failure[] = [];
  for (const assertion of assertions) {
    let verdict: Failure | null | undefined;
    for (const judge of judges) if (verdict === undefined) verdict = judge(assertion);
    if (verdict === undefined) verdict = notJudged(assertion.kind, 'this kind of check does not know it');
    if (verdict) failures.push(verdict);
  }
  // What is certain counts before what could not be told.
  const first = failures.find(({ outcome }) => outcome === 'fail') ?? failures[0];
  return first ? { ...first, detail: cut(failures.map(({ detail }) => detail).join('; '), MAX_DETAIL) } : null;
};

/** Judges all assertions: `own` are those of the kind. Degraded is only what passed. */
export const judge = (
  { assertions, degraded }: Judged,
  evidence: Evidence,
  own: JudgeOne = () => undefined,
): { failure: Failure | null; degraded: Failure | null } => {
  const judges = [judgeCommon(evidence), own];
  const failure = judgeAll(assertions, judges);
  const unwell = failure ? null : judgeAll(degraded, judges);
  return { failure, degraded: unwell?.outcome === 'fail' ? unwell : null };
};
