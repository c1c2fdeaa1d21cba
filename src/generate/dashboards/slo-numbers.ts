import { DAY, formatDuration, HOUR, SECOND } from '../../duration.ts';
import { RECORDED, SLO_LABEL_NAMES, SLOW_INTERVAL } from '../series.ts';
import { select, type Scope } from './selector.ts';

const NAMES = SLO_LABEL_NAMES.join(', ');

/** The worst group of each SLO: most have one. An aggregate of nothing is nothing, never a healthy number. */
const least = (expr: string): string => `min by (${NAMES}) (${expr})`;
const most = (expr: string): string => `max by (${NAMES}) (${expr})`;

/** Burn below which a budget does not end within any time worth naming: it makes a division by zero a large number. */
const HARDLY = '1e-9';

/** What one SLO, or all that `scope` selects, says as PromQL: one series per SLO, labelled as `SLO_LABEL_NAMES`. */
export const sloNumbers = (scope: Scope) => {
  const objective = most(select(RECORDED.objective, scope));
  const badShare = `(1 - ${objective})`;
  const budget = least(select(RECORDED.budgetRemaining, scope));
  const windowSeconds = most(select(RECORDED.window, scope));
  /** Error ratio of a look-back ÷ (1 − objective): 1 spends exactly the budget. The same numbers as the alerts. */
  const burn = (lookBackMs: number): string => `${most(select(RECORDED.ratio(lookBackMs), scope))} / ${badShare}`;
  const perSecond = `sum by (${NAMES}) (${select(RECORDED.total('15m'), scope)})`;
  const day = formatDuration(DAY);
  /** Recorded, not read from the counters of Nines: what Prometheus counts itself has none. */
  const badInADay = `sum by (${NAMES}) (sum_over_time(${select(RECORDED.errors('15m'), scope)}[${day}])) * ${SLOW_INTERVAL / SECOND}`;
  /** Bad events that a whole window allows, if as much happens as on the last day. */
  const allowed = `${badShare} * ${windowSeconds} * sum by (${NAMES}) (avg_over_time(${select(RECORDED.total('15m'), scope)}[${day}]))`;
  return {
    objective,
    budget,
    burn,
    badInADay,
    sli: `1 - ${most(select(RECORDED.windowRatio, scope))}`,
    coverage: least(select(RECORDED.coverage, scope)),
    windowSeconds,
    /** Seconds until the budget is spent at the pace of the last six hours; 0 when it is. */
    exhaustion: `clamp_min(${budget}, 0) * ${windowSeconds} / clamp_min(${burn(6 * HOUR)}, ${HARDLY})`,
    /** Bad events that may still come in a whole window, if as much happens as on the last day. */
    badEventsLeft: `${budget} * ${allowed}`,
    /** Where the budget will stand in a day at the pace of the last six hours. */
    budgetTomorrow: `${budget} - ${burn(6 * HOUR)} * ${DAY / 1_000} / ${windowSeconds}`,
    /** Share of the whole budget that the last day cost; a day of which two hours are known cost what these did. */
    spentInADay: `${badInADay} / (${allowed} > 0)`,
    perSecond,
    badPerSecond: `sum by (${NAMES}) (${select(RECORDED.errors('5m'), scope)})`,
    goodPerSecond: `sum by (${NAMES}) (${select(RECORDED.total('5m'), scope)}) - sum by (${NAMES}) (${select(RECORDED.errors('5m'), scope)})`,
  };
};

type GroupNumbers = { budget: string; burn: (lookBackMs: number) => string; sli: string; coverage: string };

/**
 * The numbers of each group apart. `groupBy`: its labels where they are known, so that nothing else parts them (`prometheus`
 * of two that are asked as one); else every series stands for itself.
 */
export const groupNumbers = (scope: Scope, groupBy?: readonly string[]): GroupNumbers => {
  const by = groupBy === undefined ? 'without ()' : `by (${[...SLO_LABEL_NAMES, ...groupBy].join(', ')})`;
  const worst = (call: 'min' | 'max', series: string): string => `${call} ${by} (${select(series, scope)})`;
  // The objective stands once for all groups.
  const badShare = `on (${NAMES}) group_left () (1 - ${most(select(RECORDED.objective, scope))})`;
  return {
    budget: worst('min', RECORDED.budgetRemaining),
    burn: (lookBackMs) => `${worst('max', RECORDED.ratio(lookBackMs))} / ${badShare}`,
    sli: `1 - ${worst('max', RECORDED.windowRatio)}`,
    coverage: worst('min', RECORDED.coverage),
  };
};
