import { formatDuration } from '../duration.ts';
import type { Readings } from './probe.ts';
import { fail, unknown, type Failure } from './net/reasons.ts';
import type { Assertion, Judged } from './targets.ts';

/** What a check that reads numbers knows at its end. Times are ms; `now` is epoch ms. */
export type Read = { readings: Readings; durationMs: number; certificateExpiresAt: number | null; now: number };

type Bounds = Extract<Assertion, { kind: 'reading' }>;

/** At most four decimals: nobody reads more. */
const shown = (value: number): string => String(Number(value.toFixed(4)));

const judgeReading = ({ name, below, above, equals }: Bounds, { readings }: Read): Failure | null => {
  const value = readings[name];
  // What was not read is neither good nor bad.
  if (value === undefined) return unknown('reading', `${name} was not to be read`);
  const was = `${name} was ${shown(value)}, expected`;
  if (below !== undefined && !(value < below)) return fail('reading', `${was} below ${below}`);
  if (above !== undefined && !(value > above)) return fail('reading', `${was} above ${above}`);
  if (equals !== undefined && value !== equals) return fail('reading', `${was} ${equals}`);
  return null;
};

const judgeCertificate = (validForMs: number, { certificateExpiresAt, now }: Read): Failure | null => {
  const expected = `expected at least ${formatDuration(validForMs)}`;
  if (certificateExpiresAt === null)
    return fail('certificate-age', `the connection was without a certificate, ${expected} of validity`);
  const left = certificateExpiresAt - now;
  if (left >= validForMs) return null;
  return fail('certificate-age', `the certificate is valid for ${formatDuration(left)} more, ${expected}`);
};

const judgeTime = (belowMs: number, { durationMs }: Read): Failure | null =>
  durationMs < belowMs
    ? null
    : fail('response-time', `response time was ${Math.round(durationMs)}ms, expected below ${formatDuration(belowMs)}`);

const judgeOne = (assertion: Assertion, read: Read): Failure | null => {
  if (assertion.kind === 'reading') return judgeReading(assertion, read);
  if (assertion.kind === 'certificate') return judgeCertificate(assertion.validForMs, read);
  if (assertion.kind === 'response-time') return judgeTime(assertion.belowMs, read);
  return unknown('internal', `the ${assertion.kind} assertion cannot be judged: this kind of check does not know it`);
};

const judgeAll = (assertions: readonly Assertion[], read: Read): Failure | null => {
  const failures = assertions.map((assertion) => judgeOne(assertion, read)).filter((failure) => failure !== null);
  // A real failure says more than what could not be read.
  const first = failures.find(({ outcome }) => outcome === 'fail') ?? failures[0];
  if (!first) return null;
  const same = failures.filter(({ outcome }) => outcome === first.outcome);
  return { ...first, detail: same.map(({ detail }) => detail).join('; ') };
};

/** The failure of a check by its assertions, or in what a passed one is not well. */
export const judgeRead = (
  { assertions, degraded }: Judged,
  read: Read,
): { failure: Failure | null; degraded: Failure | null } => {
  const failure = judgeAll(assertions, read);
  const worse = failure ? null : judgeAll(degraded, read);
  return { failure, degraded: worse?.outcome === 'fail' ? worse : null };
};
