import { DAY } from '../duration.ts';
import type { Adjusted } from './adjustment.ts';
import { budgetShare } from './objective.ts';
import type { Slo } from './slo.ts';
import type { Sums } from './slot.ts';
import type { Budget } from './status.ts';
import { spanDays } from './window.ts';
import type { Span } from './window.ts';

/** Part of the span that data could cover: from the SLO's first sample to now, less what its source still revises. */
export const observedSpan = (slo: Slo, span: Span, firstDataAt: number | null, now: number): Span => {
  const to = Math.min(now - slo.settleLagMs, span.to);
  const from = firstDataAt === null ? to : Math.min(to, Math.max(span.from, firstDataAt));
  return { from, to: Math.max(from, to) };
};

/** Whole days; parts of the first one with a digit, so that a new SLO does not have `0 of 30 d`. */
const daysOf = (ms: number): number => (ms < DAY ? Math.floor((ms / DAY) * 10) / 10 : Math.floor(ms / DAY));

/**
 * The error budget of `span`, of which `sums` is known at `now`.
 *
 * A budget belongs to the whole window, also while it runs: with observed = time since the window began or since the
 * SLO's first sample, whichever is later,
 *   expected = total × span ÷ observed        (the traffic so far goes on)
 *   allowed = expected × (1 − objective)      remaining = 1 − bad ÷ allowed      badAllowed = allowed − bad
 * so that ten bad minutes on the first of a month cost what they cost on the last. Over a full rolling window expected
 * is total, and `remaining` is 1 − error ratio ÷ (1 − objective) exactly. Gaps are not filled: they only lower
 * `coverage`. Without traffic nothing is said: null.
 */
export const budget = (slo: Slo, sums: Sums, span: Span, firstDataAt: number | null, now: number): Budget => {
  const observed = observedSpan(slo, span, firstDataAt, now);
  const elapsed = observed.to - observed.from;
  const bad = Math.max(0, sums.total - sums.good);
  // A first check stands for its whole interval, not for the instant since it ran.
  const known = Math.max(elapsed, Math.min(sums.covered, span.to - span.from));
  const expected = known > 0 ? (sums.total * (span.to - span.from)) / known : sums.total;
  const allowed = expected * budgetShare(slo.objective);
  const counted = sums.total > 0;
  return {
    span,
    good: sums.good,
    bad,
    total: sums.total,
    attained: counted ? sums.good / sums.total : null,
    remaining: counted ? 1 - bad / allowed : null,
    badAllowed: counted ? allowed - bad : null,
    coverage: elapsed > 0 ? Math.min(1, sums.covered / elapsed) : sums.covered > 0 ? 1 : 0,
    days: { have: daysOf(elapsed), of: spanDays(span) },
    adjustments: [],
    before: null,
  };
};

/** The budget after exclusions and corrections, which says what it was before them. */
export const adjustedBudget = (counted: Budget, adjusted: Adjusted, of: (sums: Sums) => Budget): Budget => {
  const { remaining, bad, total } = counted;
  return { ...of(adjusted.sums), adjustments: adjusted.list, before: { remaining, bad, total } };
};
