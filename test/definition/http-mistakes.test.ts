import { describe, expect, test } from 'vitest';
import { POLICIES, SECRETS, linesOf, shopWith } from './documents.ts';

/** What is said about the shop when these lines stand in its http probe, after its `timeout` in line 19. */
const said = (lines: string, url = 'https://shop.example.org/'): string[] => {
  const text = shopWith('        timeout: 10s\n', `        timeout: 10s\n${lines.replace(/^/gm, '        ')}\n`)
    .replace(/ {8}headers: .*\n {8}assert:\n(?: {10}- .*\n)*/, '')
    .replace('https://shop.example.org/', () => url);
  return linesOf({ 'slo/shop.yaml': text, 'slo/policies.yaml': POLICIES }, { ...SECRETS, 'env:TOKEN': 't' });
};

const told = (line: string): string[] => [`slo/shop.yaml:${line}`];

describe('Nothing is said about', () => {
  test.for([
    'method: HEAD\nassert: [{ status: 200 }, { hsts: {} }, { minVersion: "1.2" }]',
    'graphql: { query: "{ notes { id } }" }',
    'graphql: { query: "{ notes { id } }" }\nmethod: POST',
    'method: OPTIONS\nassert: [{ cors: { origin: "https://app.example.org", method: DELETE } }]',
    'assert: [{ cors: { origin: "http://localhost:3000" } }]\ndegraded: [{ cors: { origin: "http://localhost:3000" } }]',
    'compression: [gzip, br]\nassert: [{ encoding: br }]',
    'compression: [gzip]\nassert: [{ encoding: identity }]',
    'headers: { accept-encoding: zstd }\nassert: [{ encoding: zstd }]',
    'proxy: http://proxy.example.org:3128',
    'proxy: http://${env:TOKEN}:${env:TOKEN}@proxy.example.org:3128',
    'auth: { oauth2: { tokenUrl: "http://localhost:8080/token", clientId: a, clientSecret: "${env:TOKEN}" } }',
    'degraded: [{ responseTime: 1s }, { issuer: { matches: ^CN= } }]',
    'method: POST\nbody: hello',
  ])('%s', (lines) => {
    expect(said(lines)).toEqual([]);
  });
});

describe('In an http probe it is told where it stands that', () => {
  test.for<[string, string, string]>([
    [
      'an assertion of another kind of probe',
      'assert: [{ code: NXDOMAIN }]',
      '20:20 code is nothing that http probes know; they know status, header, json, body, hsts, cors, encoding, certificate, issuer, minVersion or responseTime',
    ],
    [
      'two things in one entry of degraded',
      'degraded: [{ status: 200, responseTime: 1s }]',
      '20:20 degraded needs exactly one of status, header, json, body, hsts, cors, encoding, certificate, issuer, minVersion or responseTime in each entry, got status and responseTime',
    ],
    [
      'a bad pattern in degraded',
      'degraded: [{ body: { matches: "[a" } }]',
      '20:39 matches must be a regular expression: unterminated character class',
    ],
    ['an issuer without a demand', 'assert: [{ issuer: {} }]', '20:20 issuer needs exactly one of contains or matches'],
    [
      'a body of an answer to HEAD',
      'method: HEAD\nassert: [{ body: { contains: ok } }]',
      '21:20 body needs another method: an answer to HEAD has no body',
    ],
    [
      'JSON of an answer to HEAD',
      'method: HEAD\ndegraded: [{ json: { path: a, equals: 1 } }]',
      '21:22 json needs another method: an answer to HEAD has no body',
    ],
    [
      'an origin with a path',
      'assert: [{ cors: { origin: "https://app.example.org/" } }]',
      '20:36 cors.origin must be an origin such as https://app.example.org, got "https://app.example.org/"',
    ],
    [
      'a method of cors without a preflight',
      'assert: [{ cors: { origin: "https://app.example.org", method: DELETE } }]',
      '20:63 cors.method needs method: OPTIONS: only a preflight asks for a method',
    ],
    [
      'a method of cors that is none',
      'method: OPTIONS\nassert: [{ cors: { origin: "https://app.example.org", method: delete } }]',
      '21:71 cors.method must be a method such as DELETE, got "delete"',
    ],
    [
      'cors of two origins',
      'assert: [{ cors: { origin: "https://a.example" } }, { cors: { origin: "https://b.example" } }]',
      '20:63 cors asks for another origin or method than before: one check sends one; make it another probe',
    ],
    [
      'an encoding that is not asked for',
      'compression: [gzip]\nassert: [{ encoding: br }]',
      '21:30 encoding br needs compression: [br], or it is not asked for',
    ],
    [
      'an encoding of a probe without compression',
      'assert: [{ encoding: gzip }]',
      '20:30 encoding gzip needs compression: [gzip], or it is not asked for',
    ],
    [
      'compression said twice',
      'compression: [gzip]\nheaders: { Accept-Encoding: gzip }',
      '21:20 header Accept-Encoding is what compression sends; leave one of them out',
    ],
    [
      'graphql with a body',
      'graphql: { query: "{ a }" }\nbody: hello',
      '21:9 body is what graphql sends; leave one of them out',
    ],
    [
      'graphql with another method',
      'graphql: { query: "{ a }" }\nmethod: GET',
      '21:17 method must be POST, which graphql sends anyway, got GET',
    ],
    ['a body with GET', 'body: hello', '20:9 body is sent with GET, which many servers do not read'],
    [
      'auth and Authorization',
      'auth: { bearer: "${env:TOKEN}" }\nheaders: { authorization: Bearer other }',
      '21:20 header authorization is what auth sends; leave one of them out',
    ],
    [
      'a proxy of another kind',
      'proxy: socks5://proxy.example.org:1080',
      '20:16 proxy must be an address such as http://proxy.example.org:3128',
    ],
    [
      'a proxy with a path',
      'proxy: http://proxy.example.org:3128/pac',
      '20:16 proxy must be an address such as http://proxy.example.org:3128',
    ],
    [
      'a proxy with a written password',
      'proxy: http://ann:hunter2@proxy.example.org:3128',
      '20:16 proxy must not hold a written user or password; put references there: http://${env:USER}:…',
    ],
    [
      'a token server that is no address',
      'auth: { oauth2: { tokenUrl: login, clientId: a, clientSecret: b } }',
      '20:37 tokenUrl must be an http or https address such as https://login.example.org/oauth2/token',
    ],
    [
      'a token server with a password',
      'auth: { oauth2: { tokenUrl: "https://a:b@login.example.org/", clientId: a, clientSecret: b } }',
      '20:37 tokenUrl must not hold a user or a password; clientId and clientSecret are sent',
    ],
    [
      'a client secret that travels readable',
      'auth: { oauth2: { tokenUrl: "http://login.example.org/", clientId: a, clientSecret: b } }',
      '20:37 tokenUrl is not https: the client secret would travel readable',
    ],
    [
      'a secret in the wrong type',
      'auth: { basic: { user: ann, password: 4711 } }',
      '20:47 auth.basic.password must be a text, got a number',
    ],
  ])('%s', ([, lines, line]) => {
    expect(said(lines)).toEqual(told(line));
  });

  test.for(['hsts: {}', 'certificate: 7d', 'issuer: { contains: a }', 'minVersion: "1.2"'])(
    'plain http has no %s',
    (assertion) => {
      const [key] = assertion.split(':');
      expect(said(`assert: [{ ${assertion} }]`, 'http://shop.example.org/')).toEqual(
        told(`20:20 ${key} needs an https url: without TLS there is none`),
      );
    },
  );

  test('no password that was written is repeated', () => {
    const all = [
      'proxy: [hunter2]',
      'auth: { basic: { user: ann, password: { a: hunter2 } } }',
      'auth: { bearer: { a: hunter2 } }',
      'clientCertificate: { certificate: a, key: [hunter2] }',
      'graphql: { query: a, variables: { a: [hunter2] } }',
    ].flatMap((lines) => said(lines));
    expect(all).toHaveLength(5);
    expect(all.join()).not.toContain('hunter2');
  });
});
