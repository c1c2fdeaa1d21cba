import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemText } from '../../../src/definition/catalog.ts';
import { loadModules } from '../../../src/http/blackbox/config.ts';
import type { Module } from '../../../src/http/blackbox/module.ts';
import { fromGo, nowhere } from '../../../src/http/blackbox/patterns.ts';

const FILES: Record<string, string> = { '/run/token': 'from-a-file' };
const context = { allow: ['private'] as const, read: (path: string) => FILES[path] };

const load = (yaml: string | null) => loadModules(yaml === null ? null : { file: 'blackbox.yml', text: yaml }, context);

/** The one module of a file that has no mistake. */
const only = (body: string): Module => {
  const { modules, problems } = load(`modules:\n  m: ${body}\n`);
  expect(problems.map(problemText)).toEqual([]);
  return [...modules.usable.values()][0] as Module;
};
const checkOf = (body: string, target = 'example.org:80', hostname: string | null = null) =>
  only(body).checkOf(target, hostname);

const said = (body: string): string[] => load(`modules:\n  m:\n    ${body}\n`).problems.map(problemText);

describe('The built-in modules', () => {
  const { modules, problems } = load(null);

  test("are those of blackbox_exporter's own file that Nines can check", () => {
    expect(problems).toEqual([]);
    expect([...modules.usable.keys()]).toEqual([
      'http_2xx',
      'http_post_2xx',
      'tcp_connect',
      'pop3s_banner',
      'grpc',
      'grpc_plain',
      'ssh_banner',
      'icmp',
    ]);
  });

  test.for([
    ['http_2xx', 'https://example.org/', { kind: 'http', url: 'https://example.org/', method: 'GET' }],
    ['http_2xx', 'example.org', { url: 'http://example.org/', reach: { ip: 'prefer-v4' } }],
    ['http_post_2xx', 'http://example.org', { method: 'POST', reach: { ip: 'prefer-v6', allow: ['private'] } }],
    ['tcp_connect', 'db:5432', { kind: 'tcp', address: 'db:5432', secure: false, steps: [] }],
    ['tcp_connect', '[::1]:5432', { address: '[::1]:5432' }],
    ['pop3s_banner', 'mail:995', { secure: true, steps: [{ send: null, expect: '^\\+OK' }] }],
    ['grpc', 'api:443', { kind: 'grpc', secure: true, service: '' }],
    ['grpc_plain', 'api:80', { secure: false, service: 'service1' }],
    ['icmp', '192.0.2.1', { kind: 'icmp', host: '192.0.2.1' }],
  ] as const)('%s visits %s', ([name, target, expected]) => {
    expect(modules.usable.get(name)?.checkOf(target, null)).toMatchObject(expected);
  });

  test.for([
    ['http_2xx', 'http://'],
    ['http_2xx', 'ftp://example.org'],
    ['tcp_connect', 'example.org'],
    ['tcp_connect', 'example.org:99999'],
    ['tcp_connect', 'user@example.org:80'],
    ['icmp', 'two words'],
    ['icmp', 'example.org/path'],
  ] as const)('%s takes no %s', ([name, target]) => {
    const check = modules.usable.get(name)?.checkOf(target, null);
    // A scheme of its own is read as a host there, as everywhere without one.
    expect(check === null || (check?.kind === 'http' && check.url.startsWith('http://ftp'))).toBe(true);
  });

  test.for([
    ['http_2xx', 'http://169.254.169.254/latest/meta-data/'],
    ['http_2xx', 'http://2852039166/'],
    ['http_2xx', 'http://0xa9fea9fe/'],
    ['http_2xx', 'http://[::ffff:169.254.169.254]/'],
    ['http_2xx', 'http://[fd00:ec2::254]/'],
    ['tcp_connect', '169.254.169.254:80'],
    ['tcp_connect', '2852039166:80'],
    ['tcp_connect', '[::ffff:a9fe:a9fe]:80'],
    ['grpc', '100.100.100.200:443'],
    ['icmp', '169.254.169.254'],
    ['icmp', '2852039166'],
  ] as const)('%s does not visit the metadata address %s', ([name, target]) => {
    expect(modules.usable.get(name)?.checkOf(target, null)).toBe(null);
    const open = loadModules(null, { ...context, allow: ['metadata'] }).modules.usable;
    expect(open.get(name)?.checkOf(target, null)).not.toBe(null);
  });
});

describe('A module', () => {
  test('says what an answer must be', () => {
    const body = `{ prober: http, timeout: 1m30s, http: { valid_status_codes: [200, 302], method: POST, body: '{}', headers: { X-A: b },
      fail_if_body_matches_regexp: ["(?i)error"], fail_if_body_not_matches_regexp: ["ok"], compression: gzip,
      fail_if_header_not_matches: [{ header: X-Up, regexp: "yes" }], fail_if_header_matches: [{ header: X-Up, regexp: "no" }] } }`;
    expect(only(body).timeoutMs).toBe(90_000);
    expect(checkOf(body)).toMatchObject({
      method: 'POST',
      body: '{}',
      headers: { 'X-A': 'b' },
      compression: ['gzip'],
      redirects: { follow: true, limit: 10, allowDowngrade: true },
      assertions: [
        { kind: 'status', expected: [200, 302] },
        { kind: 'header', name: 'X-Up', matches: nowhere('no') },
        { kind: 'header', name: 'X-Up', matches: 'yes' },
        { kind: 'body', matches: '(?i:error)', not: true },
        { kind: 'body', matches: 'ok' },
        { kind: 'encoding', expected: 'gzip' },
      ],
    });
  });

  test.for([
    ['{ basic_auth: { username: u, password: p } }', { auth: { kind: 'basic', user: 'u', password: 'p' } }],
    ['{ bearer_token_file: /run/token }', { auth: { kind: 'bearer', token: 'from-a-file' } }],
    ['{ authorization: { credentials: t } }', { auth: { kind: 'bearer', token: 't' } }],
    ['{ authorization: { type: Token, credentials: t } }', { auth: null, headers: { Authorization: 'Token t' } }],
    ['{ proxy_url: "http://proxy:3128" }', { proxy: 'http://proxy:3128' }],
    ['{ follow_redirects: false }', { redirects: { follow: false } }],
    ['{ no_follow_redirects: true }', { redirects: { follow: false } }],
    ['{ preferred_ip_protocol: ip4, ip_protocol_fallback: false }', { reach: { ip: 'v4' } }],
    ['{ tls_config: { insecure_skip_verify: true, server_name: n } }', { tls: { verify: false, serverName: 'n' } }],
    [
      '{ oauth2: { client_id: i, client_secret: s, token_url: "https://t/", scopes: [a, b] } }',
      {
        auth: {
          kind: 'oauth2',
          tokenUrl: 'https://t/',
          clientId: 'i',
          clientSecret: 's',
          scope: 'a b',
          audience: null,
        },
      },
    ],
  ] as const)('with %s', ([http, expected]) => {
    expect(checkOf(`{ prober: http, http: ${http} }`)).toMatchObject(expected);
  });

  test('asks an address for another name, and for its certificate', () => {
    const check = checkOf('{ prober: http }', 'https://192.0.2.1/', 'shop.example.org:8443');
    expect(check).toMatchObject({
      headers: { Host: 'shop.example.org:8443' },
      tls: { serverName: 'shop.example.org' },
    });
    expect(checkOf('{ prober: tcp, tcp: { tls: true } }', '192.0.2.1:443', 'shop.example.org')).toMatchObject({
      tls: { serverName: 'shop.example.org' },
    });
    expect(checkOf('{ prober: http, http: { headers: { host: inner } } }')).toMatchObject({
      tls: { serverName: 'inner' },
    });
  });

  test('talks in lines, of which each waits first and sends then', () => {
    const body = '{ prober: tcp, tcp: { query_response: [{ expect: "^220", send: "EHLO x" }, { send: QUIT }] } }';
    expect(checkOf(body)).toMatchObject({
      steps: [
        { send: null, expect: '^220' },
        { send: 'EHLO x\n', expect: null },
        { send: 'QUIT\n', expect: null },
      ],
    });
  });

  test('asks a name server that is given as an address', () => {
    const body = '{ prober: dns, dns: { query_name: example.org., query_type: MX, valid_rcodes: [NXDOMAIN] } }';
    expect(checkOf(body, '1.1.1.1')).toMatchObject({
      kind: 'dns',
      name: 'example.org',
      type: 'MX',
      server: '1.1.1.1',
      assertions: [{ kind: 'code', expected: 'NXDOMAIN' }],
    });
    expect(checkOf(body, 'resolver.example.org')).toBe(null);
  });

  test('judges whether TLS was used', () => {
    const { objection } = only('{ prober: http, http: { fail_if_not_ssl: true } }');
    const result = { status: 200, certificateExpiresAt: null } as never;
    expect(objection(result)).toBe('the last request was made without TLS');
    expect(objection({ status: 200, certificateExpiresAt: 1 } as never)).toBe(null);
  });
});

describe('What cannot be said in Nines is a problem at its key', () => {
  test.for([
    ['prober: websocket', '3:13 prober must be http, tcp, dns, icmp or grpc, got "websocket"'],
    [
      'prober: http\n    http: { enable_http3: true }',
      '4:27 http.enable_http3 must be left out: Nines speaks HTTP/1.1, got true',
    ],
    [
      'prober: http\n    http: { valid_http_versions: [HTTP/2.0] }',
      '4:34 http.valid_http_versions must name HTTP/1.1: Nines asks by it, got a list',
    ],
    [
      'prober: http\n    http: { fail_if_body_matches_regexp: ["[[:alpha:]]"] }',
      '4:43 http.fail_if_body_matches_regexp[0] must be a regular expression that JavaScript can say too, got "[[:alpha:]]"',
    ],
    ['prober: http\n    http: { metod: GET }', '4:13 metod is not a known field; did you mean method?'],
    ['prober: http\n    http: { bearer_token_file: /nowhere }', '4:32 bearer_token_file cannot be read'],
    [
      'prober: http\n    http: { basic_auth: { username: u, password: 7 } }',
      '4:50 http.basic_auth.password must be a text',
    ],
    [
      'prober: icmp\n    icmp: { ttl: 5 }',
      '4:18 icmp.ttl must be left out: Nines sends with the TTL of the system, got 5',
    ],
    ['prober: dns\n    dns: { query_name: a, query_type: ANY }', '4:39 dns.query_type must be A, AAAA'],
    ['prober: tcp\n    tcp: { query_response: [{ expect: "(.*)", send: "${1}" }] }', '4:53 send must be a fixed text'],
  ] as const)('%s', ([body, expected]) => {
    const lines = said(body);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.replace('blackbox.yml:', '').startsWith(expected)).toBe(true);
  });

  test('and leaves the other modules in use', () => {
    const { modules } = load('modules:\n  good: { prober: tcp }\n  bad: { prober: unix }\n');
    expect([...modules.usable.keys()]).toEqual(['good']);
    expect(modules.refused.get('bad')).toContain('prober must be');
  });

  test.for(['', 'modules: 7', '- a', 'modules: { a: 1 }', '{', 'a: &a [*a]'])('%s is no configuration', (text) => {
    expect(load(text).problems.length).toBeGreaterThan(0);
  });
});

describe("Go's regular expressions", () => {
  test.for([
    ['(?i)ok', '(?i:ok)', 'OK'],
    ['(?P<a>x)', '(?<a>x)', 'x'],
    ['\\Aok\\z', '(?<![^])ok(?![^])', 'ok'],
  ] as const)('%s is said as %s', ([go, expected, text]) => {
    expect(fromGo(go)).toBe(expected);
    expect(new RegExp(expected).test(text)).toBe(true);
  });

  test('are found nowhere exactly where they are not found', () => {
    const patterns = ['a', '^a', 'a$', '^ab$', 'b|c', '(?i:A)', ''];
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n') }),
        (one, text) => {
          expect(new RegExp(nowhere(one)).test(text)).toBe(!new RegExp(one).test(text));
        },
      ),
    );
  });
});
