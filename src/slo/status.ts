import type { Adjustment } from './adjustment.ts';
import type { Slo } from './slo.ts';
import type { Span } from './window.ts';

/**
 * ok: on its way to meet the objective · at-risk: an alert fires, or the budget ends before its window does ·
 * missed: the budget is gone · partial: fewer days of data than its window · unknown: under 90 % coverage ·
 * no-data: nothing at all · not-configured.
 */
export const SLO_STATES = ['ok', 'at-risk', 'missed', 'partial', 'unknown', 'no-data', 'not-configured'] as const;
export type SloState = (typeof SLO_STATES)[number];

/** Shares of the budget; 1 = untouched, 0 = gone, negative = overspent. `null` = no data, which is not 0. */
export type Budget = {
  span: Span;
  good: number;
  bad: number;
  total: number;
  /** good ÷ total. */
  attained: number | null;
  remaining: number | null;
  /** Bad events that the budget still allows, of those expected in the whole window. */
  badAllowed: number | null;
  /** 0 … 1 of the span since the SLO's first sample. */
  coverage: number;
  /** Days of data and days of the window: `partial (3 of 30 d)`. */
  days: { have: number; of: number };
  /** What exclusions and corrections did to it; empty where there are none in its window. */
  adjustments: readonly Adjustment[];
  /** As it was counted, without them; null where there are none. */
  before: { remaining: number | null; bad: number; total: number } | null;
};

/** Error ratio of a look-back ÷ (1 − objective). `null` = no data. */
export type BurnRate = { label: string; ms: number; rate: number | null; coverage: number; bad: number; total: number };

/** One sentence of what happens at the present rate. */
export type Forecast = { kind: 'lasts' | 'ends' | 'gone' | 'no-data'; endsAt: number | null; text: string };

export type TierStatus = {
  name: string;
  factor: number;
  long: BurnRate;
  short: BurnRate;
  severity: 'critical' | 'warning';
  status: 'pending' | 'firing' | 'stale' | 'clear' | 'unknown';
  /** Share of the window's budget gone when this fires. */
  budgetShare: number;
};

/** An SLO as it stands now: what the API, the pages and the metrics show. */
export type SloStatus = {
  slo: Slo;
  state: SloState;
  /** Why, in one sentence, where the state needs one. */
  because: string | null;
  budget: Budget;
  burnRates: readonly BurnRate[];
  tiers: readonly TierStatus[];
  forecast: Forecast;
  lastDataAt: number | null;
};
