import type { CheckResult, Reason } from '../probe.ts';
import { formatLimit } from '../../duration.ts';
import type { Stage, Trace } from './phases.ts';

/** Why a check did not pass. `unknown` = the fault is on our side or says nothing about the target. */
export type Failure = { outcome: Exclude<CheckResult['outcome'], 'pass'>; reason: Reason; detail: string };

export const fail = (reason: Reason, detail: string): Failure => ({ outcome: 'fail', reason, detail });
export const unknown = (reason: Reason, detail: string): Failure => ({ outcome: 'unknown', reason, detail });

export const isFailure = (value: object): value is Failure => 'reason' in value && 'outcome' in value;

/** Largest response head that is read; node's own 16 KiB makes healthy targets look down. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** An error that says no more than its code. */
export const withCode = (code: string, text = code): Error => Object.assign(new Error(text), { code });

/** A connection that ended without an error of its own. One for all: every check would pay for its stack. */
export const CLOSED: Error = Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' });

const WHILE: Record<Stage, string> = {
  resolve: 'while looking the name up',
  connect: 'while connecting',
  tls: 'during the TLS handshake',
  processing: 'while waiting for the response',
  transfer: 'while reading the body',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Codes of node and libuv → our words. The sentence names the place, never a URL with its secrets. */
const byCode: Record<string, (trace: Trace, error: Error) => Failure> = {
  ECONNREFUSED: ({ place }) => fail('refused', `connection to ${place} was refused`),
  EHOSTUNREACH: ({ place }) => fail('unreachable', `${place} is unreachable: no route to the host`),
  ENETUNREACH: ({ place }) => fail('unreachable', `${place} is unreachable: no route to its network`),
  EHOSTDOWN: ({ place }) => fail('unreachable', `${place} is unreachable: the host is down`),
  EACCES: ({ place }) => fail('unreachable', `connection to ${place} is not permitted from this machine`),
  EPERM: ({ place }) => fail('unreachable', `connection to ${place} is not permitted from this machine`),
  ETIMEDOUT: ({ place, stage }) => fail('timeout', `${place} stopped answering ${WHILE[stage]}`),
  ANSWER_INVALID: ({ place }, { message }) => fail('protocol', `the answer of ${place} is not valid HTTP: ${message}`),
  ANSWER_TOO_LARGE: (_, { message }) => fail('too-large', message),
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ({ place }) => fail('tls', `${place} asks for a client certificate`),
  EMFILE: () => unknown('internal', 'this machine has no file descriptors left for the check'),
  ENFILE: () => unknown('internal', 'this machine has no file descriptors left for the check'),
  EADDRNOTAVAIL: () => unknown('internal', 'this machine has no local ports left for the check'),
  CLIENT_CERTIFICATE_INVALID: () =>
    unknown('internal', 'the client certificate of the probe and its key are no PEM pair'),
  AUTHORITY_INVALID: () => unknown('internal', 'the certificate authority of the probe is no PEM certificate'),
  ENOBUFS: () => unknown('internal', 'this machine has no socket memory left for the check'),
};

/** Codes of c-ares and getaddrinfo while a name is looked up. Some mean something else on a connection. */
const whileResolving: Record<string, (trace: Trace) => Failure> = {
  ENOTFOUND: ({ place }) => fail('dns', `the name of ${place} does not exist`),
  ENODATA: ({ place }) => fail('dns', `the name of ${place} has no address`),
  EAI_AGAIN: ({ place }) => fail('dns', `the name server gave no answer for ${place}`),
  ETIMEOUT: ({ place }) => fail('dns', `the name server gave no answer for ${place}`),
  ESERVFAIL: ({ place }) => fail('dns', `the name server failed to look up the name of ${place} (SERVFAIL)`),
  EREFUSED: ({ place }) => fail('dns', `the name server refused to look up the name of ${place} (REFUSED)`),
  ECONNREFUSED: ({ place }) => fail('dns', `nothing answers at the name server that was asked for ${place}`),
  EBADRESP: ({ place }) => fail('dns', `the name server gave a broken answer for ${place}`),
  EFORMERR: ({ place }) => fail('dns', `the name server did not understand the question for ${place} (FORMERR)`),
  ENOTIMP: ({ place }) => fail('dns', `the name server does not answer such questions as that for ${place} (NOTIMP)`),
  EBADNAME: ({ place }) => fail('dns', `the name of ${place} is no name that can be looked up`),
  ERR_INVALID_IP_ADDRESS: () => unknown('internal', 'a name server of the probe is no IP address'),
};

const RESET = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

/** Any error that a hop met → its failure. */
export const failureOf = (error: unknown, trace: Trace): Failure => {
  const code = codeOf(error);
  const known = (trace.stage === 'resolve' ? whileResolving[code] : undefined) ?? byCode[code];
  if (known) return known(trace, error as Error);
  if (RESET.has(code)) return fail('reset', `${trace.place} closed the connection ${WHILE[trace.stage]}`);
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO' || (trace.stage === 'tls' && code !== ''))
    return fail('tls', `the TLS handshake with ${trace.place} failed (${code})`);
  if (trace.stage === 'resolve' && code !== '')
    return fail('dns', `the name of ${trace.place} cannot be looked up (${code})`);
  return unknown(
    'internal',
    `the check could not be done (${code || (error instanceof Error ? error.name : 'unknown')})`,
  );
};

export const timedOut = (timeoutMs: number, trace: Trace): Failure =>
  fail('timeout', `no complete answer within ${formatLimit(timeoutMs)}: the time ran out ${WHILE[trace.stage]}`);

/** OpenSSL's verdict on a certificate → our words. */
export const certificateFailure = (verdict: string, place: string): Failure => {
  if (verdict === 'CERT_HAS_EXPIRED') return fail('certificate-expired', `the certificate of ${place} has expired`);
  const why: Record<string, string> = {
    ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
    SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not known',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not known',
    CERT_NOT_YET_VALID: 'it is not valid yet',
  };
  return fail('certificate-invalid', `the certificate of ${place} is not trusted: ${why[verdict] ?? verdict}`);
};
