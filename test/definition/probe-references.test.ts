import { describe, expect, test } from 'vitest';
import { problemText } from '../../src/definition/catalog.ts';
import { revealTarget } from '../../src/definition/resolve.ts';
import { loadTexts, POLICIES } from './documents.ts';

const shop = (probe: string): string =>
  `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: web
    name: Web
    policy: standard
    probes:
      - ${probe}
`;

const loaded = (probe: string, secrets: Record<string, string>) => {
  const { catalog, problems } = loadTexts({ 'slo/shop.yaml': shop(probe), 'slo/policies.yaml': POLICIES }, secrets);
  const said = (catalog?.warnings ?? problems).filter(({ file }) => file === 'slo/shop.yaml').map(problemText);
  const found = catalog?.probes.get('shop/web/one');
  return { said, found, check: found && revealTarget(found, (reference) => secrets[reference])?.check };
};

const HTTP = 'id: one, kind: http, url: "https://a.example/"';

describe('A reference is filled in', () => {
  test.for<[string, object]>([
    [`{ ${HTTP}, body: "\${env:A}", method: POST }`, { body: 'filled' }],
    [`{ ${HTTP}, headers: { probes: "\${env:A}" } }`, { headers: { probes: 'filled' } }],
    [`{ ${HTTP}, proxy: "http://\${env:A}:3128" }`, { proxy: 'http://filled:3128' }],
    [`{ ${HTTP}, ca: "\${env:A}" }`, { tls: { ca: 'filled' } }],
    [
      `{ ${HTTP}, clientCertificate: { certificate: "\${env:A}", key: "\${env:A}" } }`,
      { tls: { clientCertificate: { certificate: 'filled', key: 'filled' } } },
    ],
    [
      `{ ${HTTP}, auth: { basic: { user: "\${env:A}", password: "\${env:A}" } } }`,
      { auth: { user: 'filled', password: 'filled' } },
    ],
    [`{ ${HTTP}, auth: { bearer: "\${env:A}" } }`, { auth: { token: 'filled' } }],
    [
      `{ ${HTTP}, auth: { oauth2: { tokenUrl: "\${env:URL}/token", clientId: "\${env:A}", clientSecret: "\${env:A}" } } }`,
      { auth: { tokenUrl: 'https://filled.example/token', clientId: 'filled', clientSecret: 'filled' } },
    ],
    [
      `{ ${HTTP}, graphql: { query: "{ a }", variables: { probes: "\${env:A}" } } }`,
      { body: '{"query":"{ a }","variables":{"probes":"filled"}}' },
    ],
    ['{ id: one, kind: tcp, address: "${env:A}:25" }', { address: 'filled:25' }],
    [
      '{ id: one, kind: tcp, address: "a:25", steps: [{ send: "${env:A}" }] }',
      { steps: [{ send: 'filled', expect: null }] },
    ],
    ['{ id: one, kind: dns, name: a.example, server: "${env:A}" }', { server: 'filled' }],
    ['{ id: one, kind: icmp, host: "${env:A}" }', { host: 'filled' }],
    ['{ id: one, kind: postgres, url: "postgres://${env:A}/shop" }', { url: 'postgres://filled/shop' }],
  ])('%s', ([probe, check]) => {
    const set = loaded(probe, { 'env:A': 'filled', 'env:URL': 'https://filled.example/' });
    expect(set.said).toEqual([]);
    expect(set.check).toMatchObject(check);
    const unset = loaded(probe, {});
    expect(unset.said.join()).toContain(' is not set');
    expect(unset.found?.notConfigured).toContain(' is not set');
    expect(unset.check).toBeUndefined();
  });
});

describe('A reference cannot stand', () => {
  test.for([
    `{ ${HTTP}, description: "\${env:A}" }`,
    `{ ${HTTP}, assert: [{ body: { contains: "\${env:A}" } }] }`,
    `{ ${HTTP}, graphql: { query: "\${env:A}" } }`,
    `{ ${HTTP}, serverName: "\${env:A}" }`,
    '{ id: one, kind: tcp, address: "a:25", steps: [{ expect: "${env:A}" }] }',
    '{ id: one, kind: dns, name: "${env:A}" }',
  ])('in %s', (probe) => {
    expect(loaded(probe, { 'env:A': 'filled' }).said).toEqual([
      expect.stringContaining(
        '${env:A} cannot stand here: references fill the texts of a probe that reach its target, connectors and channels',
      ),
    ]);
  });
});

test('what only looks like a reference, in what is expected, stays as it is', () => {
  const { said, check } = loaded(`{ ${HTTP}, assert: [{ body: { contains: "a\${b}" } }] }`, {});
  expect(said).toEqual([]);
  expect(check?.assertions).toEqual([{ kind: 'body', contains: 'a${b}' }]);
});

test('the address of a database need not be one of HTTP', () => {
  const { said, found } = loaded('{ id: one, kind: redis, url: "${env:A}" }', { 'env:A': 'redis://localhost' });
  expect(said).toEqual([]);
  expect(found?.notConfigured).toBeNull();
});
