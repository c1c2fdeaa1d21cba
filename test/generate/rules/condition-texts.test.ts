import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { MINUTE } from '../../../src/duration.ts';
import { shipped } from './catalogs.ts';
import { failures, isMissing } from './promtool.ts';

/** The shipped catalog with one condition alone, changed. */
const only = (id: string, change: object = {}): Catalog => {
  const catalog = shipped();
  const condition = { ...catalog.conditions.get(id)!, ...change };
  return { ...catalog, slos: new Map(), conditions: new Map([[id, condition]]) };
};

/** The database's backup, as if a PostgreSQL were asked. */
const ofPostgres = (metric: string, threshold: number, unit: string): Catalog => {
  const id = 'duru-notes/database/backup-missed';
  const source = { kind: 'probe', probe: 'duru-notes/database/backup', metric } as const;
  const catalog = only(id, { source, comparison: '>', threshold, unit, name: 'Too much', forMs: 0 });
  const probe = { ...catalog.probes.get('duru-notes/database/backup')!, kind: 'postgres' };
  return { ...catalog, probes: new Map([[probe.id, probe as never]]) };
};

const labels = (service: string, probe: string, more = ''): string =>
  `{system="duru-notes",environment="production",service="${service}",probe="${probe}"${more}}`;
const HEALTH = labels('api', 'health');

const saying = (catalog: Catalog, series: Readonly<Record<string, string>>, summary: string, description: string) => {
  const [condition] = catalog.conditions.values();
  const { id, service, severity, source, runbook } = condition!;
  return failures(catalog, {
    interval: '30s',
    series,
    expect: [],
    alerts: [
      {
        eval_time: '20m',
        alertname: 'ConditionMet',
        exp_alerts: [
          {
            exp_labels: {
              system: 'duru-notes',
              environment: 'production',
              service,
              condition: id.split('/')[2],
              severity,
            },
            exp_annotations: {
              summary,
              description,
              runbook_url: runbook,
              dashboard_url: 'http://localhost:3000/d/nines-system-duru-notes',
              nines_url: `http://localhost:9700/probes/${source.kind === 'probe' ? source.probe : ''}`,
            },
          },
        ],
      },
    ],
  });
};

describe.skipIf(isMissing)('the alert of a condition says', () => {
  const down = { [`nines_probe_failing${HEALTH}`]: '1x60' };
  const reason = (word: string) => ({ [`probe_failure_info${labels('api', 'health', `,reason="${word}"`)}`]: '1x60' });

  it.each<[string, Record<string, string>, string]>([
    ['nothing more where the last check passed', {}, ''],
    ['why it failed', { ...reason('timeout'), [`probe_http_status_code${HEALTH}`]: '0x60' }, ': timeout'],
    ['what was answered', { ...reason('status'), [`probe_http_status_code${HEALTH}`]: '503x60' }, ': status, HTTP 503'],
  ])('of a probe that is down: %s', (_, more, why) => {
    const catalog = only('duru-notes/api/gateway-down', { forMs: 2 * MINUTE });
    const description = `The probe duru-notes/api/health has been down for more than 2 m${why}.`;
    expect(saying(catalog, { ...down, ...more }, 'Duru Notes / API: Gateway down.', description)).toBe('');
  });

  it.each<[string, Catalog, string, string, string, string]>([
    [
      'seconds',
      only('duru-notes/api/slow'),
      `probe_duration_seconds${HEALTH}`,
      '1.25x60',
      'Duru Notes: API slower than 1 s.',
      'The response-time of the probe duru-notes/api/health is 1.25s, limit > 1s for 5 m.',
    ],
    [
      'days',
      only('duru-notes/api/certificate-expires'),
      `probe_ssl_earliest_cert_expiry${HEALTH}`,
      // 9 days after the 20 minutes at which it is read.
      '778800x60',
      'Duru Notes / API: Certificate expires within 30 days.',
      'The certificate-days of the probe duru-notes/api/health is 9 days, limit < 30 days.',
    ],
    [
      'shares',
      ofPostgres('connections-used-ratio', 0.9, ''),
      `nines_postgres_connections_used_ratio${labels('database', 'backup')}`,
      '0.955x60',
      'Duru Notes / Database: Too much.',
      'The connections-used-ratio of the probe duru-notes/database/backup is 95.5%, limit > 90%.',
    ],
    [
      'bytes',
      ofPostgres('database-size-bytes', 10 * 2 ** 30, 'bytes'),
      `nines_postgres_database_size_bytes${labels('database', 'backup')}`,
      '13421772800x60',
      'Duru Notes / Database: Too much.',
      'The database-size-bytes of the probe duru-notes/database/backup is 12.5GiB, limit > 10GiB.',
    ],
    [
      'counts',
      ofPostgres('locks-waiting', 5, 'locks'),
      `nines_postgres_locks_waiting${labels('database', 'backup')}`,
      '7x60',
      'Duru Notes / Database: Too much.',
      'The locks-waiting of the probe duru-notes/database/backup is 7 locks, limit > 5 locks.',
    ],
  ])('value and limit in %s', (_, catalog, series, values, summary, description) => {
    expect(saying(catalog, { [series]: values }, summary, description)).toBe('');
  });
});
