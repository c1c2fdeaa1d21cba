import { NinesError } from '../errors.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import type { SqliteFile } from './sqlite-file.ts';
import type { Statement } from './sql.ts';

export const VERSION_TABLE = 'CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY)';
export const VERSION = 'SELECT COALESCE(MAX(version), 0) AS version FROM migration';

export const noting = (version: number): Statement => ({
  text: 'INSERT INTO migration (version) VALUES ($1)',
  values: [version],
});

/** What a database of `version` still lacks, oldest first. `place` names it in the error `data_too_new`. */
export const lacking = (version: number, place: string): readonly Migration[] => {
  if (version > SCHEMA_VERSION)
    throw new NinesError(
      'data_too_new',
      `${place} was written by a newer Nines (schema ${version}, this one knows ${SCHEMA_VERSION}): run that version, or restore a backup.`,
    );
  return MIGRATIONS.filter((known) => known.version > version);
};

/** Brings a database to the newest schema, one transaction per migration. Throws `data_too_new`. */
export const migrate = (database: SqliteFile, part: 'nines' | 'series', file: string): void => {
  const must = (list: readonly Statement[]): void => {
    const [error] = database.commit([list]);
    if (error) throw error;
  };
  must([{ text: VERSION_TABLE, values: [] }]);
  const [row] = database.read(VERSION, []);
  for (const migration of lacking(Number(row?.['version']), file))
    must([...migration[part].map((text) => ({ text, values: [] })), noting(migration.version)]);
};
