import { spawn } from 'node:child_process';
import {
  existsSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/open.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { START, entry, incident, notification, slot } from '../store/samples.ts';
import { deadPort, folderWith, nines, serve, stackIn } from './nines.ts';

const FILES = { 'shop.yaml': SYSTEM, 'policies.yaml': POLICIES };

/** A data folder with resolved incidents and two hours of slots. */
const dataWith = async (incidents: number): Promise<string> => {
  const dir = folderWith();
  const store = await openStore({ dir, log: silentLog });
  for (let n = 0; n < incidents; n++) {
    const id = `incident-${n}`;
    await store.commit([
      ...store.incidents.saving(incident({ id, group: id, state: 'resolved', nextAt: null }), null),
      ...store.incidents.appending(id, [entry(1), entry(2)]),
      ...store.outbox.adding([notification(`${id}/page`, { incident: id, lane: id })], START),
    ]);
  }
  await store.slots.replace(
    Array.from({ length: 720 }, (_, i) => slot(START + i * 10_000, 10_000, { sli: 'shop/checkout/availability' })),
  );
  await store.slots.rollUp(START + 86_400_000);
  await store.close();
  return dir;
};

const incidentsIn = (dir: string): number => {
  using database = new DatabaseSync(join(dir, 'nines.db'));
  return Number(database.prepare('SELECT COUNT(*) AS many FROM incident').get()?.['many']);
};

const damage = (file: string, at: number, bytes = 3_000): void => {
  const open = openSync(file, 'r+');
  writeSync(open, Buffer.alloc(bytes, 0x5a), 0, bytes, at);
  closeSync(open);
};

const backedUp = async (data: string): Promise<string> => {
  const file = join(folderWith(), 'nines.tar');
  expect(await nines(['backup', file, '--data', data])).toMatchObject({ code: 0, stderr: '' });
  return file;
};

describe('nines backup', () => {
  it('asks the running server: one file for its owner alone, that tar and SQLite can read, and the audit knows', async () => {
    const data = await dataWith(3);
    const server = await serve(['--config', folderWith(FILES), '--data', data]);
    const folder = folderWith();
    const file = join(folder, 'nines.tar');
    const { code, stdout, stderr } = await nines([
      'backup',
      file,
      '--data',
      data,
      '--port',
      server.port,
      '--by',
      'Ann',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/nines\.tar: \d+\.\d KB from http:\/\/127\.0\.0\.1:\d+, written and read back/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['nines.tar']);
    expect(readdirSync(data).filter((name) => name.startsWith('.unfinished'))).toEqual([]);

    const unpacked = folderWith();
    const tar = spawn('tar', ['-xf', file, '-C', unpacked]);
    expect(await new Promise((resolve) => void tar.once('close', resolve))).toBe(0);
    expect(readdirSync(unpacked).toSorted()).toEqual(['manifest.json', 'nines.db', 'series.db']);
    using database = new DatabaseSync(join(unpacked, 'nines.db'));
    expect(database.prepare('SELECT actor, door, verb FROM audit').all()).toEqual([
      { actor: 'Ann', door: 'cli', verb: 'backup' },
    ]);
  });

  it('needs the token of people, and says so', async () => {
    const data = await dataWith(1);
    const server = await serve(['--config', folderWith(FILES), '--data', data], { NINES_TOKEN: 'tok-people' });
    const file = join(folderWith(), 'nines.tar');
    const args = ['backup', file, '--data', data, '--port', server.port];
    const refused = await nines(args, { NINES_TOKEN: 'tok-wrong' });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^nines: unauthorized: .+\n$/)]);
    expect(existsSync(file)).toBe(false);
    expect((await nines(args, { NINES_TOKEN: 'tok-people' })).code).toBe(0);
  });

  it('opens the files itself when no server runs on them', async () => {
    const data = await dataWith(2);
    const file = await backedUp(data);
    expect((await nines(['verify', file])).code).toBe(0);
    expect(readdirSync(data).toSorted()).toEqual(['nines.db', 'series.db']);
  });

  it('replaces no file that exists, unless told to', async () => {
    const data = await dataWith(1);
    const file = join(folderWith({ 'nines.tar': 'precious' }), 'nines.tar');
    const { code, stderr } = await nines(['backup', file, '--data', data]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^nines: conflict: .*nines\.tar exists already.*--force\.\n$/),
    ]);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect((await nines(['backup', file, '--data', data, '--force'])).code).toBe(0);
    expect((await nines(['verify', file])).code).toBe(0);
  });

  it.each([
    ['a server or data', ['nines.tar', '--data', '/no/such/folder'], /^nines: server_unreachable: No Nines answers/],
    ['a name', [], /^nines: invalid_request: Name the file/],
  ])('says that %s is missing, and writes nothing', async (_, words, said) => {
    const folder = folderWith();
    const [name, ...rest] = words;
    const args = name === undefined ? [] : [join(folder, name), ...rest, '--port', await deadPort()];
    const { code, stdout, stderr } = await nines(['backup', ...args]);
    expect([code, stdout, stackIn(stderr), readdirSync(folder)]).toEqual([1, '', [], []]);
    expect(stderr).toMatch(said);
  });
});

describe('a place that cannot be written', () => {
  it.each(['/dev/full/nines.tar', '/proc/nines.tar'])('%s is said in one line', async (file) => {
    const { code, stdout, stderr } = await nines(['backup', file, '--data', await dataWith(1)]);
    expect([code, stdout, stackIn(stderr)]).toEqual([1, '', []]);
    expect(stderr).toMatch(/^nines: invalid_request: .+ cannot be written .+\n$/);
  });
});

describe('nines restore', () => {
  it('brings everything back into an empty folder, and tells what', async () => {
    const file = await backedUp(await dataWith(3));
    const data = join(folderWith(), 'new');
    const { code, stdout, stderr } = await nines(['restore', file, '--data', data]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/3 incidents, 1 SLIs with history from 2026-06-02T00:00:00\.000Z to 2026-06-02T\S+, \d/);
    expect(readdirSync(data).toSorted()).toEqual(['nines.db', 'series.db']);
    const server = await serve(['--config', folderWith(FILES), '--data', data]);
    const { incidents } = (await (await fetch(`${server.url}/api/v1/incidents`)).json()) as { incidents: object[] };
    expect(incidents).toHaveLength(3);
  });

  it('touches existing data only when told to, and then keeps it', async () => {
    const file = await backedUp(await dataWith(3));
    const data = await dataWith(1);
    const refused = await nines(['restore', file, '--data', data]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^nines: conflict: .*--force/)]);
    expect(incidentsIn(data)).toBe(1);
    const { stdout } = await nines(['restore', file, '--data', data, '--force', '--json']);
    const { before, incidents } = JSON.parse(stdout) as { before: string; incidents: number };
    expect([incidents, incidentsIn(data), incidentsIn(before)]).toEqual([3, 3, 1]);
  });

  it('says that incidents were open then', async () => {
    const dir = await dataWith(0);
    const store = await openStore({ dir, log: silentLog });
    await store.commit([
      ...store.incidents.saving(incident(), null),
      ...store.incidents.appending(incident().id, [entry(1)]),
    ]);
    await store.close();
    const { stdout } = await nines(['restore', await backedUp(dir), '--data', join(folderWith(), 'new')]);
    expect(stdout).toContain('1 of the incidents were open then. When Nines starts they go on');
  });

  it('is refused while a server runs on the data', async () => {
    const file = await backedUp(await dataWith(1));
    const data = folderWith();
    const server = await serve(['--config', folderWith(FILES), '--data', data]);
    const refused = await nines(['restore', file, '--data', data, '--force']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^nines: data_locked: .*stop it/)]);
    // Also when nobody can see the process: the lock on the files counts.
    writeFileSync(join(data, 'nines.pid'), '999999999\n');
    expect((await nines(['restore', file, '--data', data, '--force'])).stderr).toMatch(/^nines: data_locked: /);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  });

  it.each([
    ['cut off', (file: string) => truncateSync(file, statSync(file).size - 6_000), 'its end is missing'],
    ['changed in the middle', (file: string) => damage(file, 40_000), 'nines.db in it is not as it was written'],
    ['no backup at all', (file: string) => writeFileSync(file, 'x'.repeat(9_000)), 'its end is missing'],
  ])('refuses a backup that is %s, and leaves the data as it is', async (_, spoil, why) => {
    const file = await backedUp(await dataWith(2));
    spoil(file);
    const data = await dataWith(1);
    const { code, stderr } = await nines(['restore', file, '--data', data, '--force']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^nines: data_corrupt: .+ is no whole backup \(.+\n$/)]);
    expect(stderr).toContain(why);
    expect([incidentsIn(data), readdirSync(data).toSorted()]).toEqual([1, ['nines.db', 'series.db']]);
    expect((await nines(['verify', file])).code).toBe(1);
  });

  it.each(['nines.db', 'series.db'])(
    'refuses a backup of a damaged %s, which --verify would not have written',
    async (name) => {
      const damagedData = await dataWith(200);
      const { size } = statSync(join(damagedData, name));
      damage(join(damagedData, name), Math.floor(size / 2 / 4_096) * 4_096);
      const target = join(folderWith(), 'nines.tar');
      const unsound = await nines(['backup', target, '--verify', '--data', damagedData]);
      expect([unsound.code, unsound.stderr, existsSync(target)]).toEqual([
        1,
        expect.stringMatching(
          new RegExp(`^nines: data_corrupt: What is to be backed up is not sound.*${name} is damaged`),
        ),
        false,
      ]);
      const file = await backedUp(damagedData);
      const data = await dataWith(1);
      const { code, stderr } = await nines(['restore', file, '--data', data, '--force']);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          new RegExp(
            `^nines: data_corrupt: .*nines\\.tar is not restored, and the data is as it was: ${name} is damaged`,
          ),
        ),
      ]);
      expect([incidentsIn(data), readdirSync(data).toSorted()]).toEqual([1, ['nines.db', 'series.db']]);
    },
  );

  it('restores rows that contradict each other, and says so: they were so before', async () => {
    const odd = await dataWith(2);
    {
      using database = new DatabaseSync(join(odd, 'nines.db'));
      database.exec(`DELETE FROM timeline WHERE incident = 'incident-1' AND seq = 1`);
    }
    const { code, stdout } = await nines(['restore', await backedUp(odd), '--data', join(folderWith(), 'new')]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Look at this: timelines without gaps: broken by incident-1'),
    ]);
  });

  it('puts a backup in the place of damaged data', async () => {
    const file = await backedUp(await dataWith(2));
    const data = folderWith({ 'nines.db': 'this is no database. '.repeat(1_000) });
    expect((await nines(['restore', file, '--data', data, '--force'])).code).toBe(0);
    expect(incidentsIn(data)).toBe(2);
  });
});

describe('nines verify', () => {
  it('finds nothing in sound data, stopped or running', async () => {
    const data = await dataWith(2);
    const stopped = await nines(['verify', '--data', data]);
    expect([stopped.code, stopped.stdout]).toEqual([0, expect.stringContaining('Nothing is wrong with')]);
    const server = await serve(['--config', folderWith(FILES), '--data', data]);
    const running = await nines(['verify', '--data', data, '--port', server.port, '--json']);
    const { ok, findings } = JSON.parse(running.stdout) as { ok: boolean; findings: object[] };
    expect([running.code, ok, findings.length > 8]).toEqual([0, true, true]);
  });

  it.each(['nines.db', 'series.db'])('names %s when a page in it is damaged, and what to do', async (name) => {
    const data = await dataWith(200);
    const { size } = statSync(join(data, name));
    damage(join(data, name), Math.floor(size / 2 / 4_096) * 4_096);
    const { code, stdout, stderr } = await nines(['verify', '--data', data]);
    expect([code, stackIn(stderr)]).toEqual([2, []]);
    expect(stdout).toMatch(new RegExp(`BAD .*${name} +data_corrupt: .* is damaged .*restore`));
  });

  it('finds rows that contradict each other', async () => {
    const data = await dataWith(2);
    {
      using database = new DatabaseSync(join(data, 'nines.db'));
      database.exec(`DELETE FROM timeline WHERE incident = 'incident-1' AND seq = 1`);
      using series = new DatabaseSync(join(data, 'series.db'));
      series.exec('UPDATE slot SET good = total + 1 WHERE width = 3600000');
    }
    const { code, stdout } = await nines(['verify', '--data', data]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/BAD +timelines without gaps +data_corrupt: broken by incident-1/);
    expect(stdout).toMatch(/BAD +no slot with more good than total/);
  });
});

describe('nines serve on damaged series', () => {
  it('starts, says so in the log, to verify and on every page, and keeps the damaged file', async () => {
    const data = await dataWith(1);
    damage(join(data, 'series.db'), 3 * 4_096);
    const server = await serve(['--config', folderWith(FILES), '--data', data]);
    expect(server.heard.stderr).toContain('series.db was damaged: it was put aside');
    expect(readdirSync(data).filter((name) => name.startsWith('series.db.damaged-'))).toHaveLength(1);
    const { code, stdout } = await nines(['verify', '--data', data, '--port', server.port]);
    expect([code, stdout]).toEqual([2, expect.stringMatching(/BAD .*series\.db\.damaged-.*was damaged and put aside/)]);
    const page = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('series.db.damaged-');
  });
});

describe('nines status --retention', () => {
  it('says how long each system is kept, and what is the oldest that is left', async () => {
    const data = await dataWith(1);
    const config = folderWith({
      ...FILES,
      'shop.yaml': SYSTEM.replace('name: Shop\n', 'name: Shop\nretention: 90d\n'),
    });
    const server = await serve(['--config', config, '--data', data]);
    await server.says('What was kept long enough is deleted.');
    const args = ['status', '--retention', '--data', data, '--port', server.port];
    const report = async () => JSON.parse((await nines([...args, '--json'])).stdout) as { ranAt: string | null };
    await expect.poll(async () => (await report()).ranAt, { timeout: 10_000 }).not.toBeNull();
    const { code, stdout } = await nines(args);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^shop +90d +slot +\d+ +(–|\d{4}-\S+Z)$/m)]);
    expect(stdout).toMatch(/^\(all others\) +90d /m);
  });
});
