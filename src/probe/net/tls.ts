import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { certificateExpiry } from './certificate.ts';
import { complete, enter, type Trace } from './phases.ts';
import { certificateFailure, withCode, type Failure } from './reasons.ts';
import { untilEvent } from './socket.ts';
import type { Tls } from '../targets.ts';

const contexts = new Map<string, SecureContext>();
const MAX_CONTEXTS = 256;

const createContext = ({ ca, clientCertificate }: Tls): SecureContext => {
  // A context takes any text for an authority and then trusts nobody; this throws when it is none.
  if (ca !== null) void new X509Certificate(ca);
  const trust = ca === null ? {} : { ca };
  if (!clientCertificate) return createSecureContext(trust);
  try {
    return createSecureContext({ ...trust, cert: clientCertificate.certificate, key: clientCertificate.key });
  } catch {
    throw withCode('CLIENT_CERTIFICATE_INVALID');
  }
};

/** Making a context costs 0.2 ms of CPU, so that targets with the same authority share one. */
const contextOf = (tls: Tls): SecureContext => {
  const key = tls.ca === null && !tls.clientCertificate ? '' : JSON.stringify([tls.ca, tls.clientCertificate]);
  const known = contexts.get(key);
  if (known) return known;
  const context = createContext(tls);
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(key, context);
  return context;
};

const judgeCertificate = (socket: TLSSocket, { verify }: Tls, trace: Trace): Failure | null => {
  trace.certificateExpiresAt = certificateExpiry(socket);
  if (!verify || socket.authorized) return null;
  const error: unknown = socket.authorizationError;
  const verdict = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return certificateFailure(verdict, trace.place);
};

/**
 * Shakes hands in full over an open connection, and judges the certificate before one byte is sent. `host` is who
 * is meant: its name is asked for, and the certificate must be for it, unless `tls.serverName` says another.
 */
export const secure = async (
  wire: Socket,
  { host, tls, alpn }: { host: string; tls: Tls; alpn: readonly string[] },
  trace: Trace,
  monotonic: () => number,
): Promise<Failure | TLSSocket> => {
  const name = tls.serverName ?? host;
  enter(trace, 'tls', monotonic());
  const socket = connectTls({
    socket: wire,
    host: name,
    secureContext: contextOf(tls),
    ...(isIP(name) ? {} : { servername: name }),
    ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    // Judged by us right after the handshake, so that a bad certificate can still be read.
    rejectUnauthorized: false,
  });
  trace.socket = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'secureConnect', () => complete(trace, monotonic()));
  return judgeCertificate(socket, tls, trace) ?? socket;
};
