import type { Socket } from 'node:net';
import type { Phases } from '../probe.ts';

/** Where a check is; each stage that completes becomes a phase. */
export type Stage = keyof Phases;

/** What is known of a check while it runs, so that a failure at any point can tell what came before. */
export type Trace = {
  stage: Stage;
  /** Monotonic ms at which the stage began. */
  since: number;
  phases: Phases;
  /** Host and port of the hop under way, for sentences. */
  place: string;
  socket: Socket | null;
  /** The TCP connection beneath it: the same one, unless there is TLS. */
  wire: Socket | null;
  /** The address that was chosen. */
  address: string | null;
  /** It was known without asking a name server. */
  cached: boolean;
  status: number | null;
  certificateExpiresAt: number | null;
};

export const createTrace = (now: number): Trace => ({
  stage: 'resolve',
  since: now,
  phases: {},
  place: '',
  socket: null,
  wire: null,
  address: null,
  cached: false,
  status: null,
  certificateExpiresAt: null,
});

export const enter = (trace: Trace, stage: Stage, now: number): void => {
  trace.stage = stage;
  trace.since = now;
};

/**
 * Ends the stage under way and adds it to its phase, so that redirects sum up as blackbox_exporter's
 * `probe_http_duration_seconds` does. Unlike there, a phase that did not happen stays absent instead of 0.
 */
export const complete = (trace: Trace, now: number): void => {
  trace.phases[trace.stage] = (trace.phases[trace.stage] ?? 0) + (now - trace.since);
  trace.since = now;
};
