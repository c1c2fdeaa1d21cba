import type { Snapshot } from './backup.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;
export type Row = Record<string, SqlValue>;

/** One parameterized statement (`$1`, `$2` …). With `rows`, exactly so many rows must change or the commit is undone. */
export type Statement = { text: string; values: readonly SqlValue[]; rows?: number };

/**
 * A database. `commit` is one list, all or nothing, durable when it settles as the database's mode says; a failed row
 * guard rejects with `commit_conflict` (load and decide again). There are no interactive transactions. The database
 * never supplies time. Errors: `store_unavailable`, `commit_conflict`, `data_full`, `data_corrupt`.
 */
export type Sql = {
  read<T = Row>(text: string, values?: readonly SqlValue[]): Promise<T[]>;
  /**
   * Columns that are all numbers, row after row in one array: for answers of many thousand rows, where an object for each
   * would cost several times what the database does.
   */
  numbers(text: string, values?: readonly SqlValue[]): Promise<Float64Array>;
  commit(statements: readonly Statement[]): Promise<void>;
};

/**
 * Both databases of one place. `bytes` is what they occupy on disk. `shared` says that other processes may write them
 * at the same time: then nothing that is kept in memory is believed before `Store.takeOver`.
 */
export type Databases = {
  nines: Sql;
  series: Sql;
  shared: boolean;
  bytes: () => Promise<number>;
  /** Copies of both files while they are used. Absent where the database is no file of ours. */
  snapshot?: () => Promise<Snapshot>;
  /** Leaves nothing of what was deleted in a log. */
  checkpoint?: () => Promise<void>;
  /** Damaged series that were put aside and still lie there. */
  damaged?: () => readonly string[];
  close: () => Promise<void>;
};
