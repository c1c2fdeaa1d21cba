import type { CheckResult } from './probe.ts';

/** A probe of something that always answers, and what its last check said; null before the first. */
export type Reference = {
  id: string;
  intervalMs: number;
  last: Pick<CheckResult, 'at' | 'outcome' | 'detail'> | null;
};

/** Silent for more intervals than this, a reference's last word is no longer the present. */
const FRESH_INTERVALS = 3;

const speaks = ({ intervalMs, last }: Reference, now: number): boolean =>
  last !== null && last.outcome !== 'unknown' && now - last.at <= FRESH_INTERVALS * intervalMs;

const shortOf = (id: string): string => id.slice(id.indexOf('/') + 1);

/**
 * Whether this machine itself is cut off: one sentence about it, or null. It is while fewer than `atLeast` references
 * can pass: those that failed freshly do not, those that say nothing (no check yet, stale, unknown) might. No memory:
 * the same words give the same answer. `now` in epoch ms.
 */
export const cutOff = (references: readonly Reference[], atLeast: number, now: number): string | null => {
  const failing = references.filter((one) => speaks(one, now) && one.last?.outcome === 'fail');
  if (references.length - failing.length >= atLeast) return null;
  const which = failing.map(({ id, last }) => `${shortOf(id)} (${last?.detail})`).join(', ');
  return `this machine seems to be cut off: ${references.length - failing.length} of ${references.length} references answer and ${atLeast} must; failing: ${which}`;
};

/** What a check says while we are cut off: nothing about its target. */
export const whileCutOff = (result: CheckResult, why: string): CheckResult => {
  const saw = result.outcome === 'pass' ? 'passed' : result.detail || result.reason;
  return { ...result, outcome: 'unknown', reason: 'offline', degraded: false, detail: `${why}; the check: ${saw}` };
};
