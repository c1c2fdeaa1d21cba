import type { CheckResult, Target } from '../../src/probe/probe.ts';
import type { CheckTarget, Reach, Tls } from '../../src/probe/targets.ts';

/** What a definition that says nothing about the way to its target asks for. */
export const REACH: Reach = { ip: 'prefer-v4', resolver: null, addresses: 'one', allow: [] };
export const TLS: Tls = { ca: null, serverName: null, verify: true, clientCertificate: null };

/** A probe with no more than a check and its timing. */
export const scheduled = (id: string, check: CheckTarget, intervalMs: number, timeoutMs: number): Target => ({
  id,
  intervalMs,
  timeoutMs,
  retries: { count: 0, waitMs: 0 },
  budget: null,
  check,
});

/** What a test compares: the verdict in one line. */
export const verdict = ({ outcome, reason, detail }: CheckResult): string => `${outcome} ${reason}: ${detail}`;
