import { createServer, type TlsOptions } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTlsProbe } from '../../../src/probe/tls/index.ts';
import type { Assertion, TlsTarget } from '../../../src/probe/targets.ts';
import {
  certificateFor,
  createAuthority,
  createIntermediate,
  type Authority,
  type Pair,
} from '../http/certificates.ts';
import { listen } from '../http/target.ts';
import { SCRIPTS, startTlsServer } from '../starttls-server.ts';
import { REACH, TLS } from '../target.ts';
import { checking, portless, said, serving } from '../visit.ts';

const DAY_MS = 86_400_000;
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const days = (count: number): Date => new Date(NOW + count * DAY_MS);
const month = { name: 'localhost', from: days(-1), to: days(30) };

let authority: Authority;
let good: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  good = await certificateFor(authority, month);
});

const probe = checking(createTlsProbe());

/** A server with this certificate, on `localhost:port`. */
const server = async (pair: Pair, options: TlsOptions = {}): Promise<string> =>
  `localhost:${await listen(createServer({ ...pair, ...options }, (socket) => void socket.on('error', () => undefined)))}`;

const check = (address: string, more: Partial<TlsTarget> = {}, timeoutMs = 10_000) =>
  probe(
    {
      kind: 'tls',
      address,
      startTls: null,
      reach: REACH,
      tls: { ...TLS, ca: authority.pem },
      assertions: [],
      degraded: [],
      ...more,
    },
    timeoutMs,
  );

const asserting = async (address: string, ...assertions: Assertion[]): Promise<string> =>
  said(await check(address, { assertions })).replaceAll(/localhost:\d+/g, 'TARGET');

const visited = async (pair: Pair, more: Partial<TlsTarget> = {}): Promise<string> =>
  said(await check(await server(pair), more)).replaceAll(/localhost:\d+/g, 'TARGET');

const OLD: TlsOptions = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };

describe('A handshake', () => {
  test('that is in order passes, and tells what it saw under the names of blackbox_exporter', async () => {
    const result = await check(await server(good));
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'tls']);
    expect(result.certificateExpiresAt).toBe(days(30).getTime());
    expect(result.facts).toEqual({
      ssl_earliest_cert_expiry: days(30).getTime() / 1_000,
      ssl_last_chain_expiry_timestamp_seconds: days(30).getTime() / 1_000,
      tls_version_info: 'TLS 1.3',
      tls_cipher_info: expect.stringMatching(/^TLS_(?:AES|CHACHA20)_/),
      ssl_last_chain_info_fingerprint_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      ssl_last_chain_info_subject: 'CN=localhost',
      ssl_last_chain_info_issuer: 'CN=Test authority',
      ssl_last_chain_info_subjectalternative: 'localhost',
      ssl_last_chain_info_serialnumber: '02',
    });
  });

  test('is done after STARTTLS too', async () => {
    const address = await startTlsServer(SCRIPTS.smtp, good, () => undefined);
    const tls = { ...TLS, ca: authority.pem, serverName: 'localhost' };
    const result = await check(address, { startTls: 'smtp', tls });
    expect(said(result)).toBe('pass ok: ');
    expect(result.facts?.['ssl_last_chain_info_subject']).toBe('CN=localhost');
  });

  test('with something that speaks no TLS fails as TLS', async () => {
    const address = await serving((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(said(await check(address))).toBe(
      'fail tls: the TLS handshake with TARGET failed (ERR_SSL_WRONG_VERSION_NUMBER)',
    );
  });

  test('that the server leaves is a reset, and one that it never answers times out', async () => {
    const leaving = await serving((socket) => socket.once('data', () => socket.destroy()));
    expect(said(await check(leaving))).toBe('fail reset: TARGET closed the connection during the TLS handshake');
    expect(said(await check(await serving(() => undefined), {}, 100))).toBe(
      'fail timeout: no complete answer within 100ms: the time ran out during the TLS handshake',
    );
  });

  test('with a server that only knows TLS 1.1 says so', async () => {
    expect(await asserting(await server(good, { ...OLD, maxVersion: 'TLSv1.1' }))).toBe(
      'fail tls-version: TARGET speaks neither TLS 1.2 nor TLS 1.3',
    );
  });
});

describe('A certificate', () => {
  test('that is about to expire fails the assertion, as does an intermediate before it', async () => {
    expect(await asserting(await server(good), { kind: 'certificate', validForMs: 31 * DAY_MS })).toMatch(
      /^fail certificate-age: the certificate is valid for 29d23h more, expected at least 31d$/,
    );
    const intermediate = await createIntermediate(authority, days(7));
    const leaf = await certificateFor(intermediate, month);
    const address = await server({ ...leaf, cert: leaf.cert + '\n' + intermediate.pem });
    expect(await asserting(address, { kind: 'certificate', validForMs: 8 * DAY_MS })).toMatch(
      /^fail certificate-age: the certificate is valid for 6d23h more/,
    );
    const { facts } = await check(address);
    expect(facts).toMatchObject({
      ssl_earliest_cert_expiry: days(7).getTime() / 1_000,
      ssl_last_chain_expiry_timestamp_seconds: days(7).getTime() / 1_000,
    });
  });

  test('that has expired, is not valid yet or is for another name is told apart, and its facts stay', async () => {
    const expired = await certificateFor(authority, { ...month, from: days(-9), to: days(-1) });
    const address = await server(expired);
    const result = await check(address);
    expect(result).toMatchObject({ reason: 'certificate-expired', certificateExpiresAt: days(-1).getTime() });
    expect(result.facts).toMatchObject({ ssl_last_chain_info_subject: 'CN=localhost' });
    expect(result.facts).not.toHaveProperty('ssl_last_chain_expiry_timestamp_seconds');
    const young = await certificateFor(authority, { ...month, from: days(1) });
    expect(await visited(young)).toMatch(/^fail certificate-invalid: .* it is not valid yet$/);
    const other = await certificateFor(authority, { ...month, name: 'other.example' });
    expect(await visited(other)).toMatch(/^fail certificate-invalid: .* it is for another name$/);
  });

  test('that is self-signed is not trusted, unless it is told not to look', async () => {
    const self = await certificateFor(null, month);
    expect(await visited(self)).toMatch(/^fail certificate-invalid: .*: it is self-signed$/);
    expect(await visited(self, { tls: { ...TLS, verify: false } })).toBe('pass ok: ');
  });

  test('keeps its place in a chain that is told anew: another intermediate above the same leaf counts at once', async () => {
    const before = await createIntermediate(authority);
    const leaf = await certificateFor(before, month);
    const near = await createIntermediate(authority, days(7), before.keys);
    const twoWeeks: Assertion = { kind: 'certificate', validForMs: 14 * DAY_MS };
    const said = async ({ pem }: Authority) =>
      asserting(await server({ ...leaf, cert: leaf.cert + '\n' + pem }), twoWeeks);
    expect(await said(before)).toBe('pass ok: ');
    expect(await said(near)).toMatch(/^fail certificate-age: /);
    expect(await said(before)).toBe('pass ok: ');
  });

  test('that comes without its intermediate says what may be missing', async () => {
    const intermediate = await createIntermediate(authority);
    const leaf = await certificateFor(intermediate, month);
    expect(await visited(leaf)).toBe(
      'fail certificate-invalid: the certificate of TARGET is not trusted: its authority is not known; the server sent no certificate but its own, an intermediate may be missing',
    );
    expect(await visited({ ...leaf, cert: leaf.cert + '\n' + intermediate.pem })).toBe('pass ok: ');
  });

  test('with a key that is too small says so', async () => {
    const weak = await certificateFor(authority, { ...month, rsaBits: 1_024 });
    const address = await server(weak, { ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await asserting(address)).toBe(
      'fail certificate-invalid: the certificate of TARGET is not trusted: its key is too small, RSA with 1024 bits',
    );
  });

  test('is judged by its issuer', async () => {
    const address = await server(good);
    expect(await asserting(address, { kind: 'issuer', contains: 'Test auth', matches: '^CN=' })).toBe('pass ok: ');
    expect(await asserting(address, { kind: 'issuer', contains: "Let's Encrypt" })).toBe(
      'fail issuer: the certificate was issued by "CN=Test authority", expected "Let\'s Encrypt" in it',
    );
    expect(await asserting(address, { kind: 'issuer', matches: '^O=' })).toBe(
      'fail issuer: the certificate was issued by "CN=Test authority", expected a match of "^O="',
    );
  });
});

describe('Versions', () => {
  test('must be as good as asked', async () => {
    const at12 = await server(good, { maxVersion: 'TLSv1.2' });
    expect(await asserting(at12, { kind: 'min-version', version: '1.2' })).toBe('pass ok: ');
    expect(await asserting(at12, { kind: 'min-version', version: '1.3' })).toBe(
      'fail tls-version: the best version was TLS 1.2, expected at least 1.3',
    );
    expect(await asserting(await server(good), { kind: 'min-version', version: '1.3' })).toBe('pass ok: ');
  });

  test('that must be refused are tried one by one, each alone', async () => {
    const modern = await server(good);
    expect(await asserting(modern, { kind: 'refuses', versions: ['1.0', '1.1'] })).toBe('pass ok: ');
    expect(await asserting(modern, { kind: 'refuses', versions: ['1.0', '1.2'] })).toBe(
      'fail tls-version: TARGET speaks TLS 1.2, expected it to refuse',
    );
    const only13 = await server(good, { minVersion: 'TLSv1.3' });
    expect(await asserting(only13, { kind: 'refuses', versions: ['1.2'] })).toBe('pass ok: ');
  });

  test.for(['1.0', '1.1'] as const)('as old as %s are found where a server still speaks them', async (version) => {
    expect(await asserting(await server(good, OLD), { kind: 'refuses', versions: [version] })).toBe(
      `fail tls-version: TARGET speaks TLS ${version}, expected it to refuse`,
    );
  });

  test('are tried after STARTTLS too, and their attempts do not count as time of the target', async () => {
    const address = await startTlsServer(SCRIPTS.imap, { ...good, ...OLD } as Pair, () => undefined);
    const tls = { ...TLS, ca: authority.pem, serverName: 'localhost' };
    const assertions = [{ kind: 'refuses', versions: ['1.1'] }] as const;
    const result = await check(address, { startTls: 'imap', tls, assertions });
    expect(said(result)).toBe('fail tls-version: TARGET speaks TLS 1.1, expected it to refuse');
    const sum = Object.values(result.phases).reduce((a, b) => a + b, 0);
    expect(result.durationMs - sum).toBeLessThan(50);
  });

  test('that a server meets with silence are not taken for refused: the time runs out', async () => {
    let connections = 0;
    const inner = createServer(good, () => undefined);
    const port = await listen(inner);
    const { connect } = await import('node:net');
    const address = await serving((socket) => {
      if (++connections > 1) return;
      socket.pipe(connect(port, '127.0.0.1').on('error', () => undefined)).pipe(socket);
    });
    const tls = { ...TLS, ca: authority.pem, serverName: 'localhost' };
    const result = await check(address, { tls, assertions: [{ kind: 'refuses', versions: ['1.0'] }] }, 300);
    expect([result.outcome, result.reason, portless(result.detail)]).toEqual([
      'fail',
      'timeout',
      'no complete answer within 300ms: the time ran out during the TLS handshake',
    ]);
  });
});
