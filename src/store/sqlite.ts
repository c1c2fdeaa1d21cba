import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NinesError } from '../errors.ts';
import type { Snapshot } from './backup.ts';
import { seriesAside } from './series-damage.ts';
import type { Databases, Row, Sql, SqlValue } from './sql.ts';
import type { SqliteFile } from './sqlite-file.ts';
import { UNFINISHED, openSqliteDirectory, type SqliteOptions, type SqlitePart } from './sqlite-open.ts';
import { startOwner, type Asked, type Owner, type Result } from './sqlite-owner.ts';
import { needRoom, preparePlace } from './sqlite-place.ts';

/** One copy at a time: two would only slow each other down, and the disk holds a third and fourth copy of everything. */
const snapshots = (
  place: string,
  bytes: () => Promise<number>,
  copyTo: (into: string) => Promise<unknown>,
): (() => Promise<Snapshot>) => {
  let busy = false;
  return async () => {
    if (busy)
      throw new NinesError('conflict', 'Nines is being copied for another backup or check; try again in a moment.');
    busy = true;
    let into = '';
    const release = async (): Promise<void> => {
      if (into !== '') await rm(into, { recursive: true, force: true });
      busy = false;
    };
    try {
      await needRoom(place, await bytes());
      into = await mkdtemp(join(place, UNFINISHED));
      await copyTo(into);
    } catch (error) {
      await release();
      throw error;
    }
    let released: Promise<void> | null = null;
    return { dir: into, release: () => (released ??= release()) };
  };
};

const inlineSql = (file: SqliteFile): Sql => ({
  // The same plain objects that come out of a thread.
  read: async <T = Row>(text: string, values: readonly SqlValue[] = []) =>
    structuredClone(file.read(text, values)) as T[],
  numbers: async (text, values = []) => file.numbers(text, values),
  commit: async (statements) => {
    const [error] = statements.length === 0 ? [] : file.commit([statements]);
    if (error) throw error;
  },
});

/** In this thread, so that a test's given clock is the only one; in memory unless a directory is named. */
export const openInlineSqlite = (dir = ':memory:', options: SqliteOptions = {}): Databases => {
  const files = openSqliteDirectory(dir, options);
  return {
    nines: inlineSql(files.nines),
    series: inlineSql(files.series),
    shared: false,
    bytes: async () => files.bytes(),
    snapshot: snapshots(dir === ':memory:' ? tmpdir() : dir, async () => files.bytes(), files.copyTo),
    checkpoint: async () => {
      for (const file of [files.nines, files.series]) file.read('PRAGMA wal_checkpoint(TRUNCATE)', []);
    },
    close: async () => files.close(),
  };
};

const threadSql = (ask: (request: Asked) => Promise<Result>, part: SqlitePart): Sql => ({
  read: async <T = Row>(text: string, values: readonly SqlValue[] = []) =>
    (await ask({ kind: 'read', part, text, values })) as T[],
  numbers: async (text, values = []) => (await ask({ kind: 'numbers', part, text, values })) as Float64Array,
  commit: async (statements) => {
    if (statements.length > 0) await ask({ kind: 'commit', part, statements });
  },
});

/**
 * Opens `dir`/nines.db and `dir`/series.db in a thread of their own. A thread that dies rejects what waits with
 * `store_unavailable` (it may or may not be stored) and is started again. `heapMb` limits the thread's memory.
 * Throws `data_locked`, `data_corrupt`, `data_too_new`, `data_full`, `data_on_network_file_system`,
 * `store_unavailable`, each with a sentence that names the place.
 */
export const openSqlite = async (
  dir: string,
  options: SqliteOptions & { heapMb?: number; onSetAside?: (file: string) => void } = {},
): Promise<Databases> => {
  const { heapMb = 512, onSetAside, ...rest } = options;
  await preparePlace(dir);
  let closed = false;
  let used = false;
  let owner: Promise<Owner> | null = null;

  const start = (): Promise<Owner> => {
    const started = startOwner({ dir, options: { ...rest, keepDamaged: used } }, heapMb);
    owner = started;
    void keep(started);
    return started;
  };
  const keep = async (started: Promise<Owner>): Promise<void> => {
    const opened = await started.catch(() => null);
    if (opened?.setAside) onSetAside?.(opened.setAside);
    await opened?.ended;
    // After a failed start the next call tries again: whatever stood in the way may be gone by then.
    if (owner === started) owner = null;
    if (opened && !closed) void start();
  };
  const ask = async (request: Asked): Promise<Result> => {
    if (closed) throw new NinesError('store_unavailable', `The store of ${dir} is closed.`);
    return (await (owner ?? start())).ask(request);
  };

  await start();
  used = true;
  const bytes = async (): Promise<number> => Number(await ask({ kind: 'bytes' }));
  return {
    nines: threadSql(ask, 'nines'),
    series: threadSql(ask, 'series'),
    shared: false,
    bytes,
    snapshot: snapshots(dir, bytes, (into) => ask({ kind: 'copy', into })),
    checkpoint: async () => void (await ask({ kind: 'checkpoint' })),
    damaged: () => seriesAside(dir),
    close: async () => {
      if (closed) return;
      const open = await owner;
      closed = true;
      await open?.ask({ kind: 'close' });
      await open?.ended;
    },
  };
};
