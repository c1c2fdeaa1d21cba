import { connect as connectPlain, isIP, type Socket } from 'node:net';
import type { Tls } from '../targets.ts';
import { findAddress, type Wanted } from './find.ts';
import { secure } from './handshake.ts';
import { complete, enter, type Trace } from './phases.ts';
import { isFailure, type Failure } from './reasons.ts';
import { untilEvent } from './socket.ts';

/** Where a check connects. `tls` null = plain. */
export type Door = Wanted & { port: number; tls: Tls | null; alpn: readonly string[] };

/**
 * Looks the name up, connects and shakes hands; always a new connection and a full handshake. The socket stands in
 * `trace.socket` from the start, so that whoever ends the check can destroy it. Rejects with node's errors.
 * One address, as blackbox_exporter does: happy eyeballs abandons a slow but working one after 500 ms and reports a
 * healthy target as down.
 */
export const connect = async (
  door: Door,
  trace: Trace,
  signal: AbortSignal,
  monotonic: () => number,
): Promise<Failure | Socket> => {
  const found = await findAddress(door, trace, signal, monotonic);
  if (isFailure(found)) return found;
  const { address } = found;
  enter(trace, 'connect', monotonic());
  const socket = connectPlain({ host: address, family: isIP(address), port: door.port, autoSelectFamily: false });
  trace.socket = socket;
  trace.wire = socket;
  socket.on('error', () => undefined);
  await untilEvent(socket, 'connect', () => complete(trace, monotonic()));
  return door.tls ? secure(socket, door.host, door.tls, trace, monotonic, { alpn: door.alpn }) : socket;
};
