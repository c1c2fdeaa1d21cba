import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, matchesGlob } from 'node:path';
import { load as parse } from 'js-yaml';
import { describe, expect, it, test } from 'vitest';
import { JOBS, prometheusPart, retentionDays, TOKEN_FILE } from '../../src/generate/prometheus.ts';
import { SYSTEM } from '../harness/definitions.ts';
import { isMissing } from '../real/prometheus.ts';
import { shippedCatalog, shopCatalog, written } from './catalogs.ts';

type Job = { job_name: string; honor_labels?: boolean; static_configs: { targets: string[] }[] };
type Config = { global: object; rule_files: string[]; alerting: unknown; scrape_configs: Job[] };

const textOf = (catalog = shopCatalog()): string => written(prometheusPart, catalog).get('prometheus.yml') ?? '';
const config = (catalog = shopCatalog()): Config => parse(textOf(catalog)) as Config;
const links = (scrape: string): string => `apiVersion: nines/v1\nkind: Links\nscrape: ${scrape}\n`;

describe('prometheus.yml', () => {
  it('scrapes Nines where the links say, with its own labels and the token in a file', () => {
    const [nines] = config(shopCatalog({ more: links('10.0.0.7:19700') })).scrape_configs;
    expect(nines).toEqual({
      job_name: 'nines',
      honor_labels: true,
      authorization: { credentials_file: TOKEN_FILE },
      static_configs: [{ targets: ['10.0.0.7:19700'] }],
    });
  });

  it('scrapes whoever alerts, under the names that rules select by', () => {
    expect(config().scrape_configs.map(({ job_name }) => job_name)).toEqual(Object.values(JOBS));
    expect(config().alerting).toMatchObject({
      alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }, {}],
    });
  });

  it('loads rules and not their tests', () => {
    const [glob = ''] = config().rule_files;
    expect(config().rule_files).toHaveLength(1);
    expect(matchesGlob('alerts/shop.rules.yml', glob)).toBe(true);
    expect(matchesGlob('alerts/shop.rules.test.yml', glob)).toBe(false);
  });

  it('leaves all of it to the resources of the operator where these are wanted', () => {
    expect([...written(prometheusPart, shopCatalog(), { target: 'prometheusrule' })]).toEqual([]);
  });

  it.each([
    ['7d', 40],
    ['30d', 40],
    ['month', 40],
    ['90d', 91],
    ['quarter', 93],
  ])('with a window of %s asks for %i days of samples', (window, days) => {
    const catalog = shopCatalog({ system: SYSTEM.replace('window: 30d', `window: ${window}`) });
    expect(retentionDays(catalog)).toBe(days);
    expect(textOf(catalog)).toContain(`--storage.tsdb.retention.time=${days}d`);
  });
});

test.skipIf(isMissing)('promtool accepts it as it stands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-promtool-'));
  const check = () => spawnSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: folder, encoding: 'utf8' });
  try {
    writeFileSync(join(folder, 'prometheus.yml'), textOf(await shippedCatalog()));
    expect(check().status).not.toBe(0); // the token is not there
    for (const name of ['secrets', 'alerts']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, TOKEN_FILE), 'a-token');
    writeFileSync(join(folder, 'alerts/shop.rules.yml'), 'groups: []\n');
    writeFileSync(join(folder, 'alerts/shop.rules.test.yml'), 'tests: []\n');
    const { status, stdout, stderr } = check();
    expect(stdout).toContain('1 rule files found');
    expect([status, stderr]).toEqual([0, '']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
