import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { silentLog } from '../../src/log.ts';
import { createStore, openMemoryStore } from '../../src/store/open.ts';
import { openInlineSqlite, openSqlite } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { emptyDirectory } from './directory.ts';
import { START, alert, entry, incident, notification, result, slot } from './samples.ts';

const NOW = START + 500 * DAY;
const SYSTEMS = new Map([
  ['shop', 30 * DAY],
  ['bank', 400 * DAY],
]);
const ALL = ['shop', 'bank', 'gone'];
/** What no defined system claims is kept as long as the longest. */
const kept = (system: string): number => SYSTEMS.get(system) ?? 400 * DAY;
const AGES = [1, 13, 15, 29, 31, 200, 399, 401, 480].map((days) => days * DAY);
const mark = (system: string, age: number): string => `marked ${system} ${age / DAY} days.`;

/** Something of every kind and age, of every system. */
const fill = async (store: Store, ages: readonly number[] = AGES): Promise<void> => {
  for (const system of ALL)
    for (const age of ages) {
      const at = NOW - age;
      const id = `${system}-${age}`;
      const text = mark(system, age);
      const sli = `${system}/api/availability`;
      const start = (width: number): number => Math.floor(at / width) * width;
      for (const width of [10_000, MINUTE, HOUR, DAY]) await store.slots.replace([slot(start(width), width, { sli })]);
      store.results.add([
        result(at, { probe: `${system}/api/health`, outcome: 'fail', reason: 'status', detail: text }),
      ]);
      await store.commit([
        ...store.incidents.saving(
          incident({
            id,
            group: `${system}|production|${age}`,
            system,
            title: text,
            state: 'resolved',
            openedAt: at - HOUR,
            resolved: { at, by: null },
          }),
          null,
        ),
        ...store.incidents.appending(id, [
          { ...entry(1, text), at },
          { ...entry(2, text), at },
        ]),
        ...store.outbox.adding([notification(`${id}/page`, { incident: id, lane: id, dueAt: at })], at),
        ...store.audit.appending({ at, actor: 'Ann', door: 'cli', verb: 'resolve', object: id, detail: text }),
        ...store.ledger.saving([{ slo: sli, start: start(HOUR), good: 1, total: 1, covered: HOUR, revision: at }]),
        ...store.happenings.saving({ kind: 'deploy', id, system, service: null, at, text, url: null }),
        ...store.beats.saving(`${system}/jobs/${age}`, at),
        ...store.alerts.saving(
          [alert({ key: id, status: 'clear', title: text, identity: { ...alert().identity, system } })],
          at,
        ),
      ]);
      store.counters.write(new Map([[sli, { events: 9, bad: 1 }]]));
    }
  await store.slots.flush();
};

/** Every instant that is left, as [system, table, age]. */
const left = async ({ nines, series }: ReturnType<typeof openInlineSqlite>): Promise<[string, string, number][]> => {
  const found: [string, string, number][] = [];
  const look = async (sql: typeof nines, table: string, id: string, at: string, from = table): Promise<void> => {
    for (const row of await sql.read<{ id: string; at: number }>(`SELECT ${id} AS id, ${at} AS at FROM ${from}`))
      found.push([row.id.split(/[/|-]/)[0] ?? '', table, NOW - row.at]);
  };
  await look(nines, 'incident', 'group_key', 'opened_at + 3600000');
  await look(nines, 'timeline', 'incident', 'at');
  await look(nines, 'outbox', 'incident', 'due_at');
  await look(nines, 'audit', 'object', 'at');
  await look(nines, 'ledger', 'slo', 'start');
  await look(nines, 'happening', 'system', 'at');
  await look(nines, 'beat', 'probe', 'at');
  await look(nines, 'alert', 'key', 'saved_at');
  await look(series, 'slot', 'name', 'start', 'slot INNER JOIN name ON name.id = sli');
  await look(series, 'fine_slot', 'name', 'start', 'fine_slot INNER JOIN name ON name.id = sli');
  await look(series, 'dirty', 'name', 'start', 'dirty INNER JOIN name ON name.id = sli');
  await look(series, 'result', 'name', 'at', 'result INNER JOIN name ON name.id = probe');
  await look(series, 'name', 'name', 'first', 'name WHERE first IS NOT NULL');
  return found;
};

test('nothing is older than its system wants, in any table, and nothing younger is gone', async () => {
  const databases = openInlineSqlite();
  const store = await createStore(databases, silentLog);
  await fill(store);
  await store.retain(NOW, SYSTEMS);
  const rows = await left(databases);
  expect(rows.filter(([system, , age]) => age > kept(system) + DAY)).toEqual([]);
  const days = (table: string, system: string): number[] =>
    [
      ...new Set(
        rows.filter(([of, name]) => of === system && name === table).map(([, , age]) => Math.round(age / DAY)),
      ),
    ].sort((a, b) => a - b);
  for (const table of ['incident', 'timeline', 'outbox', 'audit', 'ledger', 'happening', 'beat', 'alert']) {
    expect([table, days(table, 'shop')]).toEqual([table, [1, 13, 15, 29]]);
    for (const system of ['bank', 'gone'])
      expect([table, days(table, system)]).toEqual([table, [1, 13, 15, 29, 31, 200, 399]]);
  }
  expect([days('fine_slot', 'bank'), days('result', 'bank'), days('result', 'shop')]).toEqual([[], [1, 13], [1, 13]]);
  expect(await store.slots.firsts()).toEqual(
    new Map([
      ['shop/api/availability', NOW - 30 * DAY],
      ['bank/api/availability', NOW - 400 * DAY],
      ['gone/api/availability', NOW - 400 * DAY],
    ]),
  );
});

test('the report says what was deleted and what is the oldest that is left, and is kept', async () => {
  const store = await openMemoryStore();
  expect(await store.retention()).toBeNull();
  await fill(store);
  const report = await store.retain(NOW, SYSTEMS);
  const row = (system: string, table: string) =>
    report.systems.find((one) => one.system === system)?.tables.find((one) => one.table === table);
  expect(row('shop', 'ledger')).toEqual({ table: 'ledger', deleted: 5, oldest: NOW - 29 * DAY });
  expect(row('bank', 'incident')).toEqual({ table: 'incident', deleted: 2, oldest: NOW - 399 * DAY - HOUR });
  expect(row('*', 'happening')).toEqual({ table: 'happening', deleted: 2, oldest: NOW - 399 * DAY });
  expect(report.systems.map(({ system, keptMs }) => [system, keptMs / DAY])).toEqual([
    ['shop', 30],
    ['bank', 400],
    ['*', 400],
  ]);
  expect(await store.retention()).toEqual(report);
});

test('what is still going on is never deleted, however old: open incidents with all that belongs to them, firing alerts', async () => {
  const store = await openMemoryStore();
  const old = NOW - 480 * DAY;
  await store.commit([
    ...store.incidents.saving(incident({ openedAt: old }), null),
    ...store.incidents.appending('01JINCIDENT', [{ ...entry(1), at: old }]),
    ...store.outbox.adding([notification('a', { dueAt: old })], old),
    ...store.audit.appending({ at: old, actor: 'Ann', door: 'cli', verb: 'note', object: '01JINCIDENT', detail: '' }),
    ...store.alerts.saving([alert({ since: old })], old),
  ]);
  // An incident that lasted long ended yesterday: its retention counts from there.
  await store.commit(
    store.incidents.saving(
      incident({
        id: 'long',
        group: 'long',
        state: 'resolved',
        openedAt: old,
        resolved: { at: NOW - DAY, by: null },
      }),
      null,
    ),
  );
  await store.retain(NOW, SYSTEMS);
  expect((await store.incidents.open()).map(({ incident }) => incident.id)).toEqual(['01JINCIDENT']);
  expect(await store.incidents.byId('long')).toBeDefined();
  expect([
    (await store.incidents.timeline('01JINCIDENT')).length,
    (await store.outbox.ofIncident('01JINCIDENT')).length,
    (await store.audit.newest(9)).length,
    (await store.alerts.all()).length,
  ]).toEqual([1, 1, 1, 1]);
});

test('a system that is gone leaves not even its name, once its data has been kept long enough', async () => {
  const databases = openInlineSqlite();
  const store = await createStore(databases, silentLog);
  await fill(store, [480 * DAY]);
  await store.retain(NOW, SYSTEMS);
  expect(await databases.series.read('SELECT name FROM name WHERE name LIKE $1', ['gone/%'])).toEqual([]);
  expect([...(await store.counters.read()).keys()].toSorted()).toEqual([
    'bank/api/availability',
    'shop/api/availability',
  ]);
  // It may come back: its slots are stored under a new id.
  await store.slots.replace([slot(START, HOUR, { sli: 'gone/api/availability' })]);
  expect(await store.slots.read('gone/api/availability', HOUR, 0, NOW)).toHaveLength(1);
});

test('the bytes are gone from the files: what was deleted cannot be read from a free page, nor from a log', async () => {
  const dir = emptyDirectory();
  const databases = await openSqlite(dir);
  const store = await createStore(databases, silentLog);
  for (let n = 0; n < 40; n++)
    await store.commit([
      ...store.happenings.saving({
        kind: 'deploy',
        id: `h${n}`,
        system: 'shop',
        service: null,
        at: NOW - (n % 2 ? 40 : 2) * DAY - n,
        text: `${n % 2 ? 'forget' : 'remember'} `.repeat(60),
        url: null,
      }),
    ]);
  await fill(store);
  await store.slots.flush();
  const inFiles = (text: string): string[] =>
    readdirSync(dir).filter((name) => readFileSync(join(dir, name)).includes(text));
  expect(inFiles(mark('shop', 31 * DAY)).length).toBeGreaterThan(0);
  await store.retain(NOW, SYSTEMS);
  expect([inFiles(mark('shop', 29 * DAY)), inFiles('remember')]).toEqual([['nines.db'], ['nines.db']]);
  const overdue = ALL.flatMap((system) => AGES.filter((age) => age > kept(system)).map((age) => mark(system, age)));
  expect(overdue.map((text) => [text, inFiles(text)])).toEqual(overdue.map((text) => [text, []]));
  expect(inFiles('forget')).toEqual([]);
  await store.close();
  expect(inFiles('forget')).toEqual([]);
});

test('a run that is broken off goes on at the next one; a second run finds nothing', async () => {
  const databases = openInlineSqlite();
  let commits = 0;
  const nines = {
    ...databases.nines,
    commit: async (statements: Parameters<typeof databases.nines.commit>[0]) => {
      if (++commits === 3) throw new Error('killed');
      await databases.nines.commit(statements);
    },
  };
  await fill(await createStore(databases, silentLog));
  const store = await createStore({ ...databases, nines }, silentLog);
  await expect(store.retain(NOW, SYSTEMS)).rejects.toThrow('killed');
  await store.retain(NOW, SYSTEMS);
  expect((await left(databases)).filter(([system, , age]) => age > kept(system) + DAY)).toEqual([]);
  const again = await store.retain(NOW, SYSTEMS);
  expect(again.systems.flatMap(({ tables }) => tables).filter(({ deleted }) => deleted > 0)).toEqual([]);
});
