import { describe, expect, test } from 'vitest';
import { problemText } from '../../src/definition/catalog.ts';
import { load } from '../../src/definition/load.ts';
import { POLICIES, SECRETS, SHOP, catalogOf, linesOf, policiesWith, shopWith } from './documents.ts';

const GOOD = { 'slo/shop.yaml': SHOP, 'slo/policies.yaml': POLICIES };

describe('a good definition', () => {
  test('becomes a catalog of whole ids without a warning', () => {
    const catalog = catalogOf(GOOD);
    expect(catalog.warnings).toEqual([]);
    expect(catalog.environment).toBe('production');
    expect([...catalog.systems.keys()]).toEqual(['shop']);
    expect([...catalog.services.keys()]).toEqual(['shop/web']);
    expect([...catalog.probes.keys()]).toEqual(['shop/web/home', 'shop/web/nightly']);
    expect([...catalog.slos.keys()]).toEqual(['shop/web/availability', 'shop/web/speed', 'shop/web/errors']);
    expect([...catalog.conditions.keys()]).toEqual(['shop/web/down']);
    expect([...catalog.policies.keys()]).toEqual(['standard']);
    expect([...catalog.channels.keys()]).toEqual(['console', 'oncall']);
    expect([...catalog.covered]).toEqual(['DN-65']);
  });

  test('gives SLOs their defaults: tiers by window, least bad events by kind, absence after 15 minutes', () => {
    const { slos } = catalogOf(GOOD);
    expect(slos.get('shop/web/availability')).toMatchObject({
      system: 'shop',
      service: 'web',
      environment: 'production',
      objective: 999_000,
      window: { kind: 'calendar', unit: 'month' },
      zone: 'America/Toronto',
      indicator: { kind: 'probe', probes: ['shop/web/home'] },
      minBad: 3,
      settleLagMs: 0,
      noData: { afterMs: 900_000, severity: 'warning' },
      notConfigured: null,
      runbook: 'https://runbooks.example.org/shop/availability.md',
    });
    expect(slos.get('shop/web/availability')?.tiers.map((tier) => tier.factor)).toEqual([14.4, 6, 3, 1]);
    expect(slos.get('shop/web/speed')).toMatchObject({
      window: { kind: 'rolling', days: 7 },
      indicator: { kind: 'latency', probes: ['shop/web/home'], thresholdMs: 500 },
    });
    expect(slos.get('shop/web/errors')?.tiers.map((tier) => tier.factor)).toEqual([6, 2]);
    expect(slos.get('shop/web/errors')).toMatchObject({ minBad: 10, indicator: { kind: 'events', connector: 'edge' } });
  });

  test.each([
    ['', '', 'http://localhost:9700/runbooks/availability.md'],
    ['', 'nines: https://nines.example.org/', 'https://nines.example.org/runbooks/availability.md'],
    ['', 'runbooks: https://wiki.example.org', 'https://wiki.example.org/availability.md'],
    ['runbooks: https://a.example/b/', 'runbooks: https://wiki.example.org', 'https://a.example/b/availability.md'],
  ])('opens a relative runbook below %j, or else below the links (%j): %s', (system, links, runbook) => {
    const shop = SHOP.replace('runbooks: https://runbooks.example.org/shop', system);
    const document = `apiVersion: nines/v1\nkind: Links\n${links}\n`;
    const { slos } = catalogOf({ ...GOOD, 'slo/shop.yaml': shop, 'slo/links.yaml': document });
    expect(slos.get('shop/web/availability')?.runbook).toBe(runbook);
  });

  test('gives probes, conditions and ladders in milliseconds', () => {
    const { probes, conditions, policies } = catalogOf(GOOD);
    expect(probes.get('shop/web/home')).toMatchObject({
      kind: 'http',
      intervalMs: 30_000,
      timeoutMs: 10_000,
      failureThreshold: 2,
    });
    expect(probes.get('shop/web/nightly')).toMatchObject({
      kind: 'heartbeat',
      intervalMs: 86_400_000,
      graceMs: 60_000,
    });
    expect(conditions.get('shop/web/down')).toMatchObject({
      source: { kind: 'probe', probe: 'shop/web/home', metric: 'failing' },
      forMs: 60_000,
      intervalMs: 30_000,
    });
    expect(policies.get('standard')).toMatchObject({
      critical: {
        recovery: { kind: 'observe', forMs: 60_000 },
        levels: [
          { level: 2, afterMs: 120_000, channels: ['oncall', 'console'] },
          { level: 3, afterMs: 600_000, channels: ['console'] },
        ],
        repeatMs: 1_800_000,
      },
      warning: { recovery: null },
      holdMs: 60_000,
      fallback: 'console',
    });
  });

  test('shortens the default timeout to the interval, where none is written', () => {
    const quick = shopWith('every: 30s\n        timeout: 10s\n', 'every: 5s\n');
    expect(catalogOf({ ...GOOD, 'slo/shop.yaml': quick }).probes.get('shop/web/home')).toMatchObject({
      timeoutMs: 5_000,
    });
  });

  test('takes declared tiers with the look-backs of their names, and an absence that pages', () => {
    const text = shopWith(
      'window: day\n',
      'window: day\n        noData: { page: true }\n        tiers: [{ name: ticket-fast, factor: 3 }]\n        tiersBecause: Quieter\n',
    );
    expect(catalogOf({ ...GOOD, 'slo/shop.yaml': text }).slos.get('shop/web/errors')).toMatchObject({
      tiers: [{ name: 'ticket-fast', factor: 3, longMs: 21_600_000, shortMs: 1_800_000, severity: 'warning' }],
      noData: { afterMs: 900_000, severity: 'critical' },
    });
  });

  test('misses no data sooner than after two checks of a seldom probe, or a slice and five minutes', () => {
    const after = (from: string, to: string): number | undefined =>
      catalogOf({ ...GOOD, 'slo/shop.yaml': shopWith(from, to) }).slos.get('shop/web/availability')?.noData.afterMs;
    expect(after('every: 30s', 'every: 30s')).toBe(900_000);
    expect(after('every: 30s', 'every: 30m')).toBe(3_600_000);
    const rare =
      'tiers: [{ name: ticket-fast, factor: 3 }]\n        tiersBecause: Seldom\n        indicator: { kind: time-slice, slice: 30m, source: { kind: probe, probe: home, metric: degraded }, comparison: <, threshold: 1 }';
    expect(after('indicator: { kind: probe, probes: [home] }', rare)).toBe(2_100_000);
  });

  test('leaves a default tier out that the objective makes unreachable, and says so', () => {
    const text = shopWith('objective: 95', 'objective: 90');
    const catalog = catalogOf({ ...GOOD, 'slo/shop.yaml': text });
    expect(catalog.slos.get('shop/web/speed')?.tiers.map((tier) => tier.name)).toEqual([
      'page-slow',
      'ticket-fast',
      'ticket-slow',
    ]);
    expect(catalog.warnings.map(problemText)).toEqual([
      'slo/shop.yaml:37:20 objective leaves page-fast out: 14.4 × (1 − 0.9) = 1.44, and an error ratio never exceeds 1',
    ]);
  });

  test('warns of a probe too rare for its tiers', () => {
    const text = shopWith('every: 30s', 'every: 30m');
    expect(linesOf({ ...GOOD, 'slo/shop.yaml': text })).toEqual([
      'slo/shop.yaml:32:43 probes are checked too rarely for page-fast: it needs 3 bad checks in 1h',
      'slo/shop.yaml:41:19 probes are checked too rarely for page-fast: it needs 3 bad checks in 1h',
    ]);
  });
});

describe('several files', () => {
  test('tell all their mistakes at once, in the order of files and lines', () => {
    const lines = linesOf({
      'slo/shop.yaml': shopWith('objective: 99.9', 'objective: 999').replace('connector: edge', 'connector: egde'),
      'slo/policies.yaml': policiesWith('level: 3', 'level: 7'),
      'slo/broken.yaml': 'kind: [',
    });
    expect(lines).toEqual([
      'slo/shop.yaml:30:20 objective must be less than 100, got 999',
      'slo/shop.yaml:47:47 connector egde does not exist; did you mean edge?',
      'slo/policies.yaml:13:20 level must be 2, 3 or 4, got 7',
      'slo/broken.yaml:1:8 file cannot be read as YAML here: unexpected end of the stream within a flow collection',
    ]);
  });

  test('may not define the same system, channel or policy twice', () => {
    expect(linesOf({ ...GOOD, 'slo/twin.yaml': SHOP, 'slo/other.yaml': POLICIES })).toEqual([
      'slo/twin.yaml:3:5 id shop is already a system of slo/shop.yaml:3',
      'slo/other.yaml:4:11 id console is already a channel of slo/policies.yaml:4',
      'slo/other.yaml:5:11 id oncall is already a channel of slo/policies.yaml:5',
      'slo/other.yaml:7:9 id standard is already a policy of slo/policies.yaml:7',
    ]);
  });

  test('do not blame a name for the mistakes of what it names', () => {
    const bad = shopWith('kind: http\n', 'kind: htp\n');
    expect(linesOf({ ...GOOD, 'slo/shop.yaml': bad })).toEqual([
      'slo/shop.yaml:16:15 kind must be http, tcp, tls, dns, postgres, redis, grpc, icmp or heartbeat, got "htp"',
    ]);
    expect(linesOf({ 'slo/shop.yaml': SHOP, 'slo/policies.yaml': 'kind: [' })).toHaveLength(1);
  });

  test('are counted on, beyond a hundred mistakes in one', () => {
    const many = `apiVersion: nines/v1\nkind: Policies\nchannels:\n${'  - { id: A, kind: console }\n'.repeat(150)}`;
    const lines = linesOf({ 'slo/many.yaml': many });
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('slo/many.yaml:104:11 file has 50 more mistakes from here on');
  });
});

describe('a reference that is not set', () => {
  test('is a warning at its place, and what needs it is not configured', () => {
    const catalog = catalogOf(GOOD, {});
    expect(catalog.warnings.map(problemText)).toEqual([
      'slo/shop.yaml:20:43 SHOP_TOKEN is not set',
      'slo/policies.yaml:5:55 SLACK_BOT_TOKEN is not set',
    ]);
    expect(catalog.probes.get('shop/web/home')?.notConfigured).toBe('SHOP_TOKEN is not set');
    expect(catalog.slos.get('shop/web/availability')?.notConfigured).toBe('probe home: SHOP_TOKEN is not set');
    expect(catalog.conditions.get('shop/web/down')?.notConfigured).toBe('probe home: SHOP_TOKEN is not set');
    expect(catalog.channels.get('oncall')?.notConfigured).toBe('SLACK_BOT_TOKEN is not set');
    expect(catalog.channels.get('console')?.notConfigured).toBeNull();
  });

  test('stays in the catalog unresolved when it is set', () => {
    expect(JSON.stringify([...catalogOf(GOOD).probes.values(), ...catalogOf(GOOD).channels.values()])).not.toMatch(
      /token-1|xoxb-1/,
    );
  });

  test('that makes no address is a warning, without its value', () => {
    const text = shopWith('https://shop.example.org/', '${env:SHOP_URL}/home');
    const catalog = catalogOf({ ...GOOD, 'slo/shop.yaml': text }, { ...SECRETS, 'env:SHOP_URL': 'not an address' });
    expect(catalog.warnings.map(problemText)).toEqual([
      'slo/shop.yaml:17:14 url is no http or https address once its references are filled in',
    ]);
    expect(catalog.probes.get('shop/web/home')?.notConfigured).toMatch('no http or https address');
  });
});

test('an SLO of a provider that is not served says so; the incident clock needs none', () => {
  const text = shopWith('{ kind: probe, probes: [home] }', '{ kind: incident-clock, within: 15m }');
  const { slos } = catalogOf({ ...GOOD, 'slo/shop.yaml': text });
  expect(slos.get('shop/web/errors')?.notConfigured).toBe('connector edge: this version does not read from cloudwatch');
  expect(slos.get('shop/web/availability')?.notConfigured).toBeNull();
});

test('covers is not checked where no requirements are given', () => {
  const files = [
    { file: 'slo/shop.yaml', text: shopWith('DN-65', 'DN-99') },
    { file: 'slo/policies.yaml', text: POLICIES },
  ];
  expect(load(files, { profile: 'staging', lookup: () => 'x' }).catalog?.environment).toBe('staging');
});
