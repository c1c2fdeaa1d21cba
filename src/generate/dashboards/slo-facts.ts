import { HOUR } from '../../duration.ts';
import { between, BUDGET, BURN, COVERAGE, type Step } from '../panels/colors.ts';
import type { Panel } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import type { sloNumbers } from './slo-numbers.ts';

type Numbers = ReturnType<typeof sloNumbers>;

const DAY_SECONDS = 86_400;
/** Beyond this a forecast from six hours says nothing but that the budget is not burning. */
const LONG = 365 * DAY_SECONDS;

export const budgetLeft = (key: string, of: Numbers): Panel =>
  stat({
    key,
    title: 'Budget left',
    description:
      'Share of the error budget of the running window that is left. Below 25 % ship only what is safe; below 0 % the objective is missed: put reliability first.',
    expr: of.budget,
    unit: 'percentunit',
    decimals: 1,
    steps: BUDGET,
  });

/** `steps`: from the objective where it is known when the dashboard is made. */
export const sliOverWindow = (key: string, of: Numbers, decimals: number, steps: readonly Step[]): Panel =>
  stat({
    key,
    title: 'SLI over the window',
    description:
      'Share of good events over the window of the SLO. Compare it with the objective; if it is lower, look below for when it fell.',
    expr: of.sli,
    unit: 'percentunit',
    decimals,
    steps,
  });

export const burnNow = (key: string, of: Numbers): Panel =>
  stat({
    key,
    title: 'Burn rate',
    description:
      'How fast the budget is spent: 1 spends it exactly within the window, 14.4 spends 2 % of a month in an hour and pages. If 1 h is high and 6 h low it has just begun.',
    expr: [
      { expr: of.burn(HOUR), legend: '1 h', instant: true },
      { expr: of.burn(6 * HOUR), legend: '6 h', instant: true },
    ],
    unit: 'none',
    decimals: 1,
    steps: BURN,
  });

export const timeToExhaustion = (key: string, of: Numbers): Panel =>
  stat({
    key,
    title: 'Budget lasts',
    description:
      'Time until the budget is spent if the pace of the last 6 hours goes on. Less than a day: act now; less than a week: act this week.',
    expr: of.exhaustion,
    unit: 'dtdurations',
    decimals: 0,
    steps: [
      [null, 'red'],
      [DAY_SECONDS, 'orange'],
      [3 * DAY_SECONDS, 'yellow'],
      [7 * DAY_SECONDS, 'green'],
    ],
    mappings: [between(null, 0, ['spent', 'red']), between(LONG, null, ['not burning', 'green'])],
  });

export const badEventsLeft = (key: string, of: Numbers): Panel =>
  stat({
    key,
    title: 'Bad events left',
    description:
      'How many more bad events the budget allows in a whole window, at the traffic of the last day. Below 0 it is overspent by so many.',
    expr: of.badEventsLeft,
    unit: 'short',
    decimals: 0,
    steps: [
      [null, 'red'],
      [0, 'orange'],
      [1, 'green'],
    ],
  });

export const coverage = (key: string, of: Numbers): Panel =>
  stat({
    key,
    title: 'Data coverage',
    description:
      'Share of the window so far for which there are data. Below 90 % do not trust the numbers of this SLO: find out why data are missing.',
    expr: of.coverage,
    unit: 'percentunit',
    decimals: 1,
    steps: COVERAGE,
  });
