import { READING_METRICS } from '../../names.ts';
import type { Panel } from '../panels/panel.ts';
import { timeSeries } from '../panels/time-series.ts';
import { select, type Scope } from './selector.ts';

type Kind = keyof typeof READING_METRICS;
type Chart = {
  title: string;
  description: string;
  readings: readonly (readonly [reading: string, legend: string])[];
  max?: number;
};

/** What a person looks at when a database is slow or refuses; the rest is in the metrics. */
const CHARTS: Readonly<Record<Kind, readonly Chart[]>> = {
  postgres: [
    {
      title: 'PostgreSQL connections used',
      description:
        'Share of the connections that are open. Near 100 % new clients are refused: look for a pool that leaks.',
      readings: [['connections-used-ratio', 'used']],
      max: 1,
    },
    {
      title: 'PostgreSQL round trip and oldest transaction',
      description: 'An old transaction blocks vacuum and holds locks: find its client and end it.',
      readings: [
        ['query', 'query'],
        ['oldest-transaction-seconds', 'oldest transaction'],
        ['replication-lag-seconds', 'replication lag'],
      ],
    },
    {
      title: 'PostgreSQL locks and deadlocks',
      description:
        'Locks that somebody waits for, and deadlocks. A wait that lasts has one holder: end its transaction.',
      readings: [
        ['locks-waiting', 'waiting'],
        ['deadlocks', 'deadlocks'],
      ],
    },
    {
      title: 'PostgreSQL size',
      description:
        'Size of the database. A sudden slope means a job that writes without end, or vacuum that no longer runs.',
      readings: [['database-size-bytes', 'size']],
    },
  ],
  redis: [
    {
      title: 'Redis memory and clients used',
      description:
        'Shares of the memory and of the connections that are taken. Full memory evicts keys or refuses writes.',
      readings: [
        ['memory-used-ratio', 'memory'],
        ['clients-used-ratio', 'clients'],
      ],
      max: 1,
    },
    {
      title: 'Redis round trip and replication lag',
      description: 'A slow PING on a quiet network means that one command takes too long: look at the slow log.',
      readings: [
        ['ping', 'ping'],
        ['replication-lag-seconds', 'replication lag'],
      ],
    },
    {
      title: 'Redis hit ratio',
      description:
        'Share of look-ups that found their key, since the server started. A fall sends the load to the database behind it.',
      readings: [['keyspace-hit-ratio', 'hits']],
      max: 1,
    },
    {
      title: 'Redis evictions and blocked clients',
      description: 'Keys thrown out for lack of memory: give it more, or keep less. Blocked clients wait in a command.',
      readings: [
        ['evicted-keys', 'evicted'],
        ['blocked-clients', 'blocked'],
      ],
    },
  ],
};

/** The last word of a metric is its unit. */
export const unitOf = (metric: string): string => {
  if (metric.endsWith('_ratio')) return 'percentunit';
  if (metric.endsWith('_seconds')) return 's';
  if (metric.endsWith('_bytes')) return 'bytes';
  return 'short';
};

const expression = (metric: string, scope: Scope): string =>
  metric.endsWith('_total')
    ? `sum by (service, probe) (increase(${select(metric, scope)}[$__rate_interval]))`
    : `max by (service, probe) (${select(metric, scope)})`;

/** Charts of what the checks of a kind read. `name` completes titles that would stand twice. */
export const readingCharts = (key: string, kind: Kind, scope: Scope, name = ''): readonly Panel[] =>
  CHARTS[kind].map(({ title, description, readings, max }) => {
    const metrics = readings.map(([reading, legend]) => [READING_METRICS[kind][reading]?.[0] ?? '', legend] as const);
    return timeSeries({
      key: `${key}/${kind}/${readings[0]?.[0] ?? ''}`,
      title: `${title}${name}`,
      description,
      queries: metrics.map(([metric, legend]) => ({ expr: expression(metric, scope), legend: `{{probe}} ${legend}` })),
      unit: unitOf(metrics[0]?.[0] ?? ''),
      min: 0,
      ...(max !== undefined && { max }),
    });
  });

export const KINDS_WITH_CHARTS = Object.keys(CHARTS) as readonly Kind[];
