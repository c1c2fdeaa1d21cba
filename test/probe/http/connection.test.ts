import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createServer as createRawTlsServer, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { contextOf } from '../../../src/probe/net/contexts.ts';
import { TLS } from '../target.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from './certificates.ts';
import { check, listen, verdict } from './target.ts';

const DAY_MS = 86_400_000;
// Counted from one instant: a second that begins between making and comparing would be a difference.
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const days = (count: number): Date => new Date(NOW + count * DAY_MS);

let authority: Authority;
let server: Pair;
let client: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  server = await certificateFor(authority, { name: 'localhost', from: days(-1), to: days(30) });
  client = await certificateFor(authority, { name: 'prober', from: days(-1), to: days(30) });
});

describe('A target that wants a client certificate', () => {
  const wanting = async () => {
    const seen: string[] = [];
    const options = { ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
    const port = await listen(
      createTlsServer(options, (request, response) => {
        seen.push(String((request.socket as TLSSocket).getPeerX509Certificate()?.subject));
        response.end();
      }),
    );
    return { url: `https://localhost:${port}/`, seen };
  };

  test('is shown the one of the probe', async () => {
    const { url, seen } = await wanting();
    const clientCertificate = { certificate: client.cert, key: client.key };
    expect(verdict(await check(url, { tls: { ...TLS, ca: authority.pem, clientCertificate } }))).toBe('pass ok: ');
    expect(seen).toEqual(['CN=prober']);
  });

  test('fails without one, and says what it wants', async () => {
    const { url } = await wanting();
    const result = await check(url, { tls: { ...TLS, ca: authority.pem } });
    expect(verdict(result)).toBe(`fail tls: ${new URL(url).host} asks for a client certificate`);
  });

  test('blames nobody when the certificate of the probe is none', async () => {
    const { url } = await wanting();
    const clientCertificate = { certificate: 'nonsense', key: client.key };
    const result = await check(url, { tls: { ...TLS, ca: authority.pem, clientCertificate } });
    expect(verdict(result)).toBe('unknown internal: the client certificate of the probe and its key are no PEM pair');
  });

  test('is offered the same context in every check', () => {
    const tls = { ...TLS, ca: authority.pem, clientCertificate: { certificate: client.cert, key: client.key } };
    expect(contextOf(tls)).toBe(contextOf({ ...tls }));
    expect(contextOf(tls)).not.toBe(contextOf({ ...tls, clientCertificate: null }));
  });
});

describe('A certificate', () => {
  const secured = async (pair: Pair, names: (string | false | null)[] = []): Promise<string> => {
    const tls = createTlsServer(pair, (_, response) => response.end());
    tls.on('secureConnection', (socket: TLSSocket) => names.push(socket.servername ?? null));
    return `https://localhost:${await listen(tls)}/`;
  };

  test('that is not judged still tells when it expires', async () => {
    const expired = await certificateFor(null, { name: 'other', from: days(-9), to: days(-2) });
    const result = await check(await secured(expired), { tls: { ...TLS, verify: false } });
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.certificateExpiresAt).toBe(days(-2).getTime());
  });

  test('may be for another name, which is then asked for', async () => {
    const names: string[] = [];
    const other = await certificateFor(authority, { name: 'shop.dev', from: days(-1), to: days(30) });
    const url = await secured(other, names);
    const tls = { ...TLS, ca: authority.pem };
    expect((await check(url, { tls })).reason).toBe('certificate-invalid');
    expect(verdict(await check(url, { tls: { ...tls, serverName: 'shop.dev' } }))).toBe('pass ok: ');
    expect(names.at(-1)).toBe('shop.dev');
  });

  test('that is renewed is seen in the next check', async () => {
    const tls = createTlsServer(server, (_, response) => response.end());
    const url = `https://localhost:${await listen(tls)}/`;
    const expiry = async () => (await check(url, { tls: { ...TLS, ca: authority.pem } })).certificateExpiresAt;
    expect(await expiry()).toBe(days(30).getTime());
    expect(await expiry()).toBe(days(30).getTime());
    tls.setSecureContext(await certificateFor(authority, { name: 'localhost', from: days(-1), to: days(90) }));
    expect(await expiry()).toBe(days(90).getTime());
  });
});

describe('The end of a connection', () => {
  /** How the target sees the connection end after a whole answer. */
  const ending = async (close: 'close' | 'reset', secure = false): Promise<string> => {
    const { promise: ended, resolve: seen } = Promise.withResolvers<string>();
    const answer = (socket: Socket): void => {
      socket.on('error', (error: NodeJS.ErrnoException) => seen(error.code ?? ''));
      socket.on('end', () => seen('end'));
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    };
    const plain = createServer(answer);
    const tls = createRawTlsServer(server, answer);
    const port = await listen(secure ? tls : plain);
    const url = `${secure ? 'https' : 'http'}://localhost:${port}/`;
    expect(verdict(await check(url, { close, tls: { ...TLS, ca: authority.pem } }))).toBe('pass ok: ');
    return ended;
  };

  test('is a farewell', async () => expect(await ending('close')).toBe('end'));
  test('is a reset when that is asked for, which leaves nothing behind', async () =>
    expect(await ending('reset')).toBe('ECONNRESET'));
  test('is a reset beneath TLS too', async () => expect(await ending('reset', true)).toBe('ECONNRESET'));
});

test('A check that is stopped while it connects leaves no connection behind', async () => {
  const opened: Socket[] = [];
  const silent = createServer((socket) => void opened.push(socket));
  const url = `https://localhost:${await listen(silent)}/`;
  expect(verdict(await check(url, {}, 100))).toBe(
    'fail timeout: no complete answer within 100ms: the time ran out during the TLS handshake',
  );
  const [socket] = opened;
  socket?.resume();
  if (socket && !socket.closed) await once(socket, 'close');
});
