import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { createStore } from '../../src/store/open.ts';
import { openInlineSqlite, openSqlite } from '../../src/store/sqlite.ts';
import { needRoom, networkFileSystem } from '../../src/store/sqlite-place.ts';
import { emptyDirectory } from './directory.ts';
import { START, incident, result, slot } from './samples.ts';

const overwrite = (file: string, at: number, bytes: number): void => {
  const open = openSync(file, 'r+');
  writeSync(open, Buffer.alloc(bytes, 0x5a), 0, bytes, at);
  closeSync(open);
};
const filled = async (dir: string): Promise<void> => {
  const { nines, series, close } = openInlineSqlite(dir);
  const values = Array.from({ length: 300 }, (_, i) => [`name ${i}`, 'x'.repeat(500)]);
  await nines.commit(values.map((pair) => ({ text: 'INSERT INTO fact (name, value) VALUES ($1, $2)', values: pair })));
  await series.commit([{ text: 'UPDATE batch SET number = 5', values: [] }]);
  await close();
};

describe('a damaged file is refused by name, with what to do', () => {
  test.each([
    ['nines.db', 0, 100],
    ['nines.db', 3 * 4_096, 20 * 4_096],
  ])('%s damaged at byte %i', async (name, at, bytes) => {
    const dir = emptyDirectory();
    await filled(dir);
    overwrite(join(dir, name), at, bytes);
    await expect(openSqlite(dir)).rejects.toMatchObject({
      code: 'data_corrupt',
      message: expect.stringMatching(new RegExp(`${join(dir, name)} is damaged .*restore a backup`)),
    });
    rmSync(join(dir, name));
    await (await openSqlite(dir)).close();
  });
});

describe('damaged series do not keep the store from opening', () => {
  test.each([
    [0, 100],
    [100, 3_000],
    [5 * 4_096, 3 * 4_096],
  ])('damaged at byte %i, they are put aside with a fresh file in their place', async (at, bytes) => {
    const dir = emptyDirectory();
    await filled(dir);
    overwrite(join(dir, 'series.db'), at, bytes);
    const damaged = readFileSync(join(dir, 'series.db'));
    const told: string[] = [];
    const {
      nines,
      series,
      damaged: aside,
      close,
    } = await openSqlite(dir, { onSetAside: (file) => void told.push(file) });
    expect(told).toEqual([expect.stringMatching(/series\.db\.damaged-\d{8}T\d{6}Z$/)]);
    expect(readFileSync(told[0] ?? '').equals(damaged)).toBe(true);
    expect(aside?.()).toEqual(told);
    expect(await series.read('SELECT number FROM batch')).toEqual([{ number: 0 }]);
    expect(await nines.read('SELECT COUNT(*) AS many FROM fact')).toEqual([{ many: 300 }]);
    await close();
    const again = await openSqlite(dir, { onSetAside: (file) => void told.push(file) });
    expect([told.length, again.damaged?.()]).toEqual([1, told]);
    await again.close();
  });

  test('but are refused to a store that has used them: it holds ids that a fresh file does not know', () => {
    const dir = emptyDirectory();
    writeFileSync(join(dir, 'series.db'), 'this is no database. '.repeat(1_000));
    expect(() => openInlineSqlite(dir, { keepDamaged: true })).toThrow(/series\.db is damaged .*Start Nines again/);
  });
});

test('a database of a newer version is refused and left as it is', async () => {
  const dir = emptyDirectory();
  const { nines, close } = openInlineSqlite(dir);
  await nines.commit([{ text: 'INSERT INTO migration (version) VALUES (99)', values: [] }]);
  await close();
  const before = readFileSync(join(dir, 'nines.db'));
  await expect(openSqlite(dir)).rejects.toMatchObject({
    code: 'data_too_new',
    message: expect.stringContaining('schema 99'),
  });
  expect(readFileSync(join(dir, 'nines.db')).equals(before)).toBe(true);
});

test('a directory that cannot be one is refused with a sentence that names it', async () => {
  const dir = emptyDirectory();
  writeFileSync(join(dir, 'file'), '');
  await expect(openSqlite(join(dir, 'file', 'data'))).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining(`The data directory ${join(dir, 'file', 'data')} cannot be written`),
  });
  mkdirSync(join(dir, 'data', 'nines.db'), { recursive: true });
  await expect(openSqlite(join(dir, 'data'))).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('the data directory is made for its owner alone', async () => {
  const dir = join(emptyDirectory(), 'new', 'data');
  await (await openSqlite(dir)).close();
  expect(statSync(dir).mode & 0o077).toBe(0);
});

test('network file systems are known by their number, and FUSE by what is mounted', () => {
  const mounts = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '40 22 0:35 / /mnt/far rw,nosuid - fuse.sshfs user@host: rw',
    String.raw`41 22 0:36 / /mnt/my\040disk rw - fuse.ntfs-3g /dev/sda1 rw`,
  ].join('\n');
  expect(networkFileSystem(0x6969, '/data', mounts)).toBe('NFS');
  expect(networkFileSystem(0xff534d42 | 0, '/data', mounts)).toBe('CIFS');
  expect(networkFileSystem(0xef53, '/data', mounts)).toBeNull();
  expect(networkFileSystem(0x65735546, '/mnt/far/nines', mounts)).toBe('fuse.sshfs');
  expect(networkFileSystem(0x65735546, '/mnt/farther', mounts)).toBeNull();
  expect(networkFileSystem(0x65735546, '/mnt/my disk/nines', mounts)).toBeNull();
});

test('a copy that would take the room of what is written is refused, with how much is missing', async () => {
  const dir = emptyDirectory();
  await needRoom(dir, 1);
  await expect(needRoom(dir, 2 ** 60)).rejects.toMatchObject({
    code: 'data_full',
    message: expect.stringMatching(/has no room for a copy: free \d+ MB more/),
  });
});

describe('a full disk', () => {
  const large = { text: 'INSERT INTO fact (name, value) VALUES ($1, $2)', values: ['large', 'x'.repeat(900_000)] };
  const small = (name: string) => ({ ...large, values: [name, 'x'] });

  test.each(['in its thread', 'inline'])('refuses what does not fit, whole, and takes what does: %s', async (how) => {
    const open = how === 'inline' ? openInlineSqlite : openSqlite;
    const { nines, close } = await open(emptyDirectory(), { maxPages: 60 });
    const settled = await Promise.allSettled([
      nines.commit([small('a')]),
      nines.commit([small('b'), large]),
      nines.commit([small('c')]),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { code: 'data_full', message: expect.stringContaining('nines.db') } });
    expect(await nines.read('SELECT name FROM fact ORDER BY name')).toEqual([{ name: 'a' }, { name: 'c' }]);
    await close();
  });

  test('shows in info until a commit goes through again', async () => {
    const store = await createStore(openInlineSqlite(':memory:', { maxPages: 60 }), silentLog);
    await expect(store.commit([large])).rejects.toMatchObject({ code: 'data_full' });
    expect(await store.info()).toMatchObject({ writable: false, lastError: expect.stringContaining('No room left') });
    await store.commit(store.incidents.saving(incident(), null));
    expect(await store.info()).toMatchObject({ writable: true, lastError: null });
  });

  test('keeps buffered slots for later, adds none twice and hides none that are stored', async () => {
    const databases = openInlineSqlite(':memory:', { maxPages: 40 });
    const store = await createStore(databases, silentLog);
    store.slots.add([slot(START, 10_000)]);
    await store.slots.flush();
    await databases.series.commit([{ text: 'CREATE TABLE ballast (text TEXT)', values: [] }]);
    const grow = { text: 'INSERT INTO ballast (text) VALUES ($1)', values: ['x'.repeat(1_000)] };
    while (
      await databases.series.commit([grow]).then(
        () => true,
        () => false,
      )
    );
    store.slots.add(Array.from({ length: 500 }, (_, i) => slot(START + i * 10_000, 10_000)));
    await expect(store.slots.flush()).rejects.toMatchObject({ code: 'data_full' });
    expect(await store.slots.readAll(10_000, 0, START * 2)).toHaveLength(1);
    await databases.series.commit([{ text: 'DELETE FROM ballast', values: [] }]);
    await store.slots.flush();
    const slots = await store.slots.readAll(10_000, 0, START * 2);
    expect([slots.length, slots[0]?.total, slots[1]?.total]).toEqual([500, 2, 1]);
  });
});

test('a batch whose fate was unclear is repeated and counted once', async () => {
  const databases = openInlineSqlite();
  let lie = true;
  const series = {
    ...databases.series,
    commit: async (statements: Parameters<typeof databases.series.commit>[0]) => {
      await databases.series.commit(statements);
      if (lie) throw new Error('the answer was lost');
    },
  };
  const store = await createStore({ ...databases, series }, silentLog);
  store.slots.add([slot(START, 10_000)]);
  await expect(store.slots.flush()).rejects.toThrow('the answer was lost');
  lie = false;
  store.slots.add([slot(START, 10_000)]);
  expect(await store.slots.read('shop/api/availability', 10_000, START, START + 1)).toMatchObject([{ total: 2 }]);
});

test('a row that the schema refuses is dropped with its batch and does not hold up what follows', async () => {
  const store = await createStore(openInlineSqlite(), silentLog);
  store.results.add([result(START, { outcome: 'perhaps' as never })]);
  await expect(store.slots.flush()).rejects.toMatchObject({ code: 'internal' });
  store.results.add([result(START)]);
  store.slots.add([slot(START, 10_000)]);
  await store.slots.flush();
  expect(await store.results.newest()).toEqual([result(START)]);
});
