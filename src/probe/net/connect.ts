import { connect as connectPlain, isIP, type Socket } from 'node:net';
import type { Reach, Tls } from '../targets.ts';
import { refusalOf } from './permission.ts';
import { complete, enter, type Trace } from './phases.ts';
import { isFailure, type Failure } from './reasons.ts';
import { createResolver, type Found, type Resolver } from './resolve.ts';
import { untilEvent } from './socket.ts';
import { parseHosts, parseResolvConf } from './system-files.ts';
import { secure } from './tls.ts';
import { createWatched } from './watched.ts';

/**
 * Where a check connects. `host` is a name or an address without brackets; `tls` null = plain. `guarded`: the target
 * sent us here by a redirect; what is private where it stands may be private here, and nothing else.
 * `found`: the name was looked up already, and this address of it is to be visited.
 */
export type Door = {
  host: string;
  port: number;
  tls: Tls | null;
  alpn: readonly string[];
  reach: Reach;
  guarded: boolean;
  found?: Found;
};

type Monotonic = () => number;

const monotonicNow: Monotonic = () => performance.now();

/** The machine's own resolver: what its files say now, one memory of answers for all checks of a thread. */
export const machineResolver: Resolver = createResolver({
  hosts: createWatched('/etc/hosts', parseHosts, monotonicNow),
  conf: createWatched('/etc/resolv.conf', parseResolvConf, monotonicNow),
  monotonic: monotonicNow,
});

const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(new Error('aborted', { cause: signal.reason }));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
};

/** Looks a name up as the resolve phase of a check; the signal ends the waiting. Every address only with `all`. */
export const lookUp = async (
  { host, reach }: Pick<Door, 'host' | 'reach'>,
  trace: Trace,
  signal: AbortSignal,
  monotonic: Monotonic,
  { all = false, resolver = machineResolver }: { all?: boolean; resolver?: Resolver } = {},
): Promise<Found> => {
  enter(trace, 'resolve', monotonic());
  const looking = all ? resolver.resolveAll(host, reach) : resolver.resolveOne(host, reach);
  const found = await unlessAborted(looking, signal);
  complete(trace, monotonic());
  trace.cached = found.cached;
  return found;
};

/**
 * A plain connection to one address of a host, if it may be visited. One address, as blackbox_exporter does: happy eyeballs
 * abandons a slow but working address after 500 ms and reports a healthy target as down.
 */
const open = async (door: Door, trace: Trace, signal: AbortSignal, monotonic: Monotonic): Promise<Failure | Socket> => {
  const { host, port, reach, guarded } = door;
  const sentBy = guarded ? (trace.address ?? '') : null;
  const literal = isIP(host) !== 0;
  const found = literal
    ? { addresses: [host], name: host, local: false }
    : (door.found ?? (await lookUp(door, trace, signal, monotonic)));
  const address = found.addresses[0] ?? '';
  trace.address = address;
  const { name, local } = found;
  const refusal = refusalOf({ host, place: trace.place, address, literal, name, local, allow: reach.allow, sentBy });
  if (refusal) return refusal;

  enter(trace, 'connect', monotonic());
  const socket = connectPlain({ host: address, family: isIP(address), port, autoSelectFamily: false });
  trace.socket = socket;
  trace.wire = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'connect', () => complete(trace, monotonic()));
  return socket;
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
  const socket = await open(door, trace, signal, monotonic);
  if (isFailure(socket) || !door.tls) return socket;
  return secure(socket, { host: door.host, tls: door.tls, alpn: door.alpn }, trace, monotonic);
};
