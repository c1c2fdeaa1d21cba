import type { Row, Sql, SqlValue } from './sql.ts';
import type { SqliteFile } from './sqlite-file.ts';
import { openSqliteDirectory, type SqliteOptions } from './sqlite-open.ts';

/** Both databases of one place. `bytes` is what they occupy on disk. */
export type Databases = { nines: Sql; series: Sql; bytes(): Promise<number>; close(): Promise<void> };

const inlineSql = (file: SqliteFile): Sql => ({
  read: async <T = Row>(text: string, values: readonly SqlValue[] = []) => file.read(text, values).map((row) => ({ ...row })) as T[],
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
    bytes: async () => files.bytes(),
    close: async () => files.close(),
  };
};
