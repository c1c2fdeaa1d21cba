import type { Socket } from 'node:net';
import { connect } from '../net/connect.ts';
import { secure } from '../net/handshake.ts';
import type { Trace } from '../net/phases.ts';
import { fail, failureOf, isFailure, unknown, type Failure } from '../net/reasons.ts';
import type { HttpTarget } from '../targets.ts';
import { exchange } from './exchange.ts';
import { hostOf, placeOf, portOf } from './place.ts';
import type { Hop } from './redirects.ts';
import { headerLine, proxiedBytes, requestBytes } from './request.ts';
import { base64, decode } from './secrets.ts';

/** A connection that is open, and what to send on it. */
export type Way = { socket: Socket; bytes: Buffer };

const NO_PROXY = unknown('internal', 'the proxy of the probe is no http:// address');

const credentialsOf = ({ username, password }: URL): Record<string, string> =>
  username === '' && password === ''
    ? {}
    : { 'proxy-authorization': `Basic ${base64(`${decode(username)}:${decode(password)}`)}` };

/** What the proxy itself is to blame for, in its own words. */
export const proxyRefusal = (place: string, status: number): Failure =>
  fail(
    'proxy',
    status === 407
      ? `the proxy ${place} asks for other credentials (status 407)`
      : `the proxy ${place} did not connect us (status ${status})`,
  );

const failedAtProxy = (error: unknown, trace: Trace, signal: AbortSignal): Failure => {
  if (signal.aborted) throw error;
  return asProxy(failureOf(error, trace));
};

// Ours stays ours: a machine without file descriptors says nothing about a proxy.
const asProxy = (failure: Failure): Failure =>
  failure.outcome === 'unknown' || failure.reason === 'address-refused' ? failure : { ...failure, reason: 'proxy' };

/** A tunnel of the proxy to the target, RFC 9110 9.3.6. The target's credentials are no business of the proxy. */
const openTunnel = async (
  proxy: URL,
  to: URL,
  socket: Socket,
  trace: Trace,
  monotonic: () => number,
): Promise<Failure | null> => {
  const authority = `${to.hostname}:${portOf(to)}`;
  const headers = Object.entries({ host: authority, ...credentialsOf(proxy) });
  const lines = headers.map(([name, value]) => headerLine(name, value)).join('');
  const bytes = Buffer.from(`CONNECT ${authority} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  // Like a HEAD, the answer to CONNECT has no body when it says yes; when it does not, nobody reads it.
  const question = { bytes, toHead: true, stage: 'connect', limit: 0, keep: false } as const;
  const { status } = await exchange(question, socket, trace, monotonic);
  return status >= 200 && status < 300 ? null : proxyRefusal(placeOf(proxy), status);
};

const connectToProxy = async (
  proxy: URL,
  hop: Hop,
  { reach }: HttpTarget,
  trace: Trace,
  signal: AbortSignal,
  monotonic: () => number,
): Promise<Failure | Socket> => {
  const { place } = trace;
  trace.place = `the proxy ${placeOf(proxy)}`;
  try {
    const door = { host: hostOf(proxy), port: portOf(proxy), tls: null, alpn: [], reach, guarded: false };
    const socket = await connect(door, trace, signal, monotonic);
    if (isFailure(socket)) return asProxy(socket);
    if (hop.url.protocol === 'http:') return socket;
    const refused = await openTunnel(proxy, hop.url, socket, trace, monotonic);
    return refused ?? socket;
  } catch (error) {
    return failedAtProxy(error, trace, signal);
  } finally {
    trace.place = place;
  }
};

/**
 * Reaches the target of a hop by way of the proxy: in a tunnel for https, by a whole URL in the request for http. Which
 * addresses are visited is then up to the proxy; only its own is judged by us.
 */
export const wayThroughProxy = async (
  hop: Hop,
  target: HttpTarget,
  trace: Trace,
  signal: AbortSignal,
  monotonic: () => number,
): Promise<Failure | Way> => {
  const proxy = URL.parse(target.proxy ?? '');
  if (proxy?.protocol !== 'http:') return NO_PROXY;
  const socket = await connectToProxy(proxy, hop, target, trace, signal, monotonic);
  if (isFailure(socket)) return socket;
  if (hop.url.protocol === 'http:') return { socket, bytes: proxiedBytes(hop, credentialsOf(proxy)) };
  const safe = await secure(socket, hostOf(hop.url), target.tls, trace, monotonic, { alpn: ['http/1.1'] });
  return isFailure(safe) ? safe : { socket: safe, bytes: requestBytes(hop) };
};
