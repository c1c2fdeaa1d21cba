import { NinesError } from '../errors.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations/index.ts';
import type { SqliteFile } from './sqlite-file.ts';

/** Brings a database to the newest schema, one transaction per migration. Throws `data_too_new`. */
export const migrate = (database: SqliteFile, part: 'nines' | 'series', file: string): void => {
  const must = (list: readonly { text: string; values: readonly number[] }[]): void => {
    const [error] = database.commit([list]);
    if (error) throw error;
  };
  must([{ text: 'CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY)', values: [] }]);
  const [row] = database.read('SELECT COALESCE(MAX(version), 0) AS version FROM migration', []);
  const version = Number(row?.['version']);
  if (version > SCHEMA_VERSION)
    throw new NinesError(
      'data_too_new',
      `${file} was written by a newer Nines (schema ${version}, this one knows ${SCHEMA_VERSION}): run that version, or restore a backup.`,
    );
  for (const migration of MIGRATIONS.filter((known) => known.version > version))
    must([
      ...migration[part].map((text) => ({ text, values: [] })),
      { text: 'INSERT INTO migration (version) VALUES ($1)', values: [migration.version] },
    ]);
};
