import type { Socket } from 'node:net';
import { formatAddress } from '../definition/address.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { judge } from './judge.ts';
import { connect } from './net/connect.ts';
import { complete, enter } from './net/phases.ts';
import { isFailure, type Failure } from './net/reasons.ts';
import type { Outcome, Visit } from './outcome.ts';
import type { Facts, Readings } from './probe.ts';
import type { Judged, Reach, Tls } from './targets.ts';

/** Where a database is, and what may not be shown of it. `tls` null = the connection begins without. */
export type Way = { host: string; port: number; tls: Tls | null; reach: Reach; hide: (text: string) => string };

/** What it told. */
export type Heard = { readings: Readings; facts: Facts };

export type Speak = (socket: Socket, visit: Visit) => Promise<Heard | Failure>;

/** The host of a database's url, for a check of every address that its name has. */
export const namedByUrl = ({ url, reach }: { url: string; reach: Reach }): { host: string; reach: Reach } | null => {
  const parts = parseDatabaseUrl(url);
  return parts && { host: parts.host, reach };
};

/**
 * Connects, talks, and judges the numbers that were told. `processing` is everything after the handshake, so that the
 * phases add up to the duration.
 */
export const visitDatabase = async (
  { hide, ...way }: Way,
  judged: Judged,
  visit: Visit,
  speak: Speak,
): Promise<Outcome | Failure> => {
  const { trace, signal, time, startedAt, inspect, found } = visit;
  trace.place = formatAddress(way);
  const door = { ...way, alpn: [], guarded: false, ...(found ? { found } : {}) };
  const socket = await connect(door, trace, signal, time.monotonic);
  if (isFailure(socket)) return socket;
  enter(trace, 'processing', time.monotonic());
  const heard = await speak(socket, visit);
  if (isFailure(heard)) return { ...heard, detail: hide(heard.detail) };
  const end = time.monotonic();
  complete(trace, end);
  const { certificateExpiresAt } = trace;
  const { readings, facts } = heard;
  const evidence = { durationMs: end - startedAt, certificateExpiresAt, readings, now: time.now() };
  return { ...judge(judged, evidence), readings, ...(inspect ? { facts } : {}) };
};
