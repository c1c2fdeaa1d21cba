import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { TLS } from '../target.ts';
import { certificateFor, createAuthority } from './certificates.ts';
import { check, httpTarget, listen, rawTarget, verdict } from './target.ts';

type Seen = { line: string; headers: IncomingMessage['headers'] };

/** A proxy that wants these credentials, if any, and connects to whatever port of 127.0.0.1 is asked for. */
const proxying = async (credentials: string | null = null) => {
  const seen: Seen[] = [];
  const wanted = credentials === null ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (request.headers['proxy-authorization'] !== wanted) return void response.writeHead(407).end();
    const { port, pathname } = new URL(request.url ?? '');
    const { authorization = '' } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${port}${pathname}`, { headers: { authorization } });
    response.writeHead(answer.status).end(await answer.text());
  };
  const server = createHttpServer((request, response) => void passOn(request, response));
  server.on('connect', (request: IncomingMessage, socket) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    socket.on('error', () => undefined);
    if (request.headers['proxy-authorization'] !== wanted)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nno!!');
    const beyond = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(beyond).pipe(socket);
    });
    beyond.on('error', () => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  const port = await listen(server);
  const user = credentials === null ? '' : `${credentials.replace('@', '%40')}@`;
  return { proxy: `http://${user}127.0.0.1:${port}`, place: `127.0.0.1:${port}`, seen };
};

const signedIn: Partial<HttpTarget> = { headers: { authorization: 'Bearer target-secret' } };
const TARGET_TOKEN = 'Bearer target-secret';

const securedTarget = async () => {
  const authority = await createAuthority();
  const from = new Date(Date.now() - 1e6);
  const pair = await certificateFor(authority, { name: 'shop.dev', from, to: new Date(Date.now() + 1e9) });
  const seen: IncomingMessage['headers'][] = [];
  const port = await listen(
    createTlsServer(pair, (request, response) => {
      seen.push(request.headers);
      response.end('inside');
    }),
  );
  return { port, seen, tls: { ...TLS, ca: authority.pem } };
};

describe('By way of a proxy', () => {
  test('an http target is asked for by its whole URL', async () => {
    const { proxy, seen } = await proxying('ana:p@ss');
    const { port } = new URL(await httpTarget((request, response) => response.end(request.headers.authorization)));
    const assertions = [{ kind: 'body', contains: TARGET_TOKEN }] as const;
    const result = await check(`http://shop.dev:${port}/a?b`, { ...signedIn, proxy, assertions });
    expect(verdict(result)).toBe('pass ok: ');
    expect(seen[0]?.line).toBe(`GET http://shop.dev:${port}/a?b`);
    expect(seen[0]?.headers.host).toBe(`shop.dev:${port}`);
  });

  test('an https target is reached through a tunnel, and the proxy is shown no credential of it', async () => {
    const { proxy, seen } = await proxying('ana:pass');
    const { port, tls, seen: inside } = await securedTarget();
    const assertions = [{ kind: 'body', contains: 'inside' }] as const;
    const result = await check(`https://shop.dev:${port}/`, { ...signedIn, proxy, tls, assertions });
    expect(verdict(result)).toBe('pass ok: ');
    expect(seen).toHaveLength(1);
    expect(seen[0]?.line).toBe(`CONNECT shop.dev:${port}`);
    expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(['host', 'proxy-authorization']);
    expect(inside[0]).toMatchObject({ authorization: TARGET_TOKEN });
    expect(inside[0]).not.toHaveProperty('proxy-authorization');
    expect(Object.keys(result.phases)).toEqual(['connect', 'tls', 'processing', 'transfer']);
    expect(result.certificateExpiresAt).not.toBeNull();
  });

  test('the certificate is that of the target', async () => {
    const { proxy } = await proxying();
    const { port, tls } = await securedTarget();
    expect((await check(`https://other.dev:${port}/`, { proxy, tls })).reason).toBe('certificate-invalid');
  });
});

describe('A proxy that is to blame', () => {
  test.for(['http', 'https'])('asks for other credentials, for %s', async (scheme) => {
    const { proxy, place, seen } = await proxying('ana:pass');
    const result = await check(`${scheme}://shop.dev:1/`, { ...signedIn, proxy: proxy.replace('pass', 'wrong') });
    expect(verdict(result)).toBe(`fail proxy: the proxy ${place} asks for other credentials (status 407)`);
    expect(seen).toHaveLength(1);
  });

  test('cannot connect to the target', async () => {
    const { proxy, place } = await proxying();
    const result = await check('https://shop.dev:1/', { proxy });
    expect(verdict(result)).toBe(`fail proxy: the proxy ${place} did not connect us (status 502)`);
    expect(result.status).toBeNull();
  });

  test('is not there', async () => {
    const result = await check('https://shop.dev/', { proxy: 'http://127.0.0.1:1' });
    expect(verdict(result)).toBe('fail proxy: connection to the proxy 127.0.0.1:1 was refused');
  });

  test('says nothing until the time is over', async () => {
    const proxy = await rawTarget(() => undefined);
    const result = await check('https://shop.dev/', { proxy }, 100);
    expect(verdict(result)).toBe('fail timeout: no complete answer within 100ms: the time ran out while connecting');
  });

  test('is one that we cannot speak with', async () => {
    const result = await check('http://shop.dev/', { proxy: 'socks5://127.0.0.1:1' });
    expect(verdict(result)).toBe('unknown internal: the proxy of the probe is no http:// address');
  });

  test('stands at an address that nobody may visit', async () => {
    const result = await check('http://shop.dev/', { proxy: 'http://169.254.169.254:80' });
    expect(result.reason).toBe('address-refused');
  });
});
