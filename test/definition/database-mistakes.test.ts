import { describe, expect, test } from 'vitest';
import { POLICIES, catalogOf, linesOf, shopWith } from './documents.ts';

const SECRETS = { 'env:SHOP_TOKEN': 't', 'env:SLACK_BOT_TOKEN': 'x', 'env:PW': 'p', 'env:URL': 'redis://h' };

/** What is said of a shop with this probe `db`, and a condition on it. */
const said = (probe: string, metric = 'failing'): string[] => {
  const shop = shopWith('      - id: nightly', `      - { id: db, ${probe} }\n      - id: nightly`);
  const source =
    metric === 'failing'
      ? ''
      : `      - { id: c, name: C, source: { kind: probe, probe: db, metric: ${metric} }, comparison: ">", threshold: 1, severity: warning }\n`;
  const lines = linesOf({ 'shop.yaml': shop + source, 'policies.yaml': POLICIES }, SECRETS);
  return lines.map((line) => line.replace(/^shop\.yaml:\d+:\d+ /, ''));
};

const REDIS = 'kind: redis, url: "rediss://h"';
const POSTGRES = 'kind: postgres, url: "postgres://h/shop"';

describe('Taken are', () => {
  test.for([
    'kind: redis, url: "redis://h"',
    'kind: redis, url: "rediss://app:${env:PW}@cache.example.org:6380/2"',
    'kind: redis, url: "${env:URL}"',
    'kind: redis, url: "${env:URL}/1"',
    'kind: redis, url: "redis://:${env:PW}@[::1]:6379"',
    'kind: postgres, url: "postgres://app:${env:PW}@${env:URL}:5432/shop?sslmode=verify-full"',
    'kind: postgres, url: "postgresql://h/shop?sslmode=require&channel_binding=require"',
    `${POSTGRES}, assert: [{ reading: { name: connections-used-ratio, below: 0.8 } }, { responseTime: 1s }]`,
    `${REDIS}, degraded: [{ reading: { name: ping, below: 0.005 } }, { certificate: 21d }]`,
  ])('%s', (probe) => expect(said(probe)).toEqual([]));

  test.for([
    [REDIS, 'memory-used-ratio'],
    [POSTGRES, 'replication-lag-seconds'],
    [POSTGRES, 'response-time'],
    [REDIS, 'certificate-days'],
  ] as const)('%s with a condition on %s', ([probe, metric]) => expect(said(probe, metric)).toEqual([]));
});

describe('A mistake', () => {
  const REDIS_URL =
    'url must be an address such as rediss://:${env:REDIS_PASSWORD}@cache.example.org:6379/0, or a reference that holds one';
  test.for([
    ['another scheme', 'kind: redis, url: "http://h"', REDIS_URL],
    ['no host', 'kind: redis, url: "redis:///0"', REDIS_URL],
    ['a port that is none', 'kind: redis, url: "redis://h:port"', REDIS_URL],
    [
      'a password as it is',
      'kind: redis, url: "redis://:hunter2@h"',
      'url must not hold a password as it is; use a reference such as ${env:DATABASE_PASSWORD}',
    ],
    [
      'a password as it is, with signs that end urls',
      'kind: postgres, url: "postgres://app:hun@ter/2@h/shop"',
      'url must not hold a password as it is; use a reference such as ${env:DATABASE_PASSWORD}',
    ],
    [
      'a database that is no number',
      'kind: redis, url: "redis://h/shop"',
      'url must end in the number of a database such as /0, got /shop',
    ],
    [
      'an sslmode that is none',
      'kind: postgres, url: "postgres://h/shop?sslmode=verify"',
      'url must have disable, allow, prefer, require, verify-ca or verify-full as its sslmode, got "verify"',
    ],
    [
      'two statements in one query',
      'kind: postgres, url: "postgres://h/shop", query: "COMMIT; SELECT 1"',
      'query must be one statement, without a ; inside',
    ],
    [
      'a password as a parameter',
      'kind: postgres, url: "postgres://h/shop?password=x"',
      'url must have host, user and password in front of its database, not as parameters',
    ],
    [
      'an assertion of another kind',
      `${REDIS}, assert: [{ status: 200 }]`,
      'status is nothing that redis probes know; they know reading, responseTime or certificate',
    ],
    [
      'two assertions in one',
      `${POSTGRES}, degraded: [{ responseTime: 1s, certificate: 1d }]`,
      'degraded needs exactly one of reading, responseTime or certificate in each entry, got certificate and responseTime',
    ],
    [
      'a reading near a known one',
      `${POSTGRES}, assert: [{ reading: { name: conections, above: 1 } }]`,
      'name conections is no reading of a postgres probe; did you mean connections?',
    ],
    [
      'a reading without a bound',
      `${REDIS}, assert: [{ reading: { name: ping } }]`,
      'reading needs below, above or equals beside its name',
    ],
    [
      'a certificate where there is no TLS',
      'kind: redis, url: "redis://h", assert: [{ certificate: 1d }]',
      'certificate needs a connection with TLS, and the url asks for none',
    ],
  ] as const)('%s', ([, probe, expected]) => expect(said(probe)).toEqual([expected]));

  test('a reading that its kind does not have', () => {
    const [line] = said(REDIS, 'connections-used-ratio');
    expect(line).toContain(
      'metric connections-used-ratio is nothing that probe db (redis) tells; there is failing, degraded',
    );
    expect(said(REDIS, 'memory-used-ration')[0]).toContain('did you mean memory-used-ratio?');
  });

  test('a reading of a kind that reads nothing', () => {
    const text = shopWith('metric: failing', 'metric: ping');
    expect(linesOf({ 'shop.yaml': text, 'policies.yaml': POLICIES })[0]).toContain(
      'metric ping is nothing that probe home (http) tells; there is failing, degraded, response-time, certificate-days',
    );
  });

  test('a reference that holds an address of another kind leaves the probe not configured', () => {
    const shop = shopWith(
      '      - id: nightly',
      '      - { id: db, kind: postgres, url: "${env:URL}" }\n      - id: nightly',
    );
    const { probes } = catalogOf({ 'shop.yaml': shop, 'policies.yaml': POLICIES }, SECRETS);
    expect(probes.get('shop/web/db')?.notConfigured).toBe(
      'its url is no postgres address once its references are filled in',
    );
  });

  test('a certificate of a connection without TLS', () => {
    expect(said('kind: redis, url: "redis://h"', 'certificate-days')).toEqual([
      'probe db must have a rediss url: without TLS there is no certificate',
    ]);
  });
});
