import { createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startDeadline } from '../../src/probe/deadline.ts';
import { createPostgresProbe } from '../../src/probe/postgres/index.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import type { PostgresTarget } from '../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Authority } from './http/certificates.ts';
import { listen } from './http/target.ts';
import { isMissing, startPostgres, startStandby, type PostgresServer } from './postgres-server.ts';
import { REACH, TLS, verdict } from './target.ts';

const probe = createPostgresProbe();
const PASSWORD = 'hunter2hunter2';

const check = async (url: string, more: Partial<PostgresTarget> = {}, timeoutMs = 20_000): Promise<CheckResult> => {
  const target: PostgresTarget = {
    kind: 'postgres',
    url,
    query: 'SELECT 1',
    reach: REACH,
    tls: TLS,
    assertions: [],
    degraded: [],
    ...more,
  };
  const deadline = startDeadline(timeoutMs);
  try {
    return await probe(target, { id: 'shop/api/database', timeoutMs, signal: deadline.signal, inspect: true });
  } finally {
    deadline.clear();
  }
};

const shown = (result: CheckResult): string => verdict(result).replaceAll(/(?:127\.0\.0\.1|localhost):\d+/g, 'DB');

describe.skipIf(isMissing)('A real PostgreSQL', () => {
  let server: PostgresServer;
  let authority: Authority;
  const url = (login = `reader:${PASSWORD}`, database = 'postgres', parameters = '?sslmode=disable'): string =>
    `postgres://${login}@127.0.0.1:${server.port}/${database}${parameters}`;

  beforeAll(async () => {
    authority = await createAuthority();
    const day = 86_400_000;
    const range = { from: new Date(Date.now() - day), to: new Date(Date.now() + 30 * day) };
    server = await startPostgres(
      { max_connections: '8' },
      await certificateFor(authority, { name: 'localhost', ...range }),
    );
    await server.admin(
      `CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE watcher LOGIN PASSWORD '${PASSWORD}' IN ROLE pg_monitor`,
    );
  });
  afterAll(() => server?.stop());

  test('passes with all its readings, where the role may read them', async () => {
    const result = await check(url(`watcher:${PASSWORD}`));
    expect(shown(result)).toBe('pass ok: ');
    expect(result.address).toBe('127.0.0.1');
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing']);
    expect(Object.keys(result.readings).toSorted()).toEqual([
      'cache-hit-ratio',
      'connections',
      'connections-max',
      'connections-used-ratio',
      'database-size-bytes',
      'deadlocks',
      'in-recovery',
      'locks-waiting',
      'oldest-transaction-seconds',
      'query',
      'replicas',
    ]);
    expect(result.readings).toMatchObject({
      connections: 1,
      'connections-max': 5,
      'connections-used-ratio': 0.2,
      'in-recovery': 0,
      'locks-waiting': 0,
      'oldest-transaction-seconds': 0,
    });
    expect((result.readings['query'] ?? 1) * 1_000).toBeLessThan(result.durationMs);
    expect(result.facts).toEqual({});
  });

  test('passes without what the role may not read, and names that once', async () => {
    const result = await check(url());
    expect(shown(result)).toBe('pass ok: ');
    expect(result.facts).toEqual({ postgres_statistics_left_out: 'transactions, replicas' });
    expect(Object.keys(result.readings)).not.toContain('oldest-transaction-seconds');
    // Counted by all databases' backends, among which one of before may still be leaving.
    expect(result.readings['connections']).toBeGreaterThan(0);
    expect(result.readings['in-recovery']).toBe(0);
  });

  test('shows the age of the oldest transaction, and who waits for a lock', async () => {
    const login = { host: '127.0.0.1', port: server.port, user: 'watcher', password: PASSWORD, database: 'postgres' };
    const [holder, waiter] = [new Client(login), new Client(login)];
    await Promise.all([holder.connect(), waiter.connect()]);
    onTestFinished(async () => void (await Promise.allSettled([holder.end(), waiter.end()])));
    await holder.query('BEGIN; SELECT pg_advisory_xact_lock(7)');
    const waiting = waiter.query('SELECT pg_advisory_lock(7)');
    await expect
      .poll(async () => (await check(url(`watcher:${PASSWORD}`))).readings['locks-waiting'], { timeout: 10_000 })
      .toBe(1);
    const { readings } = await check(url(`watcher:${PASSWORD}`));
    expect(readings['oldest-transaction-seconds']).toBeGreaterThan(0);
    await holder.query('COMMIT');
    await waiting;
  });

  test.for([
    ['a wrong password', 'reader:wrong-password', 'postgres', 'fail auth: DB refused the user or the password'],
    ['no password', 'reader', 'postgres', 'fail auth: DB asks for a password, and the url has none'],
    [
      'a database that does not exist',
      `reader:${PASSWORD}`,
      'shop',
      'fail query: DB has no such database: database "shop" does not exist',
    ],
  ] as const)('fails with %s', async ([, login, database, expected]) => {
    expect(shown(await check(url(login, database)))).toBe(expected);
  });

  test.for([
    ['no table', 'SELECT * FROM orders', 'fail query: the query on DB failed: relation "orders" does not exist'],
    ['no right', 'SELECT * FROM pg_authid', 'fail query: the user may not run the query on DB: permission denied'],
    [
      'a write',
      'CREATE TABLE t ()',
      'fail query: the query must only read: cannot execute CREATE TABLE in a read-only',
    ],
  ] as const)('fails when there is %s for the query', async ([, query, expected]) => {
    expect(shown(await check(url(), { query }))).toContain(expected);
  });

  test('ends a query that takes too long itself, so that none stays behind', async () => {
    const result = await check(url(), { query: 'SELECT pg_sleep(30) /* long */' }, 300);
    expect(result.reason).toBe('timeout');
    const counting = {
      query: `SELECT 1 / (1 - count(*)::int) FROM pg_stat_activity WHERE query LIKE '%/* long */%' AND pid <> pg_backend_pid()`,
    };
    await expect.poll(async () => (await check(url(), counting)).outcome, { timeout: 10_000 }).toBe('pass');
  });

  test('with no connection left fails: that is the fault of the database', async () => {
    const login = { host: '127.0.0.1', port: server.port, user: 'reader', password: PASSWORD, database: 'postgres' };
    const clients = Array.from({ length: 5 }, () => new Client(login));
    for (const client of clients) await client.connect();
    onTestFinished(async () => void (await Promise.all(clients.map((client) => client.end()))));
    expect(shown(await check(url()))).toMatch(/^fail query: DB takes no more connections: /);
  });

  test('that stands still runs into the deadline', async () => {
    server.pause();
    onTestFinished(() => server.resume());
    const result = await check(url(), {}, 300);
    expect(shown(result)).toMatch(/^fail timeout: no complete answer within 300ms: the time ran out while /);
  });

  test.for([
    ['no sslmode, which judges the certificate by its name', '', '127.0.0.1', false, 'certificate-invalid'],
    ['no sslmode, and a trusted certificate', '', 'localhost', true, 'ok'],
    ['prefer, which does not judge', '?sslmode=prefer', 'localhost', false, 'ok'],
    ['require without an own authority, which does not judge', '?sslmode=require', '127.0.0.1', false, 'ok'],
    ['verify-ca, for which the name may be another', '?sslmode=verify-ca', '127.0.0.1', true, 'ok'],
    ['verify-ca without the authority', '?sslmode=verify-ca', 'localhost', false, 'certificate-invalid'],
    ['verify-full, for which it may not', '?sslmode=verify-full', '127.0.0.1', true, 'certificate-invalid'],
    ['verify-full and all as it should be', '?sslmode=verify-full', 'localhost', true, 'ok'],
  ] as const)('is reached by TLS with %s', async ([, parameters, host, trusted, reason]) => {
    const tls = trusted ? { ...TLS, ca: authority.pem } : TLS;
    const result = await check(url(undefined, undefined, parameters).replace('127.0.0.1', host), { tls });
    expect(result.reason).toBe(reason);
    expect(result.phases.tls).toBeGreaterThan(0);
    expect(result.certificateExpiresAt).toBeGreaterThan(Date.now());
  });

  test('judges a certificate that is about to expire', async () => {
    const assertions = [{ kind: 'certificate', validForMs: 31 * 86_400_000 }] as const;
    const tls = { ...TLS, ca: authority.pem };
    const result = await check(url(undefined, undefined, '').replace('127.0.0.1', 'localhost'), { tls, assertions });
    expect(shown(result)).toMatch(/^fail certificate-age: the certificate is valid for 29d23h more/);
  });
});

describe.skipIf(isMissing)('A primary and its standby', () => {
  test('tell their roles, and how far the standby is behind', async () => {
    const primary = await startPostgres();
    onTestFinished(() => primary.stop());
    const standby = await startStandby(primary);
    onTestFinished(() => standby.stop());
    const ask = async ({ port }: PostgresServer): Promise<CheckResult['readings']> => {
      const result = await check(`postgres://nines:of-the-superuser@127.0.0.1:${port}/postgres`);
      expect(verdict(result)).toBe('pass ok: ');
      return result.readings;
    };
    await expect.poll(async () => (await ask(primary))['replicas'], { timeout: 15_000 }).toBe(1);
    await primary.admin('CREATE TABLE t AS SELECT 1');
    await expect.poll(async () => (await ask(standby))['replication-lag-seconds'], { timeout: 15_000 }).toBe(0);
    expect((await ask(standby))['in-recovery']).toBe(1);

    await standby.admin('SELECT pg_wal_replay_pause()');
    await primary.admin('INSERT INTO t VALUES (2)');
    const behind = async (): Promise<number> => (await ask(standby))['replication-lag-seconds'] ?? 0;
    await expect.poll(behind, { timeout: 15_000 }).toBeGreaterThan(0);
    expect((await ask(primary))['in-recovery']).toBe(0);
  });
});

describe('A server that is hostile', () => {
  const message = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]));
  const READY = message('Z', Buffer.from('I'));

  const sending = async (script: (socket: Socket, sent: number) => void): Promise<CheckResult> => {
    let sent = 0;
    const port = await listen(createServer((socket) => void socket.on('data', () => script(socket, sent++))));
    return check(`postgres://reader:${PASSWORD}@127.0.0.1:${port}/shop?sslmode=disable`, {}, 2_000);
  };

  test.for([
    ['speaks HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
    ['asks for a login nobody knows', message('R', Buffer.from([0, 0, 0, 99])), 'protocol'],
    ['cuts its numbers short', message('R', Buffer.from([])), 'protocol'],
    [
      'sends rows nobody asked for',
      Buffer.concat([AUTHENTICATED, READY, message('D', Buffer.from([0, 9, 0]))]),
      'protocol',
    ],
  ] as const)('%s', async ([, bytes, reason]) => {
    expect((await sending((socket) => socket.write(bytes))).reason).toBe(reason);
  });

  test('sends without end', async () => {
    const result = await sending((socket) => {
      const more = (): void => {
        while (socket.writable && socket.write(message('N', Buffer.alloc(60_000))));
      };
      socket.on('drain', more);
      more();
    });
    expect(shown(result)).toBe('fail too-large: DB sent more than 1048576 bytes');
  });

  test('hangs up after the login', async () => {
    const result = await sending((socket, sent) =>
      sent === 0 ? socket.write(Buffer.concat([AUTHENTICATED, READY])) : socket.end(),
    );
    expect(result.reason).toBe('reset');
  });

  test('repeats the password in its error', async () => {
    const body = Buffer.from(`SERROR\0C28000\0Mno entry for ${PASSWORD}\0\0`);
    const result = await sending((socket) => socket.write(message('E', body)));
    expect(shown(result)).toBe('fail auth: DB refused us: no entry for [secret]');
  });

  test('answers the question for TLS with anything', async () => {
    const answering = async (bytes: string, parameters: string): Promise<string> => {
      const port = await listen(createServer((socket) => void socket.once('data', () => socket.write(bytes))));
      return shown(await check(`postgres://reader@127.0.0.1:${port}/shop${parameters}`, {}, 2_000));
    };
    expect(await answering('N', '?sslmode=require')).toBe('fail tls: DB has no TLS, and the url asks for it');
    expect(await answering('HTTP', '')).toBe('fail protocol: DB does not speak the protocol of PostgreSQL');
    expect(await answering('S and more', '')).toBe('fail protocol: DB does not speak the protocol of PostgreSQL');
  });
});
