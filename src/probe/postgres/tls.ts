import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { certificateExpiry, certificateVerdict } from '../net/certificate.ts';
import { shakeHands } from '../net/handshake.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { certificateFailure, CLOSED, fail, type Failure } from '../net/reasons.ts';
import type { Tls } from '../targets.ts';

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** How a connection is protected: whether TLS is asked for, must be had, and how its certificate is judged. */
export type Protection = { ask: boolean; must: boolean; judge: 'no' | 'authority' | 'name' };

/**
 * `sslmode` means what libpq says (https://www.postgresql.org/docs/current/libpq-ssl.html). Without one TLS is used
 * where the server has it, and then judged as `verify` of the probe says.
 */
export const protectionOf = (mode: string | null, { verify, ca }: Tls): Protection | null => {
  const judged = (how: Protection['judge']): Protection['judge'] => (verify ? how : 'no');
  switch (mode as SslMode | null) {
    case null:
      return { ask: true, must: false, judge: judged('name') };
    case 'disable':
      return { ask: false, must: false, judge: 'no' };
    case 'allow':
    case 'prefer':
      return { ask: true, must: false, judge: 'no' };
    case 'require':
      return { ask: true, must: true, judge: judged(ca === null ? 'no' : 'authority') };
    case 'verify-ca':
      return { ask: true, must: true, judge: judged('authority') };
    case 'verify-full':
      return { ask: true, must: true, judge: judged('name') };
    default:
      return null;
  }
};

/** SSLRequest of protocol 3, "Message Formats": length 8, code 80877103; one byte answers. */
export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Bytes behind the answer would be plain ones that somebody put in front of the handshake (CVE-2021-23222). */
const askForTls = (socket: Socket): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.once('data', (chunk) => resolve(chunk.toString('latin1')));
  socket.once('error', reject);
  socket.once('close', () => reject(CLOSED));
  socket.write(SSL_REQUEST);
  return promise;
};

const judge = (socket: TLSSocket, name: string, how: Protection['judge'], trace: Trace): Failure | null => {
  trace.certificateExpiresAt = certificateExpiry(socket);
  const verdict = how === 'no' ? null : certificateVerdict(socket, name);
  if (verdict === null) return null;
  // The name is looked at last: whoever fails by it alone has a trusted certificate.
  if (how === 'authority' && verdict === 'ERR_TLS_CERT_ALTNAME_INVALID') return null;
  return certificateFailure(verdict, trace.place);
};

/** Asks an open connection for TLS and shakes hands; gives the socket to go on with. */
export const protect = async (
  socket: Socket,
  host: string,
  tls: Tls,
  protection: Protection,
  trace: Trace,
  monotonic: () => number,
): Promise<Socket | Failure> => {
  if (!protection.ask) return socket;
  enter(trace, 'tls', monotonic());
  const answer = await askForTls(socket);
  if (answer === 'N') {
    if (protection.must) return fail('tls', `${trace.place} has no TLS, and the url asks for it`);
    complete(trace, monotonic());
    return socket;
  }
  if (answer !== 'S') return fail('protocol', `${trace.place} does not speak the protocol of PostgreSQL`);
  const secured = await shakeHands(socket, host, tls, trace, monotonic);
  return judge(secured, tls.serverName ?? host, protection.judge, trace) ?? secured;
};
