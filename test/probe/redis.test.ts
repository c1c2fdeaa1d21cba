import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDeadline } from '../../src/probe/deadline.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { createRedisProbe } from '../../src/probe/redis.ts';
import type { RedisTarget } from '../../src/probe/targets.ts';
import { certificateFor, createAuthority } from './http/certificates.ts';
import { listen } from './http/target.ts';
import { isMissing, startRedis, type RedisServer } from './redis-server.ts';
import { REACH, TLS, verdict } from './target.ts';

const probe = createRedisProbe();

const check = async (url: string, more: Partial<RedisTarget> = {}, timeoutMs = 10_000): Promise<CheckResult> => {
  const target: RedisTarget = { kind: 'redis', url, reach: REACH, tls: TLS, assertions: [], degraded: [], ...more };
  const deadline = startDeadline(timeoutMs);
  try {
    return await probe(target, { id: 'shop/api/cache', timeoutMs, signal: deadline.signal, inspect: true });
  } finally {
    deadline.clear();
  }
};

const INFO = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** A server that answers each command with what stands for it; `commands` is what it was sent. */
const answering = async (answers: Readonly<Record<string, string>>): Promise<{ url: string; commands: string[] }> => {
  const commands: string[] = [];
  const port = await listen(
    createServer((socket: Socket) => {
      socket.on('data', (bytes) => {
        for (const [, sent = ''] of bytes.toString().matchAll(/\*\d+\r\n((?:\$\d+\r\n[^\r]*\r\n)+)/g)) {
          const words = [...sent.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map((match) => match[1] ?? '');
          commands.push(words.join(' '));
          socket.write(answers[words[0] ?? ''] ?? '-ERR unknown command\r\n');
        }
      });
    }),
  );
  return { url: `redis://127.0.0.1:${port}`, commands };
};

const said = async (answers: Readonly<Record<string, string>>, login = ''): Promise<string> => {
  const { url } = await answering({ PING: '+PONG\r\n', INFO: INFO('role:master\r\n'), QUIT: '+OK\r\n', ...answers });
  const result = await check(url.replace('//', `//${login}`));
  return verdict(result).replaceAll(new URL(url).host, 'CACHE');
};

describe('A server that answers', () => {
  test('is logged in to, asked five times and left, in this order', async () => {
    const { url, commands } = await answering({
      PING: '+PONG\r\n',
      AUTH: '+OK\r\n',
      SELECT: '+OK\r\n',
      INFO: INFO(''),
    });
    const result = await check(url.replace('//', '//app:p%40ss@') + '/3');
    expect(verdict(result)).toBe('pass ok: ');
    expect(commands).toEqual(['AUTH app p@ss', 'SELECT 3', 'PING', 'PING', 'PING', 'PING', 'PING', 'INFO', 'QUIT']);
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing']);
  });

  test('has only the readings that it tells', async () => {
    const info =
      'used_memory:50\r\nmaxmemory:0\r\nkeyspace_hits:0\r\nkeyspace_misses:0\r\nrole:slave\r\nmaster_link_status:down\r\n';
    const { url } = await answering({ PING: '+PONG\r\n', INFO: INFO(info) });
    const { readings } = await check(url);
    expect(Object.keys(readings)).toEqual(['ping', 'memory-used-bytes', 'replication-link-up']);
    expect(readings).toMatchObject({ 'memory-used-bytes': 50, 'replication-link-up': 0 });
  });

  test('tells the worst lag of its replicas, and how long a replica is cut off', async () => {
    const lag = async (info: string): Promise<number | undefined> => {
      const { url } = await answering({ PING: '+PONG\r\n', INFO: INFO(info) });
      return (await check(url)).readings['replication-lag-seconds'];
    };
    expect(await lag('role:master\r\nslave0:ip=::1,state=online,lag=1\r\nslave1:ip=::1,state=online,lag=7\r\n')).toBe(
      7,
    );
    expect(await lag('role:slave\r\nmaster_link_status:down\r\nmaster_link_down_since_seconds:12\r\n')).toBe(12);
    expect(await lag('role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:9\r\n')).toBe(undefined);
  });

  test('is visited at every address of its name, and the worst one counts', async () => {
    const { url, commands } = await answering({ PING: '+PONG\r\n', INFO: INFO('') });
    const everywhere = { reach: { ...REACH, addresses: 'all' } } as const;
    const result = await check(url.replace('127.0.0.1', 'localhost'), everywhere);
    expect(commands.filter((command) => command === 'PING')).toHaveLength(5);
    expect(['ok', 'refused']).toContain(result.reason);
  });

  test('is well without the right to INFO, and says so', async () => {
    const { url } = await answering({
      PING: '+PONG\r\n',
      INFO: "-NOPERM no permissions to run the 'info' command\r\n",
    });
    const result = await check(url);
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.facts).toEqual({ redis_statistics_refused: 'INFO' });
  });

  test.for([
    ['NOAUTH Authentication required.', 'fail auth: CACHE asks for a password, and none was accepted'],
    ["NOPERM this user has no permissions to run the 'ping' command", 'fail auth: CACHE refused us: NOPERM'],
    ['LOADING Redis is loading the dataset in memory', 'fail query: CACHE is still loading its data'],
    ['MISCONF Redis is configured to save RDB snapshots', 'fail query: CACHE cannot save its data to disk'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'fail query: CACHE has no memory left'],
    ["READONLY You can't write against a read only replica.", 'fail query: CACHE is a read-only replica'],
    ['MASTERDOWN Link with MASTER is down', 'fail query: CACHE is a replica whose primary is down'],
    ['ERR max daily request limit exceeded. Limit: 10000', 'unknown limited: CACHE limits our requests'],
    ['ERR max requests limit exceeded. Limit: 500000, Usage: 500000', 'unknown limited: CACHE limits our requests'],
    ['ERR max concurrent connections exceeded', 'unknown limited: CACHE limits our requests'],
    ['ERR max number of clients reached', 'fail query: CACHE takes no more clients'],
    ['ERR something else', 'fail query: CACHE answered with an error: ERR something else'],
  ] as const)('with %s', async ([error, expected]) => {
    expect(await said({ PING: `-${error}\r\n` })).toContain(expected);
  });

  test('with a refused password does not show it, even if the server repeats it', async () => {
    const sentence = await said({ AUTH: '-ERR no such password: hunter2hunter2\r\n' }, 'app:hunter2hunter2@');
    expect(sentence).toBe('fail query: CACHE answered with an error: ERR no such password: [secret]');
    expect(await said({ AUTH: '-WRONGPASS invalid username-password pair\r\n' }, 'a:b@')).toBe(
      'fail auth: CACHE refused the user or the password',
    );
  });
});

describe('A server that is hostile', () => {
  const sending = async (bytes: string | Buffer): Promise<string> => {
    const port = await listen(createServer((socket) => void socket.once('data', () => socket.write(bytes))));
    return verdict(await check(`redis://127.0.0.1:${port}`, {}, 2_000)).replaceAll(`127.0.0.1:${port}`, 'CACHE');
  };

  test('speaks HTTP', async () => {
    expect(await sending('HTTP/1.1 400 Bad Request\r\n\r\n')).toBe(
      "fail protocol: CACHE does not speak Redis' protocol: an unknown type of reply",
    );
  });

  test.for([
    ['a number', ':1\r\n'],
    ['a list', '*1\r\n+PONG\r\n'],
    ['null', '$-1\r\n'],
  ] as const)('answers PING with %s', async ([, bytes]) => {
    expect(await sending(bytes)).toBe('fail protocol: CACHE did not answer as Redis does');
  });

  test('answers more than it was asked', async () => {
    expect(await sending('+PONG\r\n+PONG\r\n')).toBe(
      "fail protocol: CACHE does not speak Redis' protocol: a reply that nobody asked for",
    );
  });

  test('announces a gigabyte', async () => {
    expect(await sending('$1073741824\r\n')).toBe('fail too-large: CACHE sent a reply of more than 1048576 bytes');
  });

  test('hangs up, and never ends', async () => {
    const port = await listen(createServer((socket) => void socket.once('data', () => socket.end())));
    expect((await check(`redis://127.0.0.1:${port}`)).reason).toBe('reset');
    const slow = await listen(createServer((socket) => void socket.once('data', () => socket.write('+PO'))));
    expect(verdict(await check(`redis://127.0.0.1:${slow}`, {}, 100))).toBe(
      'fail timeout: no complete answer within 100ms: the time ran out while waiting for the response',
    );
  });

  test('is not one that Redis can ask', async () => {
    expect((await check('http://user:secret@127.0.0.1/')).detail).not.toContain('secret');
  });
});

describe('Assertions', () => {
  const INFO_TEXT = 'used_memory:90\r\nmaxmemory:100\r\n';
  const judged = async (more: Partial<RedisTarget>): Promise<CheckResult> => {
    const { url } = await answering({ PING: '+PONG\r\n', INFO: INFO(INFO_TEXT) });
    return check(url, more);
  };

  test('judge readings', async () => {
    const above = await judged({ assertions: [{ kind: 'reading', name: 'memory-used-ratio', below: 0.8 }] });
    expect(verdict(above)).toBe('fail reading: the reading memory-used-ratio was 0.9, expected below 0.8');
    expect(above.readings['memory-used-ratio']).toBe(0.9);
    const ping = await judged({ assertions: [{ kind: 'reading', name: 'ping', below: 1 }] });
    expect(verdict(ping)).toBe('pass ok: ');
  });

  test('fail what was not read: somebody asked for it', async () => {
    const result = await judged({ assertions: [{ kind: 'reading', name: 'clients', below: 1 }] });
    expect(verdict(result)).toBe('fail reading: the reading clients was not there');
  });

  test('make a passed check degraded', async () => {
    const result = await judged({ degraded: [{ kind: 'reading', name: 'memory-used-bytes', below: 50 }] });
    expect([verdict(result), result.degraded]).toEqual([
      'pass reading: the reading memory-used-bytes was 90, expected below 50',
      true,
    ]);
  });
});

describe.skipIf(isMissing)('A real Redis', () => {
  const running: RedisServer[] = [];
  const run = async (...settings: string[]): Promise<RedisServer> => {
    const server = await startRedis(settings);
    onTestFinished(() => server.stop());
    return server;
  };
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(['--requirepass', 'hunter2hunter2', '--maxmemory', '64mb', '--databases', '2']);
    running.push(server);
  });
  afterAll(async () => Promise.all(running.map((one) => one.stop())));

  test('passes with its readings', async () => {
    const result = await check(`redis://:hunter2hunter2@127.0.0.1:${server.port}/1`);
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.address).toBe('127.0.0.1');
    expect(Object.keys(result.readings).toSorted()).toEqual(
      [
        'blocked-clients',
        'clients',
        'clients-max',
        'clients-used-ratio',
        'evicted-keys',
        'last-save-age-seconds',
        'memory-max-bytes',
        'memory-used-bytes',
        'memory-used-ratio',
        'ping',
        'replicas',
        'uptime-seconds',
      ].toSorted(),
    );
    expect(result.readings).toMatchObject({ clients: 1, 'memory-max-bytes': 64 * 1024 * 1024, replicas: 0 });
    expect(result.readings['ping']).toBeGreaterThan(0);
    expect((result.readings['ping'] ?? 1) * 1_000).toBeLessThan(result.durationMs);
    expect(result.facts).toMatchObject({ redis_role: 'master' });
  });

  test.for([
    ['a wrong password', ':wrong-password@', '', /^fail auth: .* refused the user or the password$/],
    ['no password', '', '', /^fail auth: .* asks for a password, and none was accepted$/],
    ['a database that does not exist', ':hunter2hunter2@', '/9', /^fail query: .* out of range$/],
  ] as const)('fails with %s', async ([, login, path, expected]) => {
    expect(verdict(await check(`redis://${login}127.0.0.1:${server.port}${path}`))).toMatch(expected);
  });

  test('that stands still runs into the deadline', async () => {
    const still = await run();
    still.pause();
    expect(verdict(await check(`redis://127.0.0.1:${still.port}`, {}, 200))).toMatch(/^fail timeout: /);
    still.resume();
  });

  test('is reached by TLS, and its certificate is judged', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'nines-redis-tls-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const authority = await createAuthority();
    const day = 86_400_000;
    const range = { from: new Date(Date.now() - day), to: new Date(Date.now() + 30 * day) };
    const pair = await certificateFor(authority, { name: 'localhost', ...range });
    writeFileSync(join(dir, 'cert'), pair.cert);
    writeFileSync(join(dir, 'key'), pair.key);
    const files = ['--tls-cert-file', join(dir, 'cert'), '--tls-key-file', join(dir, 'key')];
    const { port } = await run(...files, '--tls-ca-cert-file', join(dir, 'cert'), '--tls-auth-clients', 'no');
    const good = await check(`rediss://localhost:${port}`, { tls: { ...TLS, ca: authority.pem } });
    expect(verdict(good)).toBe('pass ok: ');
    expect(Object.keys(good.phases)).toEqual(['resolve', 'connect', 'tls', 'processing']);
    expect(good.certificateExpiresAt).toBeGreaterThan(Date.now());
    expect((await check(`rediss://localhost:${port}`)).reason).toBe('certificate-invalid');
  });
});
