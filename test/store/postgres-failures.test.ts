import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { Databases, Statement } from '../../src/store/sql.ts';
import { startCuttingProxy, type CuttingProxy } from '../real/cutting-proxy.ts';
import { postgresPlace } from '../real/postgres-place.ts';
import { isMissing } from '../real/postgres-server.ts';
import { START, result } from './samples.ts';

const unavailable = { code: 'store_unavailable' };
const fact = (name: string, value = 'x'): Statement => ({
  text: 'INSERT INTO fact (name, value) VALUES ($1, $2)',
  values: [name, value],
});
const changing = (name: string, rows?: number): Statement => ({
  text: `UPDATE fact SET value = value || '.' WHERE name = $1`,
  values: [name],
  ...(rows === undefined ? {} : { rows }),
});
const facts = async ({ nines }: Databases): Promise<string[]> =>
  (await nines.read<{ name: string }>('SELECT name FROM fact ORDER BY name')).map(({ name }) => name);

describe.skipIf(isMissing)('a real PostgreSQL that fails', () => {
  const place = postgresPlace();
  const open = async (): Promise<Databases> => place.databases(place.server.url({ schema: await place.schema() }));

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'restarted after %s: what comes in between is refused, and the next call works again',
    async (signal) => {
      const lines: string[] = [];
      const schema = await place.schema();
      const store = await place.store(
        schema,
        createLog(
          (line) => lines.push(line),
          () => START,
        ),
      );
      await store.commit(store.facts.setting('before', 'x'));
      await place.server.stop(signal);
      await expect(store.commit(store.facts.setting('down', 'x'))).rejects.toMatchObject(unavailable);
      await expect(store.facts.get('before')).rejects.toMatchObject(unavailable);
      expect(await store.info().catch((error: unknown) => error)).toMatchObject(unavailable);
      await place.server.start();
      await store.commit(store.facts.setting('after', 'x'));
      expect([await store.facts.get('before'), await store.facts.get('down'), await store.facts.get('after')]).toEqual([
        'x',
        null,
        'x',
      ]);
      expect(await store.info()).toMatchObject({ writable: true, lastError: null });
      expect(lines.filter((line) => line.includes('The store can be written again.'))).toHaveLength(1);
    },
  );

  test('connections that the server ends while they idle are replaced without a failed call', async () => {
    const databases = await open();
    await Promise.all(Array.from({ length: 6 }, () => databases.nines.read('SELECT 1')));
    for (let round = 0; round < 3; round++) {
      const ended = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'nines'`;
      expect((await place.server.admin(ended)).length).toBeGreaterThan(0);
      await databases.nines.commit([fact(`round ${round}`)]);
    }
    expect(await facts(databases)).toEqual(['round 0', 'round 1', 'round 2']);
  });

  describe('in the middle of a commit', () => {
    const cutting = async (): Promise<{ databases: Databases; proxy: CuttingProxy }> => {
      const proxy = await startCuttingProxy(place.server.host, place.server.port);
      onTestFinished(() => proxy.stop());
      const url = place.server.url({ schema: await place.schema() });
      const databases = await place.databases(url.replace(`:${place.server.port}/`, `:${proxy.port}/`));
      return { databases, proxy };
    };
    // A repeated one would add a second row.
    const adding = (rows?: number): Statement => ({
      text: `INSERT INTO audit (id, at, actor, door, verb, object, detail)
        SELECT COALESCE(MAX(id), 0) + 1, $1, '', '', '', '', '' FROM audit`,
      values: [START],
      ...(rows === undefined ? {} : { rows }),
    });

    test.each([
      ['before the server hears of it', 'before', undefined, 0],
      ['before the server hears of it, with a guard', 'before', 1, 0],
      ['before its answer arrives', 'after', undefined, 1],
      ['before its answer arrives, with a guard', 'after', 1, 1],
    ] as const)('broken %s, the outcome is unclear: refused, and never repeated', async (_, when, rows, stored) => {
      const { databases, proxy } = await cutting();
      proxy.cut(when);
      await expect(databases.nines.commit([adding(rows)])).rejects.toMatchObject(unavailable);
      expect(proxy.cuts()).toBe(1);
      expect(await databases.nines.read('SELECT COUNT(*) AS count FROM audit')).toEqual([{ count: stored }]);
      await databases.nines.commit([adding(rows)]);
      expect(await databases.nines.read('SELECT COUNT(*) AS count FROM audit')).toEqual([{ count: stored + 1 }]);
    });

    test('all that shared the commit are refused, and none is repeated', async () => {
      const { databases, proxy } = await cutting();
      const first = databases.nines.commit([{ text: 'SELECT pg_sleep(0.1)', values: [] }]);
      const group = [adding(1), adding(), adding(1)].map((statement) => databases.nines.commit([statement]));
      await first;
      proxy.cut('after');
      const settled = await Promise.allSettled(group);
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(await databases.nines.read('SELECT COUNT(*) AS count FROM audit')).toEqual([{ count: 3 }]);
    });
  });

  test('a deadlock with somebody else is tried again until it goes through', async () => {
    const schema = await place.schema();
    const { nines } = await place.databases(place.server.url({ schema }));
    await nines.commit([fact('a'), fact('b')]);
    const other = new Client({ connectionString: place.server.url({ schema }) });
    await other.connect();
    onTestFinished(() => other.end());
    // It waits longer than we do, so that ours is the one that is undone.
    await other.query(`SET deadlock_timeout = '20s'; BEGIN; UPDATE fact SET value = 'theirs' WHERE name = 'b'`);
    const ours = nines.commit([changing('a'), changing('b')]);
    await expect
      .poll(() => place.server.admin(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid'`))
      .toHaveLength(1);
    await other.query(`UPDATE fact SET value = 'theirs' WHERE name = 'a'`);
    await other.query('COMMIT');
    await ours;
    expect(await nines.read('SELECT value FROM fact')).toEqual([{ value: 'theirs.' }, { value: 'theirs.' }]);
  });

  test('of commits that are written together, one that is refused takes no neighbour along', async () => {
    const databases = await open();
    const { nines } = databases;
    const settled = await Promise.allSettled([
      nines.commit([{ text: 'SELECT pg_sleep(0.1)', values: [] }]),
      nines.commit([fact('a')]),
      nines.commit([fact('b'), changing('nobody', 1)]),
      nines.commit([fact('c')]),
      nines.commit([fact('a')]),
      nines.commit([{ text: 'INSERT INTO nothing VALUES (1)', values: [] }]),
      nines.commit([changing('c', 1)]),
    ]);
    const outcome = settled.map((one) => (one.status === 'fulfilled' ? 'stored' : one.reason.code));
    expect(outcome).toEqual(['stored', 'stored', 'commit_conflict', 'stored', 'commit_conflict', 'internal', 'stored']);
    expect(await facts(databases)).toEqual(['a', 'c']);
  });

  test('tables that change under a prepared statement are no failure', async () => {
    const { nines } = await open();
    const read = () => nines.read('SELECT value FROM fact WHERE name = $1', ['a']);
    await nines.commit([fact('a')]);
    await read();
    await nines.commit([{ text: 'ALTER TABLE fact ALTER COLUMN value TYPE VARCHAR(9)', values: [] }]);
    expect(await read()).toEqual([{ value: 'x' }]);
  });

  test('a character that its text cannot hold does not hold up a batch', async () => {
    const store = await place.store(await place.schema());
    await store.takeOver(null);
    store.results.add([result(START, { detail: 'bytes \0 and \uD800 of a broken server' })]);
    await store.slots.flush();
    expect(await store.results.newest()).toMatchObject([{ detail: 'bytes \uFFFD and \uFFFD of a broken server' }]);
  });

  test('bytes come back as they were, and the size of the database is known', async () => {
    const databases = await open();
    const { nines, bytes } = databases;
    await nines.commit([{ text: 'CREATE TABLE blob (value BYTEA)', values: [] }]);
    const value = Uint8Array.from([0, 1, 127, 128, 255]);
    await nines.commit([{ text: 'INSERT INTO blob (value) VALUES ($1)', values: [value] }]);
    expect(await nines.read('SELECT value FROM blob')).toEqual([{ value }]);
    expect(await bytes()).toBeGreaterThan(1_000_000);
  });

  test('closed, it refuses; what was under way is finished first', async () => {
    const schema = await place.schema();
    const first = await place.databases(place.server.url({ schema }));
    const commits = Array.from({ length: 20 }, (_, n) => first.nines.commit([fact(`${n}`)]));
    await Promise.all([first.close(), ...commits]);
    await expect(first.nines.read('SELECT 1')).rejects.toMatchObject(unavailable);
    await expect(first.nines.commit([fact('late')])).rejects.toMatchObject(unavailable);
    expect(await facts(await place.databases(place.server.url({ schema })))).toHaveLength(20);
  });
});
