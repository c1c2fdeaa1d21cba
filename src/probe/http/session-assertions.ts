import { fail } from '../net/reasons.ts';
import type { Assertion } from '../targets.ts';
import { notJudged } from '../judge.ts';
import type { Judge, Show } from './answer.ts';
import { compilePattern, occurs } from './pattern.ts';

type Of<Kind extends Assertion['kind']> = Extract<Assertion, { kind: Kind }>;

/** The issuer is read as `CN=R11, O=Let's Encrypt, C=US`. */
export const issuerJudge = ({ contains, matches }: Of<'issuer'>, show: Show): Judge => {
  const pattern = matches === undefined ? null : compilePattern(matches);
  if (pattern === undefined) return () => notJudged('issuer', `${show(matches)} is no regular expression`);
  return ({ session }) => {
    if (!session) return fail('issuer', 'the answer came without a certificate, expected one of a known issuer');
    const was = `the certificate was issued by ${show(session.issuer)}`;
    if (contains !== undefined && !session.issuer.includes(contains))
      return fail('issuer', `${was}, expected ${show(contains)} in it`);
    const found = pattern ? occurs(pattern, session.issuer) : 'yes';
    if (found === 'too-slow') return notJudged('issuer', `the search for ${show(matches)} took too long`);
    return found === 'yes' ? null : fail('issuer', `${was}, expected to match ${show(matches)}`);
  };
};

// Versions compare as texts: 1.0 to 1.3 is all that there is.
export const minVersionJudge =
  ({ version }: Of<'min-version'>): Judge =>
  ({ session }) => {
    if (!session) return fail('tls-version', `the answer came without TLS, expected at least TLS ${version}`);
    if (session.version !== null && session.version >= version) return null;
    return fail('tls-version', `the connection was made with TLS ${session.version}, expected at least ${version}`);
  };
