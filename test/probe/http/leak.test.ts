import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { check, httpTarget, listen, rawTarget, sending } from './target.ts';

const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocketWrap')).length;

test('500 checks that fail in every way leave nothing open', { timeout: 60_000 }, async () => {
  const large = Buffer.alloc(200_000, 'x');
  const urls = [
    'http://127.0.0.1:1/',
    'http://no-such-name.invalid/',
    `http://127.0.0.1:${await listen(createServer((socket) => socket.resetAndDestroy()))}/`,
    await rawTarget((socket) => socket.end()),
    await rawTarget(() => undefined),
    await sending('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    await sending('not HTTP at all'),
    await httpTarget((_, response) => response.writeHead(302, { location: '/' }).end()),
    await httpTarget((_, response) => response.end(large)),
    (await httpTarget((_, response) => response.end())).replace('http:', 'https:'),
  ];
  const before = sockets();
  for (let round = 0; round < 10; round++) {
    const checks = urls.flatMap((url) => Array.from({ length: 5 }, () => check(url, { maxBodyBytes: 1_000 }, 250)));
    await Promise.all(checks);
  }
  // The targets close their ends when they see ours closed.
  await expect.poll(sockets).toBeLessThanOrEqual(before);
});
