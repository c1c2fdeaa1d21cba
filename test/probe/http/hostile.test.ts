import { createServer } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Assertion } from '../../../src/probe/targets.ts';
import { check, httpTarget, listen, rawTarget, sending, verdict } from './target.ts';

const placeOf = (url: string): string => new URL(url).host;

describe('A target that cannot be reached', () => {
  test('refuses', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const result = await check(`http://127.0.0.1:${port}/`);
    expect(verdict(result)).toBe(`fail refused: connection to 127.0.0.1:${port} was refused`);
    expect(result).toMatchObject({ status: null, phases: {}, certificateExpiresAt: null });
  });

  test('has a name that does not exist', async () => {
    expect((await check('http://no-such-name.invalid/')).reason).toBe('dns');
  });

  test('is not one that HTTP can ask', async () => {
    expect(verdict(await check('ftp://127.0.0.1/'))).toBe('unknown internal: ftp: is not a scheme of the HTTP probe');
  });
});

describe('A target that breaks off', () => {
  test('resets at once', async () => {
    const port = await listen(createServer((socket) => socket.resetAndDestroy()));
    expect((await check(`http://127.0.0.1:${port}/`)).reason).toBe('reset');
  });

  test('closes without an answer', async () => {
    const url = await rawTarget((socket) => socket.end());
    expect(verdict(await check(url))).toBe(
      `fail reset: ${placeOf(url)} closed the connection while waiting for the response`,
    );
  });

  test('resets in the middle of the body', async () => {
    const url = await rawTarget((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.resetAndDestroy());
    });
    const result = await check(url);
    expect(verdict(result)).toBe(`fail reset: ${placeOf(url)} closed the connection while reading the body`);
    expect(result.status).toBe(200);
  });

  test('sends less than its Content-Length says', async () => {
    const url = await sending('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect((await check(url)).reason).toBe('reset');
  });

  test('ends chunks without the last one', async () => {
    const url = await sending('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    expect((await check(url)).reason).toBe('reset');
  });
});

describe('A target that does not speak HTTP as it should', () => {
  test.for([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'protocol'],
    ['chunks of garbage', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ngarbage', 'protocol'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhello', 'protocol'],
    ['a status of six digits', 'HTTP/1.1 999999 OK\r\n\r\n', 'protocol'],
    ['headers of 70 kB', `HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(70_000)}\r\n\r\n`, 'too-large'],
  ] as const)('sends %s', async ([, bytes, reason]) => {
    const { outcome, reason: got } = await check(await sending(bytes));
    expect([outcome, got]).toEqual(['fail', reason]);
  });

  test.for([
    ['large headers', `HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(40_000)}\r\nContent-Length: 0\r\n\r\n`],
    [
      'hints before',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 OK\r\n\r\n',
    ],
    ['a body until the end', 'HTTP/1.0 200 OK\r\n\r\nuntil the end'],
    ['no content', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['a trailer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: 1\r\n\r\n'],
  ] as const)('is not one that is merely unusual: %s', async ([, bytes]) => {
    expect(verdict(await check(await sending(bytes)))).toBe('pass ok: ');
  });

  test('switches protocols unasked', async () => {
    const url = await rawTarget((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\nhello');
    });
    expect(verdict(await check(url))).toBe('fail status: status was 101, expected 2xx');
  });
});

describe('A target that sends without end', () => {
  test('is left after the bytes that are read, and memory stays bounded', async () => {
    let sent = 0;
    let gone = (): void => undefined;
    const left = new Promise<void>((resolve) => (gone = resolve));
    const url = await rawTarget((socket) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 30}\r\n\r\n`);
      const more = (): void => {
        if (socket.destroyed) return;
        sent += chunk.length;
        if (sent < 2 ** 30) socket.write(chunk, more);
      };
      more();
      socket.once('close', gone);
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(verdict(await check(url, { assertions: [{ kind: 'body', contains: 'xxx' }] }))).toBe('pass ok: ');
    await left;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('compressed bombs are not asked for and not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 'x'));
    let asked: string | undefined;
    const url = await httpTarget((request, response) => {
      asked = request.headers['accept-encoding'];
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const unpacked: Assertion = { kind: 'body', contains: 'x'.repeat(1_000) };
    expect((await check(url, { assertions: [unpacked] })).reason).toBe('encoding');
    expect(asked).toBe('identity');
  });
});

describe('A request', () => {
  test('is sent exactly once, on a connection of its own, with its body and headers', async () => {
    const seen: string[] = [];
    const ports = new Set<number | undefined>();
    const url = await httpTarget(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      ports.add(request.socket.remotePort);
      const { 'content-length': length, connection, 'x-a': a, 'user-agent': agent } = request.headers;
      seen.push([request.method, request.url, length, connection, a, agent, body].join(' '));
      response.end();
    });
    const more = { method: 'POST', body: 'größe', headers: { 'X-A': '1', Connection: 'keep-alive' } } as const;
    await check(`${url}/a?b=c`, more);
    await check(`${url}/a?b=c`, more);
    expect(seen).toEqual(Array.from({ length: 2 }, () => 'POST /a?b=c 7 close 1 nines größe'));
    expect(ports.size).toBe(2);
  });

  test('is not repeated when the target closes early', async () => {
    let requests = 0;
    const url = await rawTarget((socket) => {
      requests++;
      socket.destroy();
    });
    await check(url);
    expect(requests).toBe(1);
  });

  test('of HEAD has an answer without a body, whatever its Content-Length says', async () => {
    const url = await sending('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
    expect(verdict(await check(url, { method: 'HEAD' }))).toBe('pass ok: ');
  });

  test('that cannot be built blames nobody and shows no value', async () => {
    const url = await httpTarget((_, response) => response.end());
    const result = await check(url, { headers: { 'x-key': 'geheim\r\nwert' } });
    expect(verdict(result)).toBe('unknown internal: the check could not be done (ERR_INVALID_CHAR)');
  });
});

test('Phases are those that happened, and none is longer than the check', async () => {
  const url = await httpTarget((_, response) => response.end('ok'));
  const byAddress = await check(url);
  expect(Object.keys(byAddress.phases)).toEqual(['connect', 'processing', 'transfer']);
  const byName = await check(url.replace('127.0.0.1', 'localhost'));
  expect(Object.keys(byName.phases)).toEqual(['resolve', 'connect', 'processing', 'transfer']);
  const sum = Object.values(byName.phases).reduce((a, b) => a + b, 0);
  expect(sum).toBeLessThanOrEqual(byName.durationMs + 0.001);
});
