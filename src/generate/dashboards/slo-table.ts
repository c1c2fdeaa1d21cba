import { DAY, HOUR } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { between, BUDGET, BURN, COVERAGE, LEVELS } from '../panels/colors.ts';
import { bars } from '../panels/bars.ts';
import type { Panel } from '../panels/panel.ts';
import { table } from '../panels/table.ts';
import { SLO_LABEL_NAMES } from '../series.ts';
import { select, type Scope } from './selector.ts';
import { sloNumbers } from './slo-numbers.ts';

export const SLO_DETAIL_UID = 'nines-slo-detail';

/** To the SLO of a row, with the picked time. */
const DETAIL = `/d/${SLO_DETAIL_UID}?${SLO_LABEL_NAMES.map((name) => `var-${name}=\${__data.fields.${name}}`).join('&')}&\${__url_time_range}`;

/** Every SLO in a line, the one that burns fastest first. */
export const sloTable = (key: string, title: string, scope: Scope): Panel => {
  const of = sloNumbers(scope);
  const home = 'system, environment, service';
  return table({
    key,
    title,
    description:
      'Every SLO, the fastest burning first. Work from the top; open one for its history and causes. Trust no number while data cover less than 90 % of the window. "no data" means that nobody knows how it is: find out why.',
    labels: SLO_LABEL_NAMES,
    columns: [
      { title: 'Objective', expr: of.objective, unit: 'percentunit' },
      { title: 'SLI', expr: of.sli, unit: 'percentunit', decimals: 3 },
      {
        title: 'Budget left',
        expr: of.budget,
        unit: 'percentunit',
        decimals: 1,
        steps: BUDGET,
        bar: { min: -0.5, max: 1 },
        width: 180,
      },
      { title: 'Data', expr: of.coverage, unit: 'percentunit', decimals: 1, steps: COVERAGE },
      { title: 'Burn 1 h', expr: of.burn(HOUR), unit: 'none', decimals: 1, steps: BURN },
      { title: 'Burn 6 h', expr: of.burn(6 * HOUR), unit: 'none', decimals: 1, steps: BURN },
      {
        title: 'Budget lasts',
        expr: of.exhaustion,
        unit: 'dtdurations',
        decimals: 0,
        mappings: [between(null, 0, ['spent', 'red']), between((365 * DAY) / 1_000, null, ['not burning', 'green'])],
      },
      { title: 'Bad in 24 h', expr: of.badInADay, unit: 'short', decimals: 0 },
      {
        title: 'Level',
        expr: `0 * ${of.objective} + on (${home}) group_left () max by (${home}) (${select(METRICS.incidentLevel, scope)})`,
        unit: 'none',
        mappings: [LEVELS],
      },
    ],
    sort: { by: 'Burn 1 h', desc: true },
    link: { title: 'Open this SLO', url: DETAIL },
  });
};

export const spentToday = (key: string, scope: Scope): Panel =>
  bars({
    key,
    title: 'Who spent the budget today',
    description:
      'Share of the whole budget that the last 24 hours cost, by SLO; the ten that spent most. Begin where the bar is longest.',
    expr: `topk(10, ${sloNumbers(scope).spentInADay})`,
    legend: '{{service}} / {{slo}}',
    unit: 'percentunit',
    decimals: 1,
    min: 0,
    max: 1,
    steps: [
      [null, 'green'],
      [0.05, 'yellow'],
      [0.1, 'orange'],
      [0.25, 'red'],
    ],
  });
