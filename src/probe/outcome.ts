import type { Clock } from '../clock.ts';
import { STOPPED } from './deadline.ts';
import type { Trace } from './net/phases.ts';
import { failureOf, timedOut, unknown, type Failure } from './net/reasons.ts';
import type { Found } from './net/resolve.ts';
import type { CheckContext, CheckResult, Facts, Readings } from './probe.ts';

export type Time = Pick<Clock, 'now' | 'monotonic'>;

/** What came of a check. `durationMs` is told only where it is not the whole check that counts. */
export type Outcome = {
  failure: Failure | null;
  degraded?: Failure | null;
  durationMs?: number;
  readings?: Readings;
  facts?: Facts;
};

/** What the own part of a kind works with. `inspect` = somebody wants the facts; `found` = the one address to visit. */
export type Visit = {
  trace: Trace;
  signal: AbortSignal;
  time: Time;
  startedAt: number;
  timeoutMs: number;
  inspect: boolean;
  found: Found | null;
};

/** The socket of the trace ends with the work or with the signal, whichever comes first. */
export const traced = async <T>(signal: AbortSignal, trace: Trace, work: (trace: Trace) => Promise<T>): Promise<T> => {
  const onAbort = (): void => void trace.socket?.destroy(new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(trace);
  } finally {
    signal.removeEventListener('abort', onAbort);
    trace.socket?.destroy();
  }
};

const STOP = unknown('paused', 'the check was stopped before it was done');

/** What was thrown, or the abort that made it be thrown → the failure. */
export const failureFrom = (
  error: unknown,
  trace: Trace,
  { signal, timeoutMs }: Pick<CheckContext, 'signal' | 'timeoutMs'>,
): Failure => {
  if (signal.reason === STOPPED) return STOP;
  return signal.aborted ? timedOut(timeoutMs, trace) : failureOf(error, trace);
};

/** Whose check it was, and when. */
export type Timing = Pick<CheckResult, 'probe' | 'at' | 'durationMs'>;

/** The one place where a check result is made of what was seen. */
export const resultOf = (start: Timing, trace: Trace, { failure, degraded = null, ...seen }: Outcome): CheckResult => {
  const told = failure ?? degraded;
  return {
    ...start,
    durationMs: seen.durationMs ?? start.durationMs,
    outcome: failure?.outcome ?? 'pass',
    reason: told?.reason ?? 'ok',
    detail: told?.detail ?? '',
    status: trace.status,
    phases: trace.phases,
    certificateExpiresAt: trace.certificateExpiresAt,
    address: trace.address,
    degraded: !failure && degraded !== null,
    attempts: 1,
    readings: seen.readings ?? {},
    lateMs: 0,
    stalledMs: 0,
    suspect: false,
    ...(seen.facts ? { facts: seen.facts } : {}),
  };
};
