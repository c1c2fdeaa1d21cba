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
  'limited',
  'no-beat',
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
  /** One sentence for people, without secrets: `status was 503, expected 200`; empty when it passed. */
  detail: string;
  /** HTTP status of the last hop; null when there was none. */
  status: number | null;
  phases: Phases;
  /** Epoch ms; null without TLS. */
  certificateExpiresAt: number | null;
  /** How late it started after its slot, ms. */
  lateMs: number;
  /** It overlapped a stall of the prober's own loop: its timing is not to be trusted. */
  suspect: boolean;
};

export type Assertion =
  | { kind: 'status'; expected: readonly (number | '1xx' | '2xx' | '3xx' | '4xx' | '5xx')[] }
  | { kind: 'header'; name: string; equals?: string; matches?: string; absent?: boolean }
  | { kind: 'json'; path: string; equals: string | number | boolean | null }
  | { kind: 'body'; contains?: string; matches?: string; not?: boolean }
  | { kind: 'response-time'; belowMs: number }
  | { kind: 'certificate'; validForMs: number };

/** What one HTTP check does. Values are revealed; it exists only in the hand-over to the prober. */
export type HttpTarget = {
  kind: 'http';
  url: string;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  headers: Readonly<Record<string, string>>;
  body: string | null;
  redirects: { follow: boolean; limit: number; allowDowngrade: boolean };
  maxBodyBytes: number;
  /** PEM of an own certificate authority; null = the system's. */
  ca: string | null;
  assertions: readonly Assertion[];
};

/** One probe as the prober runs it. */
export type Target = { id: string; intervalMs: number; timeoutMs: number; check: HttpTarget };

/** Runs one check; never throws for a failing target. `signal` is the total deadline and the stop. */
export type Probe<T> = (
  target: T,
  context: { id: string; timeoutMs: number; signal: AbortSignal },
) => Promise<CheckResult>;
