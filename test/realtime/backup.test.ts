import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { extractBackup, readBackup } from '../../src/store/backup.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { verifyDirectory } from '../../src/store/sqlite-verify.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { folderWith, nines, serve } from '../cli/nines.ts';
import { START, entry, incident, notification, slot } from '../store/samples.ts';

const FILES = { 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES };

const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-backup-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** Large enough for something to happen in the middle. */
const large = async (store: Store): Promise<void> => {
  for (let n = 0; n < 40; n++)
    await store.commit(
      Array.from({ length: 50 }, (_, i) => store.facts.setting(`ballast ${n} ${i}`, 'x'.repeat(10_000))).flat(),
    );
};
const dataWith = async (id: string): Promise<string> => {
  const dir = folder();
  const store = await openStore({ dir, log: silentLog });
  await large(store);
  await store.commit([
    ...store.incidents.saving(incident({ id, state: 'resolved', nextAt: null }), null),
    ...store.incidents.appending(id, [entry(1)]),
  ]);
  await store.close();
  return dir;
};
const incidentIn = (dir: string): unknown => {
  using database = new DatabaseSync(join(dir, 'nines.db'));
  return database.prepare('SELECT id FROM incident').get()?.['id'];
};

/** Starts a command and kills it with -9 when a file that begins like this appears in the folder. */
const killedAt = (args: readonly string[], dir: string, begins: string): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/nines.js', ...args], { stdio: 'ignore' });
    const watching = watch(dir, (_event, name) => {
      if (name?.startsWith(begins)) child.kill('SIGKILL');
    });
    child.once('close', (_code, signal) => {
      watching.close();
      resolve(signal === 'SIGKILL');
    });
  });

test('a backup that is taken while others write holds every row that was acknowledged before it began', async () => {
  const dir = folder();
  const store = await openStore({ dir, log: silentLog });
  await large(store);
  const acknowledged = new Set<string>();
  let writing = true;
  const write = async (lane: number): Promise<void> => {
    for (let n = 0; writing; n++) {
      const id = `incident-${lane}-${n}`;
      await store.commit([
        ...store.incidents.saving(incident({ id, group: id }), null),
        ...store.incidents.appending(id, [entry(1), entry(2)]),
        ...store.outbox.adding([notification(`${id}/page`, { incident: id, lane: id })], START),
      ]);
      acknowledged.add(id);
      store.slots.add([slot(START + n * 10_000, 10_000)]);
    }
  };
  const writers = Array.from({ length: 8 }, (_, lane) => write(lane));
  for (let round = 0; round < 4; round++) {
    const before = [...acknowledged];
    const backup = await store.backup(START);
    await expect(store.backup(START)).rejects.toMatchObject({ code: 'conflict' });
    const path = join(folder(), 'nines.tar');
    await using file = await open(path, 'w');
    for await (const chunk of backup.chunks) await file.writeFile(chunk);
    const into = await mkdtemp(join(folder(), 'x-'));
    await extractBackup(path, await readBackup(path), into);
    expect(verifyDirectory(into).findings.filter(({ ok }) => !ok)).toEqual([]);
    using database = new DatabaseSync(join(into, 'nines.db'));
    const stored = new Set(
      database
        .prepare('SELECT id FROM incident')
        .all()
        .map(({ id }) => id),
    );
    expect(before.filter((id) => !stored.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(before.length);
  }
  writing = false;
  await Promise.all(writers);
  await store.close();
  expect(readdirSync(dir).toSorted()).toEqual(['nines.db', 'series.db']);
});

test('nines backup that is killed leaves no file of that name, and the server tidies up', async () => {
  const data = await dataWith('one');
  const server = await serve(['--config', folderWith(FILES), '--data', data]);
  const target = folder();
  const file = join(target, 'nines.tar');
  const args = ['backup', file, '--data', data, '--port', server.port];
  expect(await killedAt(args, target, '.nines.tar')).toBe(true);
  expect(existsSync(file)).toBe(false);
  await expect.poll(() => readdirSync(data).filter((name) => name.startsWith('.unfinished'))).toEqual([]);
  expect((await nines(args)).code).toBe(0);
  expect((await nines(['verify', file])).code).toBe(0);
});

test('a server that is killed while it makes a backup is missed by the command, and tidies up at its next start', async () => {
  const data = await dataWith('one');
  const config = folderWith(FILES);
  const server = await serve(['--config', config, '--data', data]);
  const file = join(folder(), 'nines.tar');
  const watching = watch(data, (_event, name) => {
    if (name?.startsWith('.unfinished')) server.kill('SIGKILL');
  });
  const { code, stderr } = await nines(['backup', file, '--data', data, '--port', server.port]);
  watching.close();
  expect([code, stderr, existsSync(file)]).toEqual([
    1,
    expect.stringMatching(/^nines: server_unreachable: .+\n$/),
    false,
  ]);
  await server.ended;
  await serve(['--config', config, '--data', data]);
  expect(readdirSync(data).filter((name) => name.startsWith('.unfinished'))).toEqual([]);
});

test.each([
  ['while it writes beside', '.unfinished', ['old', 'new']],
  ['when it is decided', 'restored-', ['new']],
  ['while the old data goes aside', 'before-restore-', ['new']],
])('nines restore that is killed %s leaves the old data or the new, whole', async (_, begins, possible) => {
  const file = join(folder(), 'nines.tar');
  expect((await nines(['backup', file, '--data', await dataWith('new')])).code).toBe(0);
  const data = await dataWith('old');
  await killedAt(['restore', file, '--data', data, '--force'], data, begins);
  const checked = await nines(['verify', '--data', data]);
  expect([checked.code, checked.stdout]).toEqual([0, expect.stringContaining('Nothing is wrong')]);
  const found = incidentIn(data);
  expect(possible).toContain(found);
  const kept = readdirSync(data).filter((name) => name.startsWith('before-restore-'));
  expect(kept.map((name) => incidentIn(join(data, name)))).toEqual(found === 'new' ? ['old'] : []);
  const server = await serve(['--config', folderWith(FILES), '--data', data]);
  expect(readdirSync(data).filter((name) => /^(\.unfinished|restored-)/.test(name))).toEqual([]);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
