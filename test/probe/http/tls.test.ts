import { createServer as createTlsServer } from 'node:https';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from './certificates.ts';
import { check, httpTarget, listen, verdict } from './target.ts';
import { TLS } from '../target.ts';

const DAY_MS = 86_400_000;
// Certificates count whole seconds.
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const days = (count: number): Date => new Date(NOW + count * DAY_MS);

let authority: Authority;
let good: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  good = await certificateFor(authority, { name: 'localhost', from: days(-1), to: days(30) });
});

/** An https target with this certificate; gives its port. */
const secured = async (pair: Pair, onRequest = (): void => undefined): Promise<number> =>
  listen(
    createTlsServer(pair, (_, response) => {
      onRequest();
      response.end('ok');
    }),
  );

const visited = async (pair: Pair, more: Partial<HttpTarget> = {}, onRequest = (): void => undefined) => {
  const port = await secured(pair, onRequest);
  const result = await check(`https://localhost:${port}/`, { tls: { ...TLS, ca: authority.pem }, ...more });
  return { result, said: verdict(result).replaceAll(`:${port}`, '') };
};

describe('A certificate', () => {
  test('of an own authority is trusted when that authority is given', async () => {
    const { result, said } = await visited(good);
    expect(said).toBe('pass ok: ');
    expect(result.certificateExpiresAt).toBe(days(30).getTime());
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'tls', 'processing', 'transfer']);
  });

  test('of an own authority is not trusted when it is not given', async () => {
    const { result, said } = await visited(good, { tls: { ...TLS, ca: null } });
    expect(said).toMatch(
      /^fail certificate-invalid: the certificate of localhost is not trusted: its authority is not /,
    );
    expect(result.certificateExpiresAt).toBe(days(30).getTime());
  });

  test('that has expired says so, with when', async () => {
    const expired = await certificateFor(authority, { name: 'localhost', from: days(-30), to: days(-1) });
    const { result, said } = await visited(expired);
    expect(said).toBe('fail certificate-expired: the certificate of localhost has expired');
    expect(result).toMatchObject({ certificateExpiresAt: days(-1).getTime(), status: null });
  });

  test.for([
    ['not valid yet', 'localhost', 1, 'it is not valid yet'],
    ['for another name', 'other.example', -1, 'it is for another name'],
  ] as const)('%s is invalid', async ([, name, from, why]) => {
    const pair = await certificateFor(authority, { name, from: days(from), to: days(30) });
    const { said } = await visited(pair);
    expect(said).toBe(`fail certificate-invalid: the certificate of localhost is not trusted: ${why}`);
  });

  test('that is self-signed is invalid', async () => {
    const { said } = await visited(await certificateFor(null, { name: 'localhost', from: days(-1), to: days(30) }), {
      tls: { ...TLS, ca: null },
    });
    expect(said).toBe('fail certificate-invalid: the certificate of localhost is not trusted: it is self-signed');
  });

  test('that is bad is never shown a request', async () => {
    let requests = 0;
    await visited(
      good,
      { tls: { ...TLS, ca: null }, headers: { authorization: 'Bearer abcdef' } },
      () => void requests++,
    );
    expect(requests).toBe(0);
  });

  test('must be valid for as long as is asked', async () => {
    const asking = (count: number) =>
      visited(good, { assertions: [{ kind: 'certificate', validForMs: count * DAY_MS }] });
    expect((await asking(29)).said).toBe('pass ok: ');
    expect((await asking(31)).said).toMatch(
      /^fail certificate-age: the certificate is valid for 29d23h more, expected at least 31d$/,
    );
  });
});

describe('A handshake', () => {
  test('with a target that speaks plain HTTP fails as TLS', async () => {
    const url = await httpTarget((_, response) => response.end());
    const { outcome, reason } = await check(url.replace('http:', 'https:'));
    expect([outcome, reason]).toEqual(['fail', 'tls']);
  });

  test('is done in full by each check', async () => {
    const reused: boolean[] = [];
    const server = createTlsServer(good, (_, response) => response.end());
    server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()));
    const port = await listen(server);
    for (let i = 0; i < 3; i++) await check(`https://localhost:${port}/`, { tls: { ...TLS, ca: authority.pem } });
    expect(reused).toEqual([false, false, false]);
  });

  test.for([
    'nonsense',
    '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n',
  ])('cannot be done with an authority that is no certificate: %j', async (ca) => {
    const port = await secured(good);
    const result = await check(`https://localhost:${port}/`, { tls: { ...TLS, ca } });
    expect(verdict(result)).toBe('unknown internal: the certificate authority of the probe is no PEM certificate');
  });
});
