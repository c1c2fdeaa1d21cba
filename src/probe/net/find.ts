import { isIP } from 'node:net';
import type { Reach } from '../targets.ts';
import { orOwnLack } from './own-files.ts';
import { refusalOf } from './permission.ts';
import { complete, enter, type Trace } from './phases.ts';
import type { Failure } from './reasons.ts';
import { createResolver, type Found, type Resolver } from './resolve.ts';
import { parseHosts, parseResolvConf } from './system-files.ts';
import { createWatched } from './watched.ts';

/**
 * A host that a check visits: a name or an address without brackets. `guarded`: the target sent us there by a redirect.
 * `found`: its name was looked up already.
 */
export type Wanted = { host: string; reach: Reach; guarded: boolean; found?: Found };

type Monotonic = () => number;

const monotonicNow: Monotonic = () => performance.now();

/** What the machine's files say now, and one memory of answers for all checks of a thread. */
const machine: Resolver = createResolver({
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

/**
 * Looks a name up as the resolve phase of a check; the signal ends the waiting. As many addresses as `reach` asks
 * for: with `one`, a family that is not preferred is asked for only when there is no other.
 */
export const lookUp = async (
  host: string,
  reach: Reach,
  trace: Trace,
  signal: AbortSignal,
  monotonic: Monotonic,
): Promise<Found> => {
  enter(trace, 'resolve', monotonic());
  const looking = reach.addresses === 'all' ? machine.resolveAll(host, reach) : machine.resolveOne(host, reach);
  const found = await unlessAborted(looking, signal).catch((error: unknown) => {
    throw orOwnLack(error);
  });
  complete(trace, monotonic());
  trace.cached = found.cached;
  return found;
};

/**
 * The address of a host to visit, if it may be visited; it stands in `trace.address` either way. After a redirect, what
 * stood there before is the address that sent us. Rejects with node's errors.
 */
export const findAddress = async (
  { host, reach, guarded, found }: Wanted,
  trace: Trace,
  signal: AbortSignal,
  monotonic: Monotonic,
): Promise<Failure | { address: string }> => {
  const sentBy = guarded ? (trace.address ?? '') : null;
  const literal = isIP(host) !== 0;
  const { addresses, name, local } = literal
    ? { addresses: [host], name: host, local: false }
    : (found ?? (await lookUp(host, reach, trace, signal, monotonic)));
  const [address = ''] = addresses;
  trace.address = address;
  const visit = { host, place: trace.place, address, literal, name, local, allow: reach.allow, sentBy };
  return refusalOf(visit) ?? { address };
};
