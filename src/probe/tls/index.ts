import { TLSSocket } from 'node:tls';
import { readSession, type Session } from '../http/session.ts';
import { judge, occursIn, shown, type JudgeOne } from '../judge.ts';
import { createProbe, namedByAddress } from '../kind.ts';
import { fail, failureOf, isFailure, type Failure } from '../net/reasons.ts';
import type { Outcome, Time, Visit } from '../outcome.ts';
import type { Probe } from '../probe.ts';
import { reachAddress } from '../tcp.ts';
import type { Assertion, TlsTarget, TlsVersion } from '../targets.ts';
import { tlsFacts, weakness } from './facts.ts';
import { judgeRefusal } from './refuses.ts';

const judgeIssuer = ({ contains, matches }: Extract<Assertion, { kind: 'issuer' }>, issuer: string): Failure | null => {
  const was = `the certificate was issued by ${shown(issuer)}, expected`;
  if (contains !== undefined && !issuer.includes(contains)) return fail('issuer', `${was} ${shown(contains)} in it`);
  const found = matches === undefined || occursIn('issuer', matches, [issuer]);
  if (typeof found === 'object') return found;
  return found ? null : fail('issuer', `${was} a match of ${shown(matches ?? '')}`);
};

const ownJudge =
  ({ issuer, version }: Session, refusals: ReadonlyMap<TlsVersion, Failure | null>): JudgeOne =>
  (assertion) => {
    if (assertion.kind === 'issuer') return judgeIssuer(assertion, issuer);
    if (assertion.kind === 'min-version')
      // Versions compare as texts: 1.0 to 1.3 is all that there is.
      return version !== null && version >= assertion.version
        ? null
        : fail('tls-version', `the best version was TLS ${version}, expected at least ${assertion.version}`);
    if (assertion.kind !== 'refuses') return undefined;
    const verdicts = assertion.versions.map((one) => refusals.get(one) ?? null);
    return verdicts.find((verdict) => verdict?.outcome === 'fail') ?? verdicts.find((verdict) => verdict) ?? null;
  };

/** One attempt per version that any assertion wants refused, one after the other. */
const refusalsOf = async (target: TlsTarget, visit: Visit): Promise<Map<TlsVersion, Failure | null>> => {
  const all = [...target.assertions, ...target.degraded];
  const versions = new Set(all.flatMap((assertion) => (assertion.kind === 'refuses' ? assertion.versions : [])));
  const refusals = new Map<TlsVersion, Failure | null>();
  for (const version of versions) refusals.set(version, await judgeRefusal(target, version, visit));
  return refusals;
};

/** OpenSSL's word for a small key is `UNSPECIFIED`, and for a chain that stops short that its authority is unknown. */
const explained = (failure: Failure, socket: TLSSocket): Failure => {
  const leaf = socket.getPeerX509Certificate();
  if (failure.reason !== 'certificate-invalid' || !leaf) return failure;
  const weak = weakness(leaf);
  if (weak) return { ...failure, detail: `${failure.detail.replace(/: [^:]*$/, '')}: its key is too small, ${weak}` };
  const isAlone = !leaf.issuerCertificate && leaf.subject !== leaf.issuer;
  return isAlone && failure.detail.endsWith('its authority is not known')
    ? {
        ...failure,
        detail: `${failure.detail}; the server sent no certificate but its own, an intermediate may be missing`,
      }
    : failure;
};

// With its own rules OpenSSL speaks 1.2 and 1.3: what has neither fails in the handshake.
const TOO_OLD = /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION)$/;

const handshakeFailure = (error: unknown, { trace, signal }: Visit): Failure => {
  if (signal.aborted || trace.stage !== 'tls') throw error;
  const failure = failureOf(error, trace);
  return error instanceof Error && 'code' in error && TOO_OLD.test(String(error.code))
    ? fail('tls-version', `${trace.place} speaks neither TLS 1.2 nor TLS 1.3`)
    : failure;
};

const look = async (target: TlsTarget, visit: Visit): Promise<Outcome | Failure> => {
  const { trace, time, startedAt, inspect } = visit;
  const reached = await reachAddress(target, true, visit).catch((error: unknown) => handshakeFailure(error, visit));
  const durationMs = time.monotonic() - startedAt;
  const { socket, certificateExpiresAt } = trace;
  // Without a certificate the handshake did not come far, and the socket may be gone.
  const session = socket && certificateExpiresAt !== null ? readSession(socket) : null;
  if (!(socket instanceof TLSSocket) || !session || certificateExpiresAt === null)
    return isFailure(reached) ? reached : fail('tls', `${trace.place} showed no certificate`);
  const seen = { durationMs, ...(inspect ? { facts: tlsFacts(socket, session, certificateExpiresAt) } : {}) };
  if (isFailure(reached)) return { failure: explained(reached, socket), ...seen };
  const own = ownJudge(session, await refusalsOf(target, visit));
  return { ...judge(target, { durationMs, certificateExpiresAt, readings: {}, now: time.now() }, own), ...seen };
};

/** Shakes hands and judges certificate and versions. Attempts at versions to be refused do not count into its time. */
export const createTlsProbe = (time?: Time): Probe<TlsTarget> => createProbe(look, time, namedByAddress);
