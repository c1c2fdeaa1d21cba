import { localId } from '../../alert/alert.ts';
import type { CatalogLinks } from '../../definition/catalog.ts';
import { METRICS } from '../../names.ts';
import { quote, regexOfAny } from '../../promql/print.ts';
import { MILLION, percentText } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Color, Step } from '../panels/colors.ts';
import { CHART, line, type Line, type Panel } from '../panels/panel.ts';
import { timeSeries } from '../panels/time-series.ts';
import { sloLabels } from '../series.ts';
import { scopeOf, select } from './selector.ts';
import { budgetByGroup, budgetOverTime, burnByGroup, burnByWindow } from './slo-charts.ts';
import { sliOverWindow } from './slo-facts.ts';
import { sloNumbers } from './slo-numbers.ts';
import { SLO_DETAIL_UID } from './slo-table.ts';

const TIER_COLORS: Readonly<Record<string, Color>> = {
  'page-fast': 'red',
  'page-slow': 'orange',
  'ticket-fast': 'yellow',
  'ticket-slow': 'yellow',
};

/** Dashed lines at the factors of the SLO's own tiers. */
const tierLines = ({ tiers }: Slo): readonly Step[] => {
  const byFactor = new Map(tiers.map(({ name, factor }) => [factor, TIER_COLORS[name] ?? 'red'] as const));
  return [[null, 'green'], ...[...byFactor].toSorted(([a], [b]) => a - b)];
};

/** As many decimals as the objective has, and two more: 99.95 % → 99.9731 %. */
const decimalsOf = ({ objective }: Slo): number => Math.min(5, (percentText(objective).split('.')[1]?.length ?? 0) + 2);

const objectiveSteps = ({ objective }: Slo): readonly Step[] => [
  [null, 'red'],
  [objective / MILLION, 'green'],
];

/** For latency the line that a check must stay below says more than a count of slow checks. */
const latency = (slo: Slo, name: string, probes: readonly string[], thresholdMs: number): Panel => {
  const { system, environment, service } = sloLabels(slo);
  const names = quote(regexOfAny(probes.map(localId)));
  return timeSeries({
    key: `${slo.id}/latency`,
    title: `${name}: duration`,
    description: `Duration of each check. Above the dashed line (${thresholdMs} ms) it counts as bad; ${percentText(slo.objective)} % of them must stay below.`,
    queries: [
      {
        expr: `max by (probe) (${select(METRICS.probeDuration, scopeOf({ system, environment, service }), `probe=~${names}`)})`,
        legend: '{{probe}}',
      },
    ],
    unit: 's',
    min: 0,
    softMax: thresholdMs / 1_000,
    lines: [
      [null, 'green'],
      [thresholdMs / 1_000, 'red'],
    ],
  });
};

const runbookUrl = (runbook: string, { nines }: CatalogLinks): string =>
  /^https?:/.test(runbook) ? runbook : `${nines}/${runbook.replace(/^\/+/, '')}`;

/** How one SLO, called `name`, stands and how it got there. Its thresholds are those of its definition. */
export const sloPanels = (slo: Slo, name: string, links: CatalogLinks): { fact: Panel; charts: Line } => {
  const { id, indicator, tiers } = slo;
  const labels = sloLabels(slo);
  const scope = scopeOf(labels);
  const of = sloNumbers(scope);
  const groupBy = indicator.kind === 'promql' ? indicator.groupBy : [];
  const isGrouped = groupBy.length > 0;
  const query = Object.entries(labels).map(([label, value]) => `var-${label}=${encodeURIComponent(value)}`);
  const named = (panel: Panel, title: string): Panel => ({
    ...panel,
    title: `${name}: ${title}`,
    links: [
      { title: 'History and causes', url: `/d/${SLO_DETAIL_UID}?${query.join('&')}&\${__url_time_range}` },
      ...(slo.runbook === null ? [] : [{ title: 'Runbook', url: runbookUrl(slo.runbook, links) }]),
    ],
  });
  const burn = isGrouped
    ? named(burnByGroup(`${id}/burn`, scope, groupBy, tierLines(slo)), 'burn rate of 1 h')
    : named(burnByWindow(`${id}/burn`, of, tierLines(slo)), 'burn rate by look-back');
  const slow = indicator.kind === 'latency' ? [latency(slo, name, indicator.probes, indicator.thresholdMs)] : [];
  return {
    fact: named(
      sliOverWindow(`${id}/sli`, of, decimalsOf(slo), objectiveSteps(slo)),
      `SLI${isGrouped ? ' (worst group)' : ''}, objective ${percentText(slo.objective)} %`,
    ),
    charts: line(
      CHART,
      named(
        isGrouped ? budgetByGroup(`${id}/budget`, scope, groupBy) : budgetOverTime(`${id}/budget`, of),
        'error budget left',
      ),
      // Without tiers nothing compares look-backs.
      ...(tiers.length === 0 ? [] : [burn]),
      ...slow,
    ),
  };
};
