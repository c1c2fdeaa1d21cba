import { readFileSync } from 'node:fs';
import { load as parse } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { alertmanagerPart } from '../../src/generate/alertmanager.ts';
import { ALERTMANAGER_PATH } from '../../src/names.ts';
import { TIER_NAMES } from '../../src/slo/burn-policy.ts';
import { POLICIES } from '../harness/definitions.ts';
import { shopCatalog, written } from './catalogs.ts';

type Rule = { source_matchers: string[]; target_matchers: string[]; equal?: string[] };
type Config = { route: Record<string, unknown>; receivers: Record<string, unknown>[]; inhibit_rules?: Rule[] };

const config = (catalog = shopCatalog()): Config =>
  parse(written(alertmanagerPart, catalog).get('alertmanager.yml') ?? '') as Config;

const without = (...kinds: string[]): string =>
  POLICIES.split('\n')
    .filter((line) => !kinds.some((kind) => line.includes(`kind: ${kind}`)))
    .join('\n')
    .replaceAll('[slack-oncall]', '[console]')
    .replaceAll('[engineering-manager]', '[console]')
    .replaceAll('[executive]', '[console]');

describe('alertmanager.yml', () => {
  it('brings Nines every alert at once, again every five minutes, and its end', () => {
    const { route, receivers } = config();
    expect(route).toMatchObject({
      receiver: 'nines',
      group_by: ['system', 'environment', 'service'],
      group_wait: '0s',
      group_interval: '30s',
      repeat_interval: '5m',
    });
    expect(receivers[0]).toEqual({
      name: 'nines',
      webhook_configs: [
        {
          url: `http://nines:9700${ALERTMANAGER_PATH}`,
          send_resolved: true,
          max_alerts: 0,
          http_config: { authorization: { credentials_file: '/etc/alertmanager/secrets/ingest-token' } },
        },
      ],
    });
  });

  it('inhibits nothing: an inhibition would hold for the way to Nines too', () => {
    expect(config()).not.toHaveProperty('inhibit_rules');
  });

  it('tells of Nines itself without Nines: the one other route leads to the vendors of the ladders', () => {
    const { route, receivers } = config();
    expect(route['routes']).toMatchObject([{ matchers: ['nines="self"'], receiver: 'without-nines' }]);
    expect(receivers.map(({ name }) => name)).toEqual(['nines', 'without-nines', 'heartbeat']);
    const ways = (catalog = shopCatalog()) =>
      Object.keys(config(catalog).receivers[1] ?? {}).filter((key) => key !== 'name');
    expect(ways()).toEqual(['pagerduty_configs', 'slack_configs']);
    expect(ways(shopCatalog({ policies: without('slack') }))).toEqual(['pagerduty_configs']);
    expect(ways(shopCatalog({ policies: without('slack', 'pagerduty') }))).toEqual(['webhook_configs']);
    expect(JSON.stringify(receivers[1])).not.toContain('nines:9700');
  });

  it('lets the watchdog, which always fires, disturb nobody and be missed outside', () => {
    const [self] = config().route['routes'] as Record<string, unknown>[];
    expect(self?.['routes']).toMatchObject([{ matchers: ['alertname="NinesWatchdog"'], receiver: 'heartbeat' }]);
    expect(config().receivers[2]).toEqual({ name: 'heartbeat' });
    const heard = shopCatalog({ more: 'apiVersion: nines/v1\nkind: Links\nheartbeat: true\n' });
    expect(config(heard).receivers[2]).toEqual({
      name: 'heartbeat',
      webhook_configs: [{ url_file: '/etc/alertmanager/secrets/heartbeat-url', send_resolved: false }],
    });
  });

  it('holds no secret, whatever is set', () => {
    const texts = written(alertmanagerPart, shopCatalog({ lookup: () => 'https://SECRET.example.org' }));
    expect([...texts.values()].join('')).not.toContain('SECRET');
    expect([...texts]).toEqual([...written(alertmanagerPart, shopCatalog())]);
  });
});

describe('the rules for an Alertmanager of other receivers (docs/alertmanager.md)', () => {
  const blocks = [...readFileSync('docs/alertmanager.md', 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)];
  const { inhibit_rules: rules = [] } = parse(blocks.find(([, text]) => text?.includes('route:'))?.[1] ?? '') as Config;
  const matches = (matchers: string[], labels: Record<string, string>): boolean =>
    matchers.every((matcher) => {
      const [, name = '', operator = '', value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(matcher) ?? [];
      return operator === '=' ? labels[name] === value : new RegExp(`^(?:${value})$`).test(labels[name] ?? '');
    });
  const burn = (tier: string) => ({ alertname: 'ErrorBudgetBurn', tier });
  const mutes = (source: Record<string, string>, target: Record<string, string>): Rule[] =>
    rules.filter((rule) => matches(rule.source_matchers, source) && matches(rule.target_matchers, target));

  it('mute every milder tier of the same SLO while a worse one fires, and never the other way', () => {
    for (const [at, worse] of TIER_NAMES.entries())
      for (const [other, milder] of TIER_NAMES.entries())
        expect(mutes(burn(worse), burn(milder)).map(({ equal }) => equal)).toEqual(
          at < other ? [['system', 'environment', 'service', 'slo']] : [],
        );
  });

  it('mute what is missing while Nines is down', () => {
    for (const source of ['NinesDown', 'NinesHeartbeatMissing'])
      for (const target of ['SliNoData', 'SliNoTraffic'])
        expect(mutes({ alertname: source }, { alertname: target })).toHaveLength(1);
    expect(mutes({ alertname: 'NinesDown' }, burn('page-fast'))).toEqual([]);
  });
});
