import type { CheckTarget } from './targets.ts';

/** Why a check did not pass, for people, metrics and tests. Stable words. */
export const REASONS = [
  'ok',
  'dns',
  'refused',
  'unreachable',
  'reset',
  'timeout',
  'tls',
  'certificate-expired',
  'certificate-invalid',
  'certificate-age',
  'protocol',
  'too-large',
  'redirect-limit',
  'redirect-loop',
  'redirect-refused',
  'status',
  'header',
  'body',
  'json',
  'response-time',
  'address-refused',
  'hsts',
  'cors',
  'encoding',
  'graphql',
  'auth',
  'proxy',
  'expect',
  'starttls',
  'tls-version',
  'issuer',
  'answers',
  'reading',
  'serving',
  'query',
  'limited',
  'budget',
  'no-beat',
  'maintenance',
  'offline',
  'not-supported',
  'paused',
  'internal',
] as const;
export type Reason = (typeof REASONS)[number];

/** Milliseconds per phase, summed over redirects; a phase that did not happen is absent. Names as blackbox_exporter's. */
export type Phases = { resolve?: number; connect?: number; tls?: number; processing?: number; transfer?: number };

/** The outcome of one check. Plain data: it crosses threads. `unknown` says nothing about the target (we were paused). */
export type CheckResult = {
  /** Whole id: `duru-notes/api/health`. */
  probe: string;
  /** Epoch ms at which it started. */
  at: number;
  durationMs: number;
  outcome: 'pass' | 'fail' | 'unknown';
  reason: Reason;
  /**
   * One sentence for people, without secrets: `status was 503, expected 200`; empty when it passed, unless it is
   * degraded or passed at a later try.
   */
  detail: string;
  /** HTTP status of the last hop; null when there was none. */
  status: number | null;
  phases: Phases;
  /** Epoch ms; null without TLS. */
  certificateExpiresAt: number | null;
  /** The address that was visited; null when none was. */
  address: string | null;
  /** It passed, and is not well: `reason` and `detail` say in what. */
  degraded: boolean;
  /** Tries that this check took; more than 1 only with retries. */
  attempts: number;
  /** Numbers that were read, by name (`connections-used-ratio`), in base units. */
  readings: Readings;
  /** How late it started after its slot, ms. */
  lateMs: number;
  /** Ms of it in which the prober's own loop stood still: `durationMs` less this is its lower bound. */
  stalledMs: number;
  /** So much of it was our own stall that its timing is not to be trusted. */
  suspect: boolean;
  /** Ms of time that it stands for: the interval at which its probe was checked then; absent = the probe's own. */
  coversMs?: number;
  /** What a single check that somebody asked for saw beside this. */
  facts?: Facts;
};

/** An outcome that says nothing about the target, in the shape of a result. */
export const unknownResult = (
  probe: string,
  at: number,
  reason: CheckResult['reason'],
  detail: string,
): CheckResult => ({
  probe,
  at,
  durationMs: 0,
  outcome: 'unknown',
  reason,
  detail,
  status: null,
  phases: {},
  certificateExpiresAt: null,
  address: null,
  degraded: false,
  attempts: 1,
  readings: {},
  lateMs: 0,
  stalledMs: 0,
  suspect: false,
});

export type Readings = Readonly<Record<string, number>>;

/** Everything else a check saw, for whoever looks at one check; names are `probe_*` metrics' without their prefix. */
export type Facts = Readonly<Record<string, number | string>>;

/** One probe as the prober runs it. Targets with the same `budget` share so many requests per span. */
export type Target = {
  id: string;
  intervalMs: number;
  timeoutMs: number;
  retries: { count: number; waitMs: number };
  budget: { id: string; requests: number; perMs: number } | null;
  check: CheckTarget;
};

/** What a probe is told beside its target. `signal` is the total deadline and the stop; `inspect` asks for `facts`. */
export type CheckContext = { id: string; timeoutMs: number; signal: AbortSignal; inspect?: boolean };

/** Runs one check; never throws for a failing target. */
export type Probe<T> = (target: T, context: CheckContext) => Promise<CheckResult>;
