import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';
import { isDamaged, putAside } from './series-damage.ts';
import { adoptRestored } from './restored.ts';
import { damaged, sqliteError } from './sqlite-errors.ts';
import { sqliteFile, type SqliteFile } from './sqlite-file.ts';

export type SqlitePart = 'nines' | 'series';
export type SqliteDirectory = Record<SqlitePart, SqliteFile> & {
  /** Bytes of both files with their logs. */
  bytes(): number;
  /** Both files into an empty directory, so that they agree as well as two files can: nines.db last, within moments. */
  copyTo(into: string): Promise<void>;
  /** Where a damaged series.db was put at this opening; null when it was whole. */
  setAside: string | null;
  close(): void;
};
/**
 * `maxPages` (of 4 KiB) limits each file, for tests of a full disk. With `keepDamaged` damaged series are refused like
 * all else: who has used the old file already holds ids that a fresh one does not know.
 */
export type SqliteOptions = { maxPages?: number; keepDamaged?: boolean };

/** Temporary folders in the data directory; what a killed process left of them goes at the next start. */
export const UNFINISHED = '.unfinished-';

// What is deleted is overwritten: retention promises that it is gone, and a backup copies free pages too.
const COMMON = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;';
const PRAGMAS: Record<SqlitePart, string> = {
  // EXCLUSIVE before WAL: no shared memory, and a second process is refused.
  nines: `${COMMON} PRAGMA synchronous = FULL;`,
  series: `${COMMON} PRAGMA synchronous = NORMAL;`,
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Reading every page of a large history takes longer than a start may; its log is gone only after an orderly end. */
const LARGE = 64 * 1024 * 1024;
const endedWell = (file: string): boolean => sizeOf(`${file}-wal`) === 0;

const prove = (database: DatabaseSync, file: string, isKnown: boolean): void => {
  // Takes the lock now and not at the first write.
  database.exec('BEGIN IMMEDIATE; COMMIT');
  if (isKnown) return;
  const [row] = database.prepare('PRAGMA quick_check(1)').all();
  const answer = String(Object.values(row ?? {})[0]);
  if (answer !== 'ok') throw damaged(file, answer);
};

const openPart = (dir: string, part: SqlitePart, { maxPages }: SqliteOptions): SqliteFile => {
  const file = dir === ':memory:' ? dir : join(dir, `${part}.db`);
  const isKnown = part === 'series' && sizeOf(file) > LARGE && endedWell(file);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    if (dir !== ':memory:') database.exec(PRAGMAS[part]);
    prove(database, file, isKnown);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    const opened = sqliteFile(database, file);
    migrate(opened, part, file);
    return opened;
  } catch (error) {
    database?.close();
    throw sqliteError(error, file);
  }
};

/** Pages are more than charts: damaged series must not keep Nines from starting, so they are put aside. */
const openSeries = (dir: string, options: SqliteOptions): { file: SqliteFile; setAside: string | null } => {
  try {
    return { file: openPart(dir, 'series', options), setAside: null };
  } catch (error) {
    if (dir === ':memory:' || options.keepDamaged || !isDamaged(error)) throw error;
    const setAside = putAside(dir);
    return { file: openPart(dir, 'series', options), setAside };
  }
};

const sweep = (dir: string): void => {
  for (const name of readdirSync(dir))
    if (name.startsWith(UNFINISHED)) rmSync(join(dir, name), { recursive: true, force: true });
};

/** Opens, proves and migrates both files of a directory. Throws NinesError; damaged series are put aside. */
export const openSqliteDirectory = (dir: string, options: SqliteOptions = {}): SqliteDirectory => {
  if (dir !== ':memory:') adoptRestored(dir);
  const nines = openPart(dir, 'nines', options);
  let opened: ReturnType<typeof openSeries>;
  try {
    // The lock on nines.db is ours by now: whatever is unfinished here belongs to nobody.
    if (dir !== ':memory:') sweep(dir);
    opened = openSeries(dir, options);
  } catch (error) {
    nines.close();
    throw error;
  }
  const { file: series, setAside } = opened;
  const files = ['nines.db', 'nines.db-wal', 'series.db', 'series.db-wal'].map((name) => join(dir, name));
  return {
    nines,
    series,
    setAside,
    bytes: () => files.reduce((sum, file) => sum + sizeOf(file), 0),
    copyTo: async (into) => {
      await series.copyTo(join(into, 'series.db'));
      await nines.copyTo(join(into, 'nines.db'));
    },
    close: () => {
      nines.close();
      series.close();
    },
  };
};
