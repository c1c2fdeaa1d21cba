import type { Trace } from '../net/phases.ts';
import type { Failure } from '../net/reasons.ts';
import type { CheckResult, Facts } from '../probe.ts';
import type { Hide } from './secrets.ts';

/** How a check ended: `failure` null = it passed, and `degraded` says in what it is not well. */
export type Verdict = { failure: Failure | null; degraded: Failure | null };

const hidden = (facts: Facts, hide: Hide): Facts =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? hide(fact) : fact]));

export const resultOf = (
  start: Pick<CheckResult, 'probe' | 'at' | 'durationMs'>,
  { status, phases, address, certificateExpiresAt }: Trace,
  { failure, degraded }: Verdict,
  hide: Hide,
  facts: Facts | null,
): CheckResult => {
  const said = failure ?? degraded;
  return {
    ...start,
    outcome: failure?.outcome ?? 'pass',
    reason: said?.reason ?? 'ok',
    detail: said ? hide(said.detail) : '',
    status,
    phases,
    certificateExpiresAt,
    address,
    degraded: failure === null && degraded !== null,
    attempts: 1,
    readings: {},
    lateMs: 0,
    stalledMs: 0,
    suspect: false,
    ...(facts && { facts: hidden(facts, hide) }),
  };
};
