import type { Trace } from '../net/phases.ts';
import type { Failure } from '../net/reasons.ts';
import { resultOf as resultOfAnyKind, type Timing } from '../outcome.ts';
import type { CheckResult, Facts } from '../probe.ts';
import type { Hide } from './secrets.ts';

/** How a check ended: `failure` null = it passed, and `degraded` says in what it is not well. */
export type Verdict = { failure: Failure | null; degraded: Failure | null };

const hiddenIn = (failure: Failure | null, hide: Hide): Failure | null =>
  failure && { ...failure, detail: hide(failure.detail) };

const hidden = (facts: Facts, hide: Hide): Facts =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? hide(fact) : fact]));

/** The result of an HTTP check, without the secrets of its target. */
export const resultOf = (
  start: Timing,
  trace: Trace,
  { failure, degraded }: Verdict,
  hide: Hide,
  facts: Facts | null,
): CheckResult =>
  resultOfAnyKind(start, trace, {
    failure: hiddenIn(failure, hide),
    degraded: hiddenIn(degraded, hide),
    ...(facts && { facts: hidden(facts, hide) }),
  });
