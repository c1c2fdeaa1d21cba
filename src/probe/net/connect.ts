import { X509Certificate } from 'node:crypto';
import { lookup, type LookupAddress } from 'node:dns';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { isForbiddenAddress } from './addresses.ts';
import { certificateExpiry } from './certificate.ts';
import type { Reach, Tls } from '../targets.ts';
import { complete, enter, type Trace } from './phases.ts';
import { certificateFailure, CLOSED, fail, type Failure } from './reasons.ts';

/**
 * Where a check connects. `host` is a name or an address without brackets; `tls` null = plain. `guarded`: the target
 * sent us here by a redirect, so that link-local and metadata addresses are refused.
 */
export type Door = {
  host: string;
  port: number;
  tls: Tls | null;
  alpn: readonly string[];
  reach: Reach;
  guarded: boolean;
};

type Monotonic = () => number;

const lookups = new Map<string, Promise<LookupAddress>>();

// One address, as blackbox_exporter does: happy eyeballs abandons a slow but working address after 500 ms and reports
// a healthy target as down. IPv4 first, because most places that run a prober have no IPv6 route.
// Equal names that are asked for at once share a call: the system resolver runs only two at a time.
const lookUp = (name: string): Promise<LookupAddress> => {
  const pending = lookups.get(name);
  if (pending) return pending;
  const { promise, resolve, reject } = Promise.withResolvers<LookupAddress>();
  lookup(name, { order: 'ipv4first' }, (error, address, family) => {
    lookups.delete(name);
    if (error) reject(error);
    else resolve({ address, family });
  });
  lookups.set(name, promise);
  return promise;
};

const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(new Error('aborted', { cause: signal.reason }));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
};

const contexts = new Map<string, SecureContext>();
const MAX_CONTEXTS = 256;

/** Making a context costs 0.2 ms of CPU, so that targets with the same authority share one. */
export const contextOf = ({ ca, clientCertificate }: Tls): SecureContext => {
  const key = JSON.stringify([ca, clientCertificate]);
  const known = contexts.get(key);
  if (known) return known;
  // A context takes any text for an authority and then trusts nobody; this throws when it is none.
  if (ca !== null) void new X509Certificate(ca);
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  const own = clientCertificate ? { cert: clientCertificate.certificate, key: clientCertificate.key } : {};
  const context = createSecureContext(ca === null ? own : { ...own, ca });
  contexts.set(key, context);
  return context;
};

export const untilEvent = (socket: Socket, event: 'connect' | 'secureConnect', onEvent: () => void): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.once('close', () => reject(CLOSED));
  socket.once(event, () => {
    onEvent();
    resolve();
  });
  return promise;
};

const open = (door: Door, address: LookupAddress): Socket => {
  const { host, port, tls } = door;
  const to = { host: address.address, family: address.family, port, autoSelectFamily: false };
  if (!tls) return connectPlain(to);
  const name = tls.serverName ?? host;
  return connectTls({
    ...to,
    secureContext: contextOf(tls),
    ...(isIP(name) ? {} : { servername: name }),
    ...(door.alpn.length > 0 ? { ALPNProtocols: [...door.alpn] } : {}),
    // Judged by us right after the handshake, before one byte is sent, so that a bad certificate can still be read.
    rejectUnauthorized: false,
  });
};

export const judgeCertificate = (socket: TLSSocket, { verify }: Tls, trace: Trace): Failure | null => {
  trace.certificateExpiresAt = certificateExpiry(socket);
  if (!verify || socket.authorized) return null;
  const error: unknown = socket.authorizationError;
  const verdict = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return certificateFailure(verdict, trace.place);
};

/**
 * Looks the name up, connects and shakes hands; always a new connection and a full handshake. The socket stands in
 * `trace.socket` from the start, so that whoever ends the check can destroy it. Rejects with node's errors.
 */
export const connect = async (
  door: Door,
  trace: Trace,
  signal: AbortSignal,
  monotonic: Monotonic,
): Promise<Failure | Socket> => {
  const name = door.host;
  const family = isIP(name);
  enter(trace, 'resolve', monotonic());
  const address = family === 0 ? await unlessAborted(lookUp(name), signal) : { address: name, family };
  if (family === 0) complete(trace, monotonic());
  trace.address = address.address;
  if (door.guarded && isForbiddenAddress(address.address))
    return fail('redirect-refused', `a redirect led to ${trace.place}, a link-local or metadata address`);

  enter(trace, 'connect', monotonic());
  const socket = open(door, address);
  trace.socket = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'connect', () => complete(trace, monotonic()));
  if (!door.tls) return socket;

  enter(trace, 'tls', monotonic());
  await untilEvent(socket, 'secureConnect', () => complete(trace, monotonic()));
  return judgeCertificate(socket as TLSSocket, door.tls, trace) ?? socket;
};
