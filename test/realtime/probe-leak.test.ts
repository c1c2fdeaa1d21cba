import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { runProbe } from '../../src/probe/index.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { httpTarget, listen, rawTarget, sending, target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const CHECKS = 10_000;

/** What keeps a process alive, but for the listening targets. */
const open = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => /^(?:TCPSocketWrap|GetAddrInfoReqWrap|Timeout)/.test(name));

test('10,000 checks that end in every way leave nothing open when the prober stops', { timeout: 120_000 }, async () => {
  const urls = [
    'http://127.0.0.1:1/',
    `http://127.0.0.1:${await listen(createServer((socket) => socket.resetAndDestroy()))}/`,
    await rawTarget((socket) => socket.end()),
    await rawTarget(() => undefined),
    await sending('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    await sending('not HTTP at all'),
    await httpTarget((_, response) => response.writeHead(302, { location: '/' }).end()),
    await httpTarget((_, response) => response.end('ok')),
    (await httpTarget((_, response) => response.end())).replace('http:', 'https:'),
  ];
  const before = open().length;
  const reasons = new Set<string>();
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  let ended = 0;
  const deliver = (results: readonly CheckResult[]): void => {
    for (const { reason } of results) reasons.add(reason);
    ended += results.length;
    if (ended >= CHECKS) resolve();
  };
  const runner = createRunner({ clock: systemClock, probe: runProbe, deliver, limits: { total: 200, perHost: 50 } });
  runner.set(
    Array.from({ length: 90 * urls.length }, (_, index) =>
      scheduled(`shop/api/${index}`, target(urls[index % urls.length]!), 500, 250),
    ),
  );
  await enough;
  await runner.stop();
  expect(reasons.size).toBeGreaterThanOrEqual(6);
  expect(runner.stats()).toMatchObject({ inFlight: 0, waiting: 0 });
  // The targets close their ends when they see ours closed.
  await expect.poll(() => open().length, { timeout: 10_000 }).toBeLessThanOrEqual(before);
});
