import type { Catalog } from '../../definition/catalog.ts';
import { METRICS } from '../../names.ts';
import type { JsonObject } from '../finish.ts';
import { CHART, FACT, line, linesOf } from '../panels/panel.ts';
import { dashboard, ninesLink } from './frame.ts';
import { alertsFiring, happeningsOfPicked } from './marks.ts';
import { byLocation, checksOverTime, durations, phases, probeFacts, probeTable, statusCodes } from './probe-panels.ts';
import { KINDS_WITH_CHARTS, readingCharts } from './readings.ts';
import { picked } from './selector.ts';
import { whyChecksFailed } from './slo-charts.ts';
import { lists } from './variables.ts';

const NAMES = ['system', 'environment', 'service', 'probe'] as const;

const KIND_TITLES: Readonly<Record<string, string>> = { postgres: 'PostgreSQL', redis: 'Redis' };

/** Every probe: how it is, why it failed, where the time goes. */
export const probes = ({ links }: Catalog): JsonObject => {
  const scope = picked(NAMES, NAMES);
  const service = picked(NAMES.slice(0, 3), NAMES);
  return dashboard({
    uid: 'nines-probes',
    title: 'Nines probes',
    description: 'Every probe: how it is, why it failed, and where the time goes.',
    from: 'now-6h',
    variables: lists(METRICS.probeFailing, NAMES, NAMES),
    marks: [happeningsOfPicked(NAMES), alertsFiring(service, false)],
    links: [ninesLink(links, '/probes')],
    rows: [
      { key: 'probes-now', title: 'Now', lines: [line(FACT, ...probeFacts('probes', scope))] },
      {
        key: 'probes-all',
        title: 'Probes',
        lines: [
          line(10, probeTable('probes', scope)),
          line(CHART, checksOverTime('probes-checks', scope), whyChecksFailed('probes-why', scope)),
        ],
      },
      {
        key: 'probes-time',
        title: 'Time and answers',
        lines: [
          line(CHART, durations('probes-durations', scope), phases('probes-phases', scope)),
          line(CHART, statusCodes('probes-status', scope), byLocation('probes-locations', scope)),
        ],
      },
      ...KINDS_WITH_CHARTS.map((kind) => ({
        key: `probes-${kind}`,
        title: KIND_TITLES[kind] ?? kind,
        closed: true as const,
        lines: linesOf(CHART, readingCharts('probes', kind, scope), 2),
      })),
    ],
  });
};
