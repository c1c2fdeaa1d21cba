import type { Catalog } from '../../definition/catalog.ts';
import { METRICS } from '../../names.ts';
import type { JsonObject } from '../finish.ts';
import { GREY, LEVELS, NONE_IS_BEST, PLAIN, type Step } from '../panels/colors.ts';
import { CHART, FACT, line, type Panel } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { RECORDED } from '../series.ts';
import { dashboard, ninesLink } from './frame.ts';
import { levelsOverTime } from './incident-panels.ts';
import { alertsFiring, happenings } from './marks.ts';
import { picked, select, type Scope } from './selector.ts';
import { sloNumbers } from './slo-numbers.ts';
import { sloTable, spentToday } from './slo-table.ts';
import { lists } from './variables.ts';

const SCOPE = ['system', 'environment'] as const;

const count = (key: string, title: string, description: string, expr: string, steps: readonly Step[]): Panel =>
  stat({ key, title, description, expr, unit: 'short', decimals: 0, steps });

const WATCH: readonly Step[] = [
  [null, 'text'],
  [1, 'orange'],
];

/** Four counts that add up to the number of SLOs: one without data is in the fourth and in no other. */
const standings = (scope: Scope): readonly Panel[] => {
  const { budget, objective } = sloNumbers(scope);
  return [
    count(
      'slos-ok',
      'SLOs ok',
      'SLOs with at least a quarter of their error budget left. Nothing to do.',
      `sum(${budget} >= bool 0.25)`,
      [
        [null, 'text'],
        [1, 'green'],
      ],
    ),
    count(
      'slos-at-risk',
      'SLOs at risk',
      'SLOs with less than a quarter of their error budget left. Hold back risky changes to their services.',
      `sum((${budget} >= bool 0) * (${budget} < bool 0.25))`,
      WATCH,
    ),
    count(
      'slos-missed',
      'SLOs missed',
      'SLOs whose error budget is overspent. Their services need work on reliability before anything else.',
      `sum(${budget} < bool 0)`,
      NONE_IS_BEST,
    ),
    count(
      'slos-no-data',
      'SLOs without data',
      'SLOs of which nobody knows how they are. Treat them as broken until you know why data are missing.',
      `sum(((${objective} > bool 0) unless ${budget}) or (${budget} > bool 0) * 0)`,
      [
        [null, 'text'],
        [1, GREY],
      ],
    ),
  ];
};

const incidents = (scope: Scope): readonly Panel[] => [
  stat({
    key: 'level',
    title: 'Highest level',
    description:
      'The highest level that an open incident has reached. L3 and L4: somebody else than on-call is already awake; join them.',
    expr: `max(${select(METRICS.incidentLevel, scope)})`,
    unit: 'none',
    steps: PLAIN,
    mappings: [LEVELS],
  }),
  count(
    'pages',
    'Pages in 7 days',
    'How often people were paged. More than two a shift wear people out: fix causes or raise thresholds.',
    `sum(increase(${select(METRICS.incidentPages, scope)}[7d]))`,
    [
      [null, 'text'],
      [14, 'orange'],
      [30, 'red'],
    ],
  ),
];

const now = (scope: Scope): readonly Panel[] => [
  count(
    'paging',
    'Tiers that page',
    'Critical burn-rate tiers that fire at this moment. The table below shows which SLO burns.',
    `sum(${select(METRICS.alertFiring, 'severity="critical"', scope)})`,
    NONE_IS_BEST,
  ),
  count(
    'ticketing',
    'Tiers that ticket',
    'Tiers of severity warning that fire. No hurry tonight; look at them this week.',
    `sum(${select(METRICS.alertFiring, 'severity="warning"', scope)})`,
    WATCH,
  ),
  count(
    'probes-down',
    'Probes down',
    'Probes that count as down by their failure threshold. Open the dashboard of probes for reasons.',
    `sum(${select(METRICS.probeFailing, scope)})`,
    NONE_IS_BEST,
  ),
  count(
    'silenced',
    'Alerts explained',
    'Alerts that fire and are told to nobody, since planned work or an outage of what they depend on explains them.',
    `sum(${METRICS.alertsSilenced})`,
    PLAIN,
  ),
];

/** How everything is, for whoever looks first. */
export const overview = ({ links }: Catalog): JsonObject => {
  const scope = picked(SCOPE, SCOPE);
  return dashboard({
    uid: 'nines-overview',
    title: 'Nines overview',
    description: 'Every SLO of every system: which are fine, which are not, and of which nobody knows.',
    from: 'now-24h',
    variables: lists(RECORDED.objective, SCOPE, SCOPE),
    marks: [happenings(scope), alertsFiring(scope, false)],
    links: [ninesLink(links)],
    rows: [
      {
        key: 'overview-now',
        title: 'Now',
        lines: [line(FACT, ...standings(scope), ...incidents(scope)), line(FACT, ...now(scope))],
      },
      { key: 'overview-slos', title: 'SLOs', lines: [line(14, sloTable('slos', 'SLOs', scope))] },
      {
        key: 'overview-history',
        title: 'What happened',
        lines: [
          line(
            CHART,
            spentToday('spent-today', scope),
            levelsOverTime('overview-levels', scope, ['system', 'service']),
          ),
        ],
      },
    ],
  });
};
