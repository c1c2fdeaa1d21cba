import { createServer } from 'node:https';
import type { TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createHttpProbe } from '../../../src/probe/http/index.ts';
import type { Facts } from '../../../src/probe/probe.ts';
import type { Assertion, HttpTarget } from '../../../src/probe/targets.ts';
import { TLS } from '../target.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from './certificates.ts';
import { check, httpTarget, listen, target, verdict } from './target.ts';

const DAY_MS = 86_400_000;
const EXPIRES = Math.floor(Date.now() / 1_000) * 1_000 + 30 * DAY_MS;

let authority: Authority;
let pair: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  const to = new Date(EXPIRES);
  pair = await certificateFor(authority, { name: 'localhost', from: new Date(EXPIRES - 60 * DAY_MS), to });
});

const secured = async (options: TlsOptions = {}): Promise<string> => {
  const server = createServer({ ...pair, ...options }, (_, response) => response.end('hello'));
  return `https://localhost:${await listen(server)}/`;
};

const judged = async (assertions: Assertion[], options: TlsOptions = {}): Promise<string> =>
  verdict(await check(await secured(options), { tls: { ...TLS, ca: authority.pem }, assertions }));

describe('The issuer of a certificate', () => {
  test.for<[Assertion, string]>([
    [{ kind: 'issuer', contains: 'Test authority' }, 'pass ok: '],
    [{ kind: 'issuer', matches: '^CN=Test' }, 'pass ok: '],
    [
      { kind: 'issuer', contains: "Let's Encrypt" },
      `fail issuer: the certificate was issued by "CN=Test authority", expected "Let's Encrypt" in it`,
    ],
    [
      { kind: 'issuer', matches: '^O=' },
      'fail issuer: the certificate was issued by "CN=Test authority", expected to match "^O="',
    ],
    [
      { kind: 'issuer', matches: '(' },
      'unknown internal: the issuer assertion cannot be judged: "(" is no regular expression',
    ],
  ])('%j', async ([assertion, said]) => {
    expect(await judged([assertion])).toBe(said);
  });
});

describe('The TLS version of a connection', () => {
  test('must be the one that is asked for, or a later one', async () => {
    expect(await judged([{ kind: 'min-version', version: '1.3' }])).toBe('pass ok: ');
    const old = { maxVersion: 'TLSv1.2' } as const;
    expect(await judged([{ kind: 'min-version', version: '1.2' }], old)).toBe('pass ok: ');
    expect(await judged([{ kind: 'min-version', version: '1.3' }], old)).toBe(
      'fail tls-version: the connection was made with TLS 1.2, expected at least 1.3',
    );
  });

  test('and an issuer are things that plain http does not have', async () => {
    const url = await httpTarget((_, response) => response.end());
    const plain = async (assertion: Assertion) => verdict(await check(url, { assertions: [assertion] }));
    expect(await plain({ kind: 'min-version', version: '1.2' })).toBe(
      'fail tls-version: the answer came without TLS, expected at least TLS 1.2',
    );
    expect(await plain({ kind: 'issuer', contains: 'x' })).toBe(
      'fail issuer: the answer came without a certificate, expected one of a known issuer',
    );
  });
});

describe('An assertion that HTTP does not know', () => {
  test('blames nobody', async () => {
    expect(await judged([{ kind: 'code', expected: 'NOERROR' }])).toBe(
      'unknown internal: the code assertion cannot be judged: HTTP checks do not know it',
    );
  });
});

const inspected = async (url: string, more: Partial<HttpTarget> = {}): Promise<Facts | undefined> => {
  const deadline = startDeadline(5_000);
  const context = { id: 'a', timeoutMs: 5_000, signal: deadline.signal, inspect: true };
  try {
    return (await createHttpProbe()(target(url, more), context)).facts;
  } finally {
    deadline.clear();
  }
};

describe('The facts of a check that somebody asked for', () => {
  test('over https are those of its connection and of its answer', async () => {
    const facts = await inspected(await secured(), { tls: { ...TLS, ca: authority.pem } });
    expect(facts).toEqual({
      ip_addr: '127.0.0.1',
      ip_protocol: 4,
      http_redirects: 0,
      http_ssl: 1,
      http_status_code: 200,
      http_version: 1.1,
      http_content_length: 5,
      http_uncompressed_body_length: 5,
      failed_due_to_regex: 0,
      ssl_earliest_cert_expiry: EXPIRES / 1_000,
      ssl_last_chain_expiry_timestamp_seconds: EXPIRES / 1_000,
      ssl_last_chain_info_fingerprint_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      ssl_last_chain_info_issuer: 'CN=Test authority',
      ssl_last_chain_info_subject: 'CN=localhost',
      ssl_last_chain_info_subjectalternative: 'localhost',
      ssl_last_chain_info_serialnumber: '02',
      tls_version_info: 'TLS 1.3',
      tls_cipher_info: expect.stringMatching(/^TLS_/),
    });
  });

  test('of a certificate that is not trusted are there although it failed', async () => {
    const facts = await inspected(await secured());
    expect(facts).toMatchObject({ ssl_earliest_cert_expiry: EXPIRES / 1_000, tls_version_info: 'TLS 1.3' });
    expect(facts).not.toHaveProperty('ssl_last_chain_expiry_timestamp_seconds');
    expect(facts).not.toHaveProperty('http_status_code');
  });

  test('over http after a redirect, without a length', async () => {
    const url = await httpTarget((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/there' }).end();
      else {
        response.setHeader('last-modified', 'Tue, 15 Nov 1994 12:45:26 GMT');
        response.write('hello ');
        response.end('you');
      }
    });
    const facts = await inspected(url, { assertions: [{ kind: 'body', matches: '^bye' }] });
    expect(facts).toEqual({
      ip_addr: '127.0.0.1',
      ip_protocol: 4,
      http_redirects: 1,
      http_ssl: 0,
      http_status_code: 200,
      http_version: 1.1,
      http_content_length: -1,
      http_uncompressed_body_length: 9,
      http_last_modified_timestamp_seconds: 784_903_526,
      failed_due_to_regex: 1,
    });
  });

  test('of a target that is not there are few', async () => {
    expect(await inspected('http://127.0.0.1:1/')).toEqual({
      ip_addr: '127.0.0.1',
      ip_protocol: 4,
      http_redirects: 0,
      http_ssl: 0,
    });
  });

  test('are nowhere when nobody asks', async () => {
    expect(await check(await secured(), { tls: { ...TLS, ca: authority.pem } })).not.toHaveProperty('facts');
  });
});
