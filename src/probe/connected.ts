import { isIP, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { STOPPED } from './deadline.ts';
import { connect } from './net/connect.ts';
import { complete, createTrace, enter, type Trace } from './net/phases.ts';
import { failureOf, isFailure, timedOut, unknown, type Failure } from './net/reasons.ts';
import type { CheckContext, CheckResult, Facts, Readings } from './probe.ts';
import { judgeRead } from './readings.ts';
import type { Judged, Reach, Tls } from './targets.ts';

export type Time = Pick<Clock, 'now' | 'monotonic'>;

/** One connection that is talked over: where it leads, and what may not be shown. `tls` null = plain. */
export type Talk = {
  host: string;
  port: number;
  tls: Tls | null;
  reach: Reach;
  judged: Judged;
  hide: (text: string) => string;
};

/** What the talk found. */
export type Heard = { readings: Readings; facts: Facts };

export type Speak = (socket: Socket, trace: Trace, signal: AbortSignal) => Promise<Heard | Failure>;

const NOTHING: Heard = { readings: {}, facts: {} };

const placeOf = ({ host, port }: Talk): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

const hear = async (
  talk: Talk,
  speak: Speak,
  trace: Trace,
  signal: AbortSignal,
  monotonic: Time['monotonic'],
): Promise<Heard | Failure> => {
  const { host, port, tls, reach } = talk;
  const door = { host, port, tls, alpn: [], reach, guarded: false };
  const socket = await connect(door, trace, signal, monotonic);
  if (isFailure(socket)) return socket;
  enter(trace, 'processing', monotonic());
  const heard = await speak(socket, trace, signal);
  if (!isFailure(heard)) complete(trace, monotonic());
  return heard;
};

/**
 * One check that connects and talks: `processing` is everything after the handshake, so that the phases add up to the
 * duration. Whatever `speak` throws becomes a failure; the socket is gone when this settles.
 */
export const checkConnected = async (
  talk: Talk,
  { id, timeoutMs, signal, inspect }: CheckContext,
  time: Time,
  speak: Speak,
): Promise<CheckResult> => {
  const startedAt = time.monotonic();
  const at = time.now();
  const trace = createTrace(startedAt);
  trace.place = placeOf(talk);
  const onAbort = (): void => void trace.socket?.destroy(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  let heard: Heard | Failure;
  try {
    heard = await hear(talk, speak, trace, signal, time.monotonic);
  } catch (error) {
    if (signal.reason === STOPPED) heard = unknown('paused', 'the check was stopped before it was done');
    else heard = signal.aborted ? timedOut(timeoutMs, trace) : failureOf(error, trace);
  } finally {
    signal.removeEventListener('abort', onAbort);
    trace.socket?.destroy();
  }
  const durationMs = time.monotonic() - startedAt;
  const { readings, facts } = isFailure(heard) ? NOTHING : heard;
  const { certificateExpiresAt } = trace;
  const judged = isFailure(heard)
    ? { failure: heard, degraded: null }
    : judgeRead(talk.judged, { readings, durationMs, certificateExpiresAt, now: at });
  const said = judged.failure ?? judged.degraded;
  return {
    probe: id,
    at,
    durationMs,
    outcome: judged.failure?.outcome ?? 'pass',
    reason: said?.reason ?? 'ok',
    detail: talk.hide(said?.detail ?? ''),
    status: null,
    phases: trace.phases,
    certificateExpiresAt,
    address: trace.address,
    degraded: judged.degraded !== null,
    attempts: 1,
    readings,
    lateMs: 0,
    stalledMs: 0,
    suspect: false,
    ...(inspect ? { facts } : {}),
  };
};
