import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Tls } from '../targets.ts';
import { contextOf, judgeCertificate, untilEvent } from './connect.ts';
import { complete, enter, type Trace } from './phases.ts';
import type { Failure } from './reasons.ts';

/** One version and its ciphers, for a handshake that finds out whether the other side still speaks it. */
export type Offer = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'ciphers'>;

/** A handshake over a socket that is open already, as STARTTLS wants it; the certificate is not judged. */
export const shakeHands = async (
  plain: Socket,
  host: string,
  tls: Tls,
  trace: Trace,
  monotonic: () => number,
  offer?: Offer,
): Promise<TLSSocket> => {
  const name = tls.serverName ?? host;
  const own = tls.clientCertificate ? { cert: tls.clientCertificate.certificate, key: tls.clientCertificate.key } : {};
  enter(trace, 'tls', monotonic());
  const socket = connectTls({
    socket: plain,
    ...(offer ? { ...own, ...offer } : { secureContext: contextOf(tls) }),
    ...(isIP(name) ? { host: name } : { servername: name }),
    rejectUnauthorized: false,
  });
  trace.socket = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'secureConnect', () => complete(trace, monotonic()));
  return socket;
};

/** The same with the certificate judged, as `connect` does it. */
export const secure = async (
  plain: Socket,
  host: string,
  tls: Tls,
  trace: Trace,
  monotonic: () => number,
): Promise<TLSSocket | Failure> => {
  const socket = await shakeHands(plain, host, tls, trace, monotonic);
  return judgeCertificate(socket, tls, trace) ?? socket;
};
