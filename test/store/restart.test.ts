import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { openMemoryStore, openStore } from '../../src/store/open.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { emptyDirectory } from './directory.ts';
import { START, incident, notification, result, slot } from './samples.ts';

test('a restart continues where it stopped', async () => {
  const dir = emptyDirectory();
  const first = await openStore({ dir, log: silentLog });
  await first.commit([...first.incidents.saving(incident(), null), ...first.outbox.adding([notification('a')], START)]);
  await first.outbox.claim('one', START, START + 30_000, 1);
  first.slots.add([slot(START, 10_000)]);
  first.results.add([result(START)]);
  first.counters.write(new Map([['s', { events: 5, bad: 1 }]]));
  await first.close();
  await expect(first.commit(first.facts.setting('a', 'b'))).rejects.toMatchObject({ code: 'store_unavailable' });

  const second = await openStore({ dir, log: silentLog });
  expect(await second.incidents.open()).toEqual([{ incident: incident(), revision: 1 }]);
  second.slots.add([slot(START, 10_000), slot(START, 10_000, { sli: 'new' })]);
  expect(await second.slots.readAll(10_000, 0, START * 2)).toMatchObject([
    { sli: 'shop/api/availability', total: 2 },
    { sli: 'new', total: 1 },
  ]);
  expect(await second.slots.firsts()).toEqual(
    new Map([
      ['shop/api/availability', START],
      ['new', START],
    ]),
  );
  expect(await second.results.newest()).toEqual([result(START)]);
  expect(await second.counters.read()).toEqual(new Map([['s', { events: 5, bad: 1 }]]));
  expect((await second.outbox.claim('two', START + 30_000, START + 60_000, 1))[0]).toMatchObject({
    key: 'a',
    state: 'uncertain',
  });
  expect(await second.info()).toMatchObject({ schemaVersion: 2, writable: true, lastError: null });
  expect((await second.info()).bytes).toBeGreaterThan(100_000);
  await second.close();
});

test('a restart gives back the leases of the process that is gone: what it was sending is uncertain at once', async () => {
  const store = await openMemoryStore();
  await store.commit(store.outbox.adding([notification('a')], START));
  expect(await store.outbox.claim('one', START, START + 30_000, 1)).toMatchObject([{ state: 'sending' }]);
  expect(await store.outbox.claim('two', START + 1, START + 30_000, 1)).toEqual([]);
  await store.commit(store.outbox.reclaiming());
  expect(await store.outbox.claim('two', START + 1, START + 30_000, 1)).toMatchObject([
    { key: 'a', state: 'uncertain' },
  ]);
});

const openInChild = (dir: string): string => {
  const url = pathToFileURL(join(import.meta.dirname, '../../src/store/sqlite.ts')).href;
  const script = `const { openSqlite } = await import(${JSON.stringify(url)});
    await openSqlite(${JSON.stringify(dir)}).then((opened) => opened.close()).then(() => console.log('opened'), (e) => console.log(e.code, e.message));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout;
};

test('a second process is refused while the first lives, and let in afterwards', async () => {
  const dir = emptyDirectory();
  const databases = await openSqlite(dir);
  expect(openInChild(dir)).toMatch(`data_locked Another process uses ${dir}/nines.db`);
  await expect(openSqlite(dir)).rejects.toMatchObject({ code: 'data_locked' });
  await databases.nines.commit([{ text: 'SELECT 1', values: [] }]);
  await databases.close();
  expect(openInChild(dir)).toBe('opened\n');
});

test('a store thread that dies rejects what waits, and the next call finds a new one', async () => {
  const { nines, close } = await openSqlite(emptyDirectory(), { heapMb: 16 });
  const fact = (name: string) => ({ text: 'INSERT INTO fact (name, value) VALUES ($1, $2)', values: [name, 'x'] });
  await nines.commit([fact('before')]);
  const tooMuch = Array.from({ length: 300_000 }, (_, i) => `value number ${i}`);
  const waiting = [nines.read('SELECT 1', tooMuch), nines.commit([fact('waiting')])];
  for (const { status, ...rest } of await Promise.allSettled(waiting)) {
    expect(status).toBe('rejected');
    expect(rest).toMatchObject({ reason: { code: 'store_unavailable' } });
  }
  await nines.commit([fact('after')]);
  expect(await nines.read('SELECT name FROM fact ORDER BY name')).toEqual([{ name: 'after' }, { name: 'before' }]);
  await close();
});
