import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './migrate.ts';
import { damaged, sqliteError } from './sqlite-errors.ts';
import { sqliteFile, type SqliteFile } from './sqlite-file.ts';

export type SqlitePart = 'nines' | 'series';
export type SqliteDirectory = Record<SqlitePart, SqliteFile> & {
  /** Bytes of both files with their logs. */
  bytes(): number;
  close(): void;
};
/** `maxPages` (of 4 KiB) limits each file, for tests of a full disk. */
export type SqliteOptions = { maxPages?: number };

const PRAGMAS: Record<SqlitePart, string> = {
  // EXCLUSIVE before WAL: no shared memory, and a second process is refused.
  nines: 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;',
  series: 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;',
};

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const prove = (database: DatabaseSync, part: SqlitePart, file: string): void => {
  // Takes the lock now and not at the first write.
  database.exec('BEGIN IMMEDIATE; COMMIT');
  if (part === 'series') return;
  const [row] = database.prepare('PRAGMA quick_check(1)').all();
  const answer = String(Object.values(row ?? {})[0]);
  if (answer !== 'ok') throw damaged(file, answer);
};

const openPart = (dir: string, part: SqlitePart, { maxPages }: SqliteOptions): SqliteFile => {
  const file = dir === ':memory:' ? dir : join(dir, `${part}.db`);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    if (dir !== ':memory:') database.exec(PRAGMAS[part]);
    prove(database, part, file);
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`);
    const opened = sqliteFile(database, file);
    migrate(opened, part, file);
    return opened;
  } catch (error) {
    database?.close();
    throw sqliteError(error, file);
  }
};

/** Opens, proves and migrates both files of a directory. Throws NinesError. */
export const openSqliteDirectory = (dir: string, options: SqliteOptions = {}): SqliteDirectory => {
  const nines = openPart(dir, 'nines', options);
  let series: SqliteFile;
  try {
    series = openPart(dir, 'series', options);
  } catch (error) {
    nines.close();
    throw error;
  }
  const files = ['nines.db', 'nines.db-wal', 'series.db', 'series.db-wal'].map((name) => join(dir, name));
  return {
    nines,
    series,
    bytes: () => files.reduce((sum, file) => sum + sizeOf(file), 0),
    close: () => {
      nines.close();
      series.close();
    },
  };
};
