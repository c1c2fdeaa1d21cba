import type { Catalog } from '../../definition/catalog.ts';
import type { JsonObject } from '../finish.ts';
import { PLAIN } from '../panels/colors.ts';
import { CHART, FACT, line, type Row } from '../panels/panel.ts';
import { stat } from '../panels/stat.ts';
import { text } from '../panels/text.ts';
import { RECORDED, SLO_LABEL_NAMES } from '../series.ts';
import { dashboard, ninesLink } from './frame.ts';
import { levelNow, levelsOverTime } from './incident-panels.ts';
import { alertsFiring, happeningsOfPicked } from './marks.ts';
import { checksOverTime, durations } from './probe-panels.ts';
import { picked } from './selector.ts';
import { budgetOverTime, burnAlerts, burnByWindow, goodAndBad, groupsNow, whyChecksFailed } from './slo-charts.ts';
import { badEventsLeft, budgetLeft, burnNow, coverage, sliOverWindow, timeToExhaustion } from './slo-facts.ts';
import { sloNumbers } from './slo-numbers.ts';
import { SLO_DETAIL_UID } from './slo-table.ts';
import { lists } from './variables.ts';

const HOW = `
- **Error ratio** of a look-back = bad events ÷ all events. Nothing is assumed where data are missing.
- **Burn rate** = error ratio ÷ (1 − objective). At 1 the budget is spent exactly when the window ends.
- **Budget left** = 1 − bad events ÷ (all events × (1 − objective)), over the window of the SLO. Below 0 it is overspent.
- **Budget lasts** = budget left × window ÷ burn rate of the last 6 hours.
- Where labels tell **groups** apart, all of this is of the worst one; *Groups* has each of them. Events are of all together.
- An alert fires while the burn rate of its long **and** its short look-back is above its factor.

The SLO as it is written, its runbook and its incidents: [Nines](NINES/slos/\${system}/\${service}/\${slo}).
`;

/**
 * One SLO, picked at the top: how it stands, how it got there, why. Others link here:
 * `/d/nines-slo-detail?var-system=…&var-environment=…&var-service=…&var-slo=…`.
 */
export const sloDetail = ({ links }: Catalog): JsonObject => {
  const slo = picked(SLO_LABEL_NAMES);
  const service = picked(['system', 'environment', 'service']);
  const of = sloNumbers(slo);
  const rows: readonly Row[] = [
    {
      key: 'now',
      title: 'Now',
      lines: [
        line(
          FACT,
          budgetLeft('budget-left', of),
          sliOverWindow('sli-window', of, 3, PLAIN),
          burnNow('burn-now', of),
          timeToExhaustion('budget-lasts', of),
          badEventsLeft('bad-events-left', of),
          levelNow('level-now', service),
        ),
      ],
    },
    {
      key: 'window',
      title: 'Window',
      lines: [
        line(CHART, budgetOverTime('budget', of)),
        line(
          FACT,
          stat({
            key: 'objective',
            title: 'Objective',
            description: 'The share of events that must be good. Change it in the file of the system, not here.',
            expr: of.objective,
            unit: 'percentunit',
            steps: PLAIN,
          }),
          stat({
            key: 'window-length',
            title: 'Window',
            description: 'The span over which the objective is judged; a calendar window may differ by a few days.',
            expr: of.windowSeconds,
            unit: 'dtdurations',
            decimals: 0,
            steps: PLAIN,
          }),
          stat({
            key: 'traffic',
            title: 'Events now',
            description: 'Events per second. 0 means no traffic: nothing is good or bad then, and alerts stay quiet.',
            expr: of.perSecond,
            unit: 'cps',
            steps: PLAIN,
          }),
          coverage('coverage', of),
        ),
      ],
    },
    {
      key: 'burn',
      title: 'Burn',
      lines: [
        line(CHART, burnByWindow('burn', of), { ...burnAlerts('burn-alerts', slo), width: 8 }),
        line(6, groupsNow('groups', slo), levelsOverTime('levels', service)),
      ],
    },
    {
      key: 'causes',
      title: 'Causes',
      lines: [
        line(CHART, goodAndBad('events', of), whyChecksFailed('why-failed', service)),
        line(CHART, checksOverTime('checks', service, '{{probe}}'), durations('durations', service, '{{probe}}')),
      ],
    },
    {
      key: 'how',
      title: 'How this is computed',
      lines: [
        line(
          8,
          text({
            key: 'how-computed',
            title: 'How this is computed',
            description: 'The sums behind the numbers above. If one looks wrong, begin with data coverage.',
            content: HOW.trim().replace('NINES', links.nines),
          }),
        ),
      ],
    },
  ];
  return dashboard({
    uid: SLO_DETAIL_UID,
    title: 'Nines SLO',
    description: 'One SLO: how it stands, how it got there, and why.',
    from: 'now-7d',
    variables: lists(RECORDED.objective, SLO_LABEL_NAMES),
    marks: [happeningsOfPicked(), alertsFiring(slo)],
    links: [ninesLink(links, '/slos/${system}/${service}/${slo}')],
    rows,
  });
};
