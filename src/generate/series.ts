import { formatDuration, MINUTE } from '../duration.ts';
import type { Slo } from '../slo/slo.ts';

/**
 * The series that the generated rules record: the names that dashboards, rule tests and checks read. Every one carries
 * {system, environment, service, slo} and the SLO's grouping labels under their own names, so that no selector can
 * reach another SLO's numbers. Errors and totals are per second and stand apart: their sums are weighted by traffic, which no
 * average of ratios is.
 */
export const RECORDED = {
  /** Bad events per second over a look-back read from the raw series: `5m` and `1h` (fast group), `15m` (slow group). */
  errors: (base: RawLookBack): string => `nines:sli_errors:rate${base}`,
  /** All events per second. Absent = no data; 0 = no traffic. */
  total: (base: RawLookBack): string => `nines:sli_total:rate${base}`,
  /** Bad events in a look-back, of those that are judged and are no raw ones. */
  bad: (lookBackMs: number): string => `nines:sli_errors:increase${formatDuration(lookBackMs)}`,
  /** Error ratio (0 … 1) of a look-back, absent without traffic. */
  ratio: (lookBackMs: number): string => `nines:sli_error:ratio${formatDuration(lookBackMs)}`,
  /** Error ratio over the SLO's own window. */
  windowRatio: 'nines:sli_error:ratio_window',
  /** Share of the error budget that is left, as the ledger counts it; negative when overspent. */
  budgetRemaining: 'nines:error_budget:remaining_ratio',
  /** Share of the window so far for which totals were recorded. */
  coverage: 'nines:sli_coverage:ratio_window',
  /** Constants of the definition: the objective as a share, the window in seconds (calendar: the present one). */
  objective: 'nines:objective:ratio',
  window: 'nines:window:seconds',
} as const;

export type RawLookBack = '5m' | '15m' | '1h';

/** How often Prometheus scrapes Nines, ms. */
export const SCRAPE_INTERVAL = MINUTE / 4;
/** How often the groups are evaluated, ms. The slow one stays within Prometheus' look-back of 5 min. */
export const FAST_INTERVAL = MINUTE / 2;
export const SLOW_INTERVAL = 5 * MINUTE;

/** Shorter look-backs, ms: 5 m and 1 h are raw, the others derived from the 5 m rates. */
export const FAST_LOOK_BACKS: readonly number[] = [5, 30, 60, 120, 360].map((minutes) => minutes * MINUTE);
/** Longer look-backs, ms: derived from the 15 m rates. */
export const SLOW_LOOK_BACKS: readonly number[] = [1, 3].map((days) => days * 24 * 60 * MINUTE);

/** The labels that make an SLO's series its own. */
export const sloLabels = (
  slo: Pick<Slo, 'id' | 'system' | 'environment' | 'service'>,
): Readonly<Record<'system' | 'environment' | 'service' | 'slo', string>> => ({
  system: slo.system,
  environment: slo.environment,
  service: slo.service,
  slo: slo.id.slice(slo.id.lastIndexOf('/') + 1),
});

/** Label names that only identify; everything an SLO's dashboards and joins match on. */
export const SLO_LABEL_NAMES = ['system', 'environment', 'service', 'slo'] as const;
