import type { Clock } from '../../clock.ts';
import { connect } from '../net/connect.ts';
import type { Trace } from '../net/phases.ts';
import { isFailure, type Failure } from '../net/reasons.ts';
import type { Found } from '../net/resolve.ts';
import type { HttpTarget } from '../targets.ts';
import type { Plan } from './assertions.ts';
import { exchange, type Response } from './exchange.ts';
import type { Seen } from './facts.ts';
import { hostOf, placeOf, portOf } from './place.ts';
import { proxyRefusal, wayThroughProxy, type Way } from './proxy.ts';
import type { Hop } from './redirects.ts';
import { requestBytes } from './request.ts';
import type { Hiding } from './secrets.ts';
import { readSession } from './session.ts';

export type Time = Pick<Clock, 'now' | 'monotonic'>;
/** What all checks of a target share, made once. */
export type Prepared = { target: HttpTarget; first: Hop; plan: Plan; hiding: Hiding };
/** One check under way; `found`: the address of its first host that it is to visit. */
export type Check = Prepared & {
  seen: Seen;
  found: Found | null;
  trace: Trace;
  signal: AbortSignal;
  inspect: boolean;
  startedAt: number;
  time: Time;
};

/** An open connection to the server of a hop, or to who passes its request on. */
const wayTo = async (hop: Hop, { target, first, found, trace, signal, time }: Check): Promise<Way | Failure> => {
  if (target.proxy !== null) return wayThroughProxy(hop, target, trace, signal, time.monotonic);
  const guarded = hop.url.hostname !== first.url.hostname;
  const socket = await connect(
    {
      host: hostOf(hop.url),
      port: portOf(hop.url),
      tls: hop.url.protocol === 'https:' ? target.tls : null,
      alpn: ['http/1.1'],
      reach: target.reach,
      guarded,
      ...(found && !guarded && { found }),
    },
    trace,
    signal,
    time.monotonic,
  );
  return isFailure(socket) ? socket : { socket, bytes: requestBytes(hop) };
};

/** One hop: a new connection, one request, the head of its answer. */
export const visit = async (hop: Hop, check: Check): Promise<Response | Failure> => {
  const { target, plan, trace, inspect, seen, time } = check;
  trace.place = placeOf(hop.url);
  trace.status = null;
  trace.certificateExpiresAt = null;
  Object.assign(seen, { hop, session: null, head: null });
  const way = await wayTo(hop, check);
  // Now, because the target may have closed the connection by the time its answer is judged.
  if (trace.socket && (plan.needsSession || inspect)) seen.session = readSession(trace.socket);
  if (isFailure(way)) return way;
  const response = await exchange(
    {
      bytes: way.bytes,
      toHead: hop.method === 'HEAD',
      stage: 'processing',
      limit: target.maxBodyBytes,
      keep: plan.needsBody || inspect,
    },
    way.socket,
    trace,
    time.monotonic,
  );
  seen.head = response;
  if (response.status === 407 && target.proxy !== null && hop.url.protocol === 'http:')
    return proxyRefusal(placeOf(new URL(target.proxy)), 407);
  return response;
};

/** A reset leaves no TIME_WAIT on either side; after a complete answer nobody misses the farewell. */
export const hangUp = ({ target, trace }: Pick<Check, 'target' | 'trace'>): void => {
  if (target.close === 'reset') trace.wire?.resetAndDestroy();
  trace.socket?.destroy();
};
