import type { Comparison } from './comparison.ts';
import { slotStart } from './slot.ts';
import type { Slot } from './slot.ts';

/**
 * How good and total are counted.
 * - `probe`: every check counts; a passed one is good.
 * - `latency`: every check that was answered or timed out counts; one within `thresholdMs` that passed is good.
 * - `events`: good and total come from a provider's slots.
 * - `freshness`: each slot counts once; it is good when the last beat is not older than `maxAgeMs`.
 * - `incident-clock`: each incident counts once; it is good when recovered within `withinMs`.
 * - `time-slice`: each slice of `sliceMs` counts once; it is bad when `sample comparison threshold` is false for one. For
 *   sources that only give percentiles, which must not be averaged.
 * - `composite`: good and total are the weighted sums of those of its parts.
 * - `promql`: good and total are counted by queries over metrics of the user's own, in a Prometheus-compatible store.
 * Ids of probes and SLOs are whole: `duru-notes/api/health`.
 */
export type Indicator =
  | { kind: 'probe'; probes: readonly string[] }
  | { kind: 'latency'; probes: readonly string[]; thresholdMs: number }
  | { kind: 'events'; connector: string }
  | { kind: 'freshness'; probe: string; maxAgeMs: number }
  | { kind: 'incident-clock'; withinMs: number }
  | { kind: 'time-slice'; source: SliceSource; comparison: Comparison; threshold: number; sliceMs: number }
  | { kind: 'composite'; parts: readonly { slo: string; weight: number }[] }
  | { kind: 'promql'; connector: string; measure: Measure; groupBy: readonly string[] };

/** What a time slice samples: a metric of a probe (as conditions read it), or an instant query (PromQL, one value). */
export type SliceSource =
  | { kind: 'probe'; probe: string; metric: string }
  | { kind: 'query'; connector: string; query: string };

/**
 * PromQL over the user's own metrics. A *counter* is a selector (`http_requests_total{job="api"}`), of which Nines takes
 * the rate over the look-backs that it needs; or an expression in events per second that says `$window` itself where the
 * range belongs: `sum(rate(a[$window])) + sum(rate(b[$window]))`.
 * - `errors`, `good`: two counters. · `ratio`: share of bad events, 0 … 1, with `$window`; each second counts once.
 * - `histogram`: the name and matchers of a classic histogram without `_bucket`; good within `thresholdSeconds`.
 * - `native-histogram`: the same of a native one (Prometheus 3).
 * - `gauge`: 1 = good, 0 = bad; every sample counts once.
 */
export type Measure =
  | { kind: 'errors'; errors: string; total: string }
  | { kind: 'good'; good: string; total: string }
  | { kind: 'ratio'; ratio: string }
  | { kind: 'histogram'; histogram: string; thresholdSeconds: number }
  | { kind: 'native-histogram'; histogram: string; thresholdSeconds: number }
  | { kind: 'gauge'; gauge: string };

/** One finished check, as an indicator counts it. */
export type Check = {
  /** Epoch ms at which it started. */
  at: number;
  durationMs: number;
  outcome: 'pass' | 'fail' | 'unknown';
  /** The word of the prober: `ok`, `timeout`, `status`, `limited` … */
  reason: string;
  /** Ms of it in which the prober itself stood still: `durationMs` less this is its lower bound. Default 0. */
  stalledMs?: number;
  /** How often the probe is due. */
  intervalMs: number;
  /** How many probes of the indicator run: each backs its part of the time. */
  probes: number;
};

export const CHECK_SLOT_WIDTH = 10_000;

// Our own stop or mistake, or a target that refuses us for asking too often, is no failure of the target.
const SAYS_NOTHING = new Set(['paused', 'internal']);

export const saysNothing = ({ outcome, reason }: Pick<Check, 'outcome' | 'reason'>): boolean =>
  outcome === 'unknown' || SAYS_NOTHING.has(reason);

/** good and total of a check; null when it counts as nothing although it took place. */
const countOf = (indicator: Indicator & { kind: 'probe' | 'latency' }, check: Check): { good: number } | null => {
  if (check.reason === 'limited' || check.reason === 'maintenance') return null;
  if (indicator.kind === 'probe') return { good: check.outcome === 'pass' ? 1 : 0 };
  // A failed response-time assertion was answered: whether that is too slow is for this indicator's threshold to say.
  const answered = check.outcome === 'pass' || check.reason === 'response-time';
  if (!answered && check.reason !== 'timeout') return null;
  if (answered && check.durationMs <= indicator.thresholdMs) return { good: 1 };
  // Too slow is only what our own stalls do not explain; nothing explains a timeout without any.
  const { durationMs, stalledMs = 0 } = check;
  return stalledMs === 0 || durationMs - stalledMs > indicator.thresholdMs ? { good: 0 } : null;
};

/**
 * What one check adds to a probe or latency indicator: one slot, or none when its outcome is unknown. It lies where the
 * check started and covers its share of the interval, in whole ms (rounded up, so that full coverage adds up to full).
 * - probe: a pass is good. latency: good within the threshold; slower, or timed out, is bad; other failures count
 *   nothing but are covered, since availability counts them.
 * - `maintenance`, `limited` (the target answered 429 to our own probe) and, for latency, slowness that our own stalls may
 *   explain: covered, total 0.
 */
export const slotsOf = (indicator: Indicator, check: Check, width: number = CHECK_SLOT_WIDTH): readonly Slot[] => {
  if (indicator.kind !== 'probe' && indicator.kind !== 'latency') return [];
  const planned = check.reason === 'maintenance';
  if (!planned && saysNothing(check)) return [];
  const count = countOf(indicator, check);
  const covered = Math.ceil(check.intervalMs / check.probes);
  return [{ start: slotStart(check.at, width), width, good: count?.good ?? 0, total: count ? 1 : 0, covered }];
};

/**
 * What the slot that begins at `start` says about freshness: good when, at its end, the last beat is at most
 * `maxAgeMs` old. Before the first beat ever there is nothing to be stale: not covered.
 */
export const freshnessSlot = (
  indicator: Indicator & { kind: 'freshness' },
  lastBeatAt: number | null,
  start: number,
  width: number,
): Slot => {
  if (lastBeatAt === null) return { start, width, good: 0, total: 0, covered: 0 };
  const good = start + width - lastBeatAt <= indicator.maxAgeMs ? 1 : 0;
  return { start, width, good, total: 1, covered: width };
};
