import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Tls } from '../targets.ts';
import { certificateExpiry, certificateVerdict } from './certificate.ts';
import { contextOf } from './contexts.ts';
import { complete, enter, type Trace } from './phases.ts';
import { certificateFailure, type Failure } from './reasons.ts';
import { untilEvent } from './socket.ts';

/** One version and its ciphers, for a handshake that finds out whether the other side still speaks it. */
export type Offer = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;

type Hello = { offer?: Offer; alpn?: readonly string[] };

/** A full handshake over a socket that is open already; the certificate is not judged. */
export const shakeHands = async (
  plain: Socket,
  host: string,
  tls: Tls,
  trace: Trace,
  monotonic: () => number,
  { offer, alpn = [] }: Hello = {},
): Promise<TLSSocket> => {
  const name = tls.serverName ?? host;
  const own = tls.clientCertificate ? { cert: tls.clientCertificate.certificate, key: tls.clientCertificate.key } : {};
  enter(trace, 'tls', monotonic());
  const socket = connectTls({
    socket: plain,
    ...(offer ? { ...own, ...offer } : { secureContext: contextOf(tls) }),
    ...(isIP(name) ? { host: name } : { servername: name }),
    ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    // Judged by us right after the handshake, before one byte is sent, so that a bad certificate can still be read.
    rejectUnauthorized: false,
  });
  // Node turns the whole chain into objects to compare the name, a fifth of a handshake's cost, unless the session was
  // resumed. It never is here: nothing is kept that could be. The name is compared below, once per certificate.
  socket.isSessionReused = () => true;
  trace.socket = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'secureConnect', () => complete(trace, monotonic()));
  return socket;
};

const judgeCertificate = (socket: TLSSocket, host: string, tls: Tls, trace: Trace): Failure | null => {
  trace.certificateExpiresAt = certificateExpiry(socket);
  const verdict = tls.verify ? certificateVerdict(socket, tls.serverName ?? host) : null;
  return verdict === null ? null : certificateFailure(verdict, trace.place);
};

/** The same with the certificate judged. */
export const secure = async (
  plain: Socket,
  host: string,
  tls: Tls,
  trace: Trace,
  monotonic: () => number,
  hello: Hello = {},
): Promise<TLSSocket | Failure> => {
  const socket = await shakeHands(plain, host, tls, trace, monotonic, hello);
  return judgeCertificate(socket, host, tls, trace) ?? socket;
};
