import { expect, test } from 'vitest';
import { revealChannel, revealTarget } from '../../src/definition/resolve.ts';
import type { CatalogChannel, CatalogProbe } from '../../src/definition/catalog.ts';
import { POLICIES, SECRETS, catalogOf, policiesWith, shopWith } from './documents.ts';

const lookup = (reference: string): string | undefined => SECRETS[reference];

const probeOf = (text: string, secrets = SECRETS): CatalogProbe => {
  const probe = catalogOf({ 'slo/shop.yaml': text, 'slo/policies.yaml': POLICIES }, secrets).probes.get(
    'shop/web/home',
  );
  if (!probe) throw new Error('no such probe');
  return probe;
};

const channelOf = (text: string, secrets = SECRETS): CatalogChannel => {
  const channel = catalogOf({ 'slo/policies.yaml': text }, secrets).channels.get('oncall');
  if (!channel) throw new Error('no such channel');
  return channel;
};

test('a target has its secrets revealed and its assertions one by one', () => {
  const target = revealTarget(probeOf(shopWith('timeout: 10s', 'timeout: 5s')), lookup);
  expect(target).toMatchObject({
    id: 'shop/web/home',
    intervalMs: 30_000,
    timeoutMs: 5_000,
    check: {
      kind: 'http',
      url: 'https://shop.example.org/',
      method: 'GET',
      headers: { Authorization: 'Bearer token-1' },
      body: null,
      redirects: { follow: true, limit: 5, allowDowngrade: false },
      maxBodyBytes: 1024 * 1024,
      tls: { ca: null, verify: true },
      reach: { ip: 'prefer-v4', resolver: null, addresses: 'one', allow: [] },
      assertions: [
        { kind: 'status', expected: [200, '3xx'] },
        { kind: 'json', path: '$.status', equals: 'ok' },
      ],
    },
  });
});

test('every kind of assertion reaches the target', () => {
  const text = shopWith(
    '- status: [200, 3xx]',
    [
      '- header: { name: Server, absent: true }',
      '- body: { matches: ^ok$, not: true }',
      '- responseTime: 500ms',
      '- certificate: 7d',
      '- status: 2xx',
    ].join('\n          '),
  );
  expect(revealTarget(probeOf(text), lookup)?.check.assertions.slice(0, 5)).toEqual([
    { kind: 'header', name: 'Server', absent: true },
    { kind: 'body', matches: '^ok$', not: true },
    { kind: 'response-time', belowMs: 500 },
    { kind: 'certificate', validForMs: 604_800_000 },
    { kind: 'status', expected: ['2xx'] },
  ]);
});

test('an address does not get a double slash from a base that ends with one', () => {
  const secrets = { ...SECRETS, 'env:SHOP_URL': 'http://127.0.0.1:8080/' };
  const probe = probeOf(shopWith('https://shop.example.org/', '${env:SHOP_URL}/home'), secrets);
  expect(revealTarget(probe, (reference) => secrets[reference as keyof typeof secrets])?.check).toMatchObject({
    url: 'http://127.0.0.1:8080/home',
  });
});

test('a value that looks like a reference is not resolved again', () => {
  const secrets = { ...SECRETS, 'env:SHOP_TOKEN': '${env:SLACK_BOT_TOKEN} $& $1' };
  const target = revealTarget(
    probeOf(shopWith('tier: 0', 'tier: 1'), secrets),
    (reference) => secrets[reference as keyof typeof secrets],
  );
  expect(target?.check).toMatchObject({ headers: { Authorization: 'Bearer ${env:SLACK_BOT_TOKEN} $& $1' } });
});

test('a probe that is not configured, and a heartbeat, have no target', () => {
  expect(revealTarget(probeOf(shopWith('tier: 0', 'tier: 1'), {}), lookup)).toBeNull();
  const catalog = catalogOf({ 'slo/shop.yaml': shopWith('tier: 0', 'tier: 1'), 'slo/policies.yaml': POLICIES });
  const heartbeat = catalog.probes.get('shop/web/nightly');
  expect(heartbeat && revealTarget(heartbeat, lookup)).toBeNull();
});

test('a channel has its token as a secret that does not print', () => {
  const revealed = revealChannel(channelOf(POLICIES), lookup);
  expect(revealed).toMatchObject({ id: 'oncall', kind: 'slack', channel: 'C123', mention: null });
  expect(revealed?.kind === 'slack' && revealed.token.reveal()).toBe('xoxb-1');
  expect(JSON.stringify(revealed)).not.toContain('xoxb-1');
});

test('a mention that is not set is left out: the page still arrives', () => {
  const text = policiesWith('channel: C123,', 'channel: C123, mention: "${env:MENTION}",');
  const channel = channelOf(text);
  expect(channel.notConfigured).toBeNull();
  expect(revealChannel(channel, lookup)).toMatchObject({ mention: null });
  expect(revealChannel(channel, () => '<!here>')).toMatchObject({ mention: '<!here>' });
});

test('a channel that is not configured is not revealed', () => {
  expect(revealChannel(channelOf(POLICIES, {}), lookup)).toBeNull();
});
