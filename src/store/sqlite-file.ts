import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NinesError } from '../errors.ts';
import { copyDatabase } from './sqlite-copy.ts';
import { isUnclear, sqliteError } from './sqlite-errors.ts';
import type { Row, SqlValue, Statement } from './sql.ts';

/** One database file, synchronous: owned by the store thread, or by a test. Throws NinesError only. */
export type SqliteFile = {
  read(text: string, values: readonly SqlValue[]): Row[];
  /** Row after row; every column is a number. */
  numbers(text: string, values: readonly SqlValue[]): Float64Array;
  /**
   * Each list is all or nothing, and all of them become durable together (one fsync). One answer per list, in order:
   * null when it is stored.
   */
  commit(lists: readonly (readonly Statement[])[]): (NinesError | null)[];
  /** A copy as of the instant it settles, made beside everything else; see `copyDatabase`. */
  copyTo(target: string): Promise<void>;
  close(): void;
};

const KEPT_STATEMENTS = 300;

const statements = (database: DatabaseSync): ((text: string) => StatementSync) => {
  const kept = new Map<string, StatementSync>();
  return (text) => {
    const known = kept.get(text);
    if (known) return known;
    // `$1` would be a name for SQLite; `?1` is its position.
    const made = database.prepare(text.replaceAll(/\$(\d+)/g, '?$1'));
    const oldest = kept.size < KEPT_STATEMENTS ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(text, made);
    return made;
  };
};

/** Wraps an open database; `file` names it in errors. */
export const sqliteFile = (database: DatabaseSync, file: string): SqliteFile => {
  const prepared = statements(database);
  // A statement gives either objects or arrays.
  const preparedForNumbers = statements(database);

  const run = (list: readonly Statement[]): void => {
    for (const { text, values, rows } of list) {
      const { changes } = prepared(text).run(...values);
      if (rows !== undefined && Number(changes) !== rows)
        throw new NinesError(
          'commit_conflict',
          `Expected ${rows} changed rows and got ${changes}: something else changed it first; load it and decide again.`,
        );
    }
  };

  const undo = (): void => {
    // A full disk may already have rolled the transaction back.
    if (database.isTransaction) database.exec('ROLLBACK');
  };

  const alone = (list: readonly Statement[]): NinesError | null => {
    try {
      database.exec('BEGIN IMMEDIATE');
      run(list);
      database.exec('COMMIT');
      return null;
    } catch (error) {
      undo();
      return sqliteError(error, file);
    }
  };

  const within = (list: readonly Statement[]): NinesError | null => {
    try {
      database.exec('SAVEPOINT one');
      run(list);
      database.exec('RELEASE one');
      return null;
    } catch (error) {
      if (!database.isTransaction) throw error;
      database.exec('ROLLBACK TO one');
      database.exec('RELEASE one');
      return sqliteError(error, file);
    }
  };

  const together = (lists: readonly (readonly Statement[])[]): (NinesError | null)[] => {
    try {
      database.exec('BEGIN IMMEDIATE');
      const answers = lists.map(within);
      database.exec('COMMIT');
      return answers;
    } catch (error) {
      undo();
      // One list too large for the disk must not take its neighbours along; an unclear one must not be written twice.
      return isUnclear(error) ? lists.map(() => sqliteError(error, file)) : lists.map(alone);
    }
  };

  return {
    read: (text, values) => {
      try {
        return prepared(text).all(...values);
      } catch (error) {
        throw sqliteError(error, file);
      }
    },
    numbers: (text, values) => {
      try {
        const statement = preparedForNumbers(text);
        statement.setReturnArrays(true);
        const rows = statement.all(...values) as unknown as number[][];
        const width = rows[0]?.length ?? 0;
        const flat = new Float64Array(rows.length * width);
        let at = 0;
        for (const row of rows) for (const value of row) flat[at++] = value;
        return flat;
      } catch (error) {
        throw sqliteError(error, file);
      }
    },
    commit: (lists) => (lists.length > 1 ? together(lists) : lists.map(alone)),
    copyTo: (target) => copyDatabase(database, file, target),
    close: () => database.close(),
  };
};
