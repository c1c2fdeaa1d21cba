import type { PoolClient, QueryConfig } from 'pg';
import { MINUTE } from '../duration.ts';
import { NinesError } from '../errors.ts';
import { VERSION, VERSION_TABLE, lacking, noting } from './migrate.ts';
import { queryOf } from './postgres-values.ts';
import type { Statement } from './sql.ts';

// Tables of these names that are not ours: 42P07 duplicate, 42703 and 42804 other columns.
const IN_THE_WAY = new Set<unknown>(['42P07', '42703', '42804']);

// Large tables take their time, and so does another replica that changes them.
const patient = (query: QueryConfig): QueryConfig & { query_timeout: number } => ({
  ...query,
  query_timeout: 30 * MINUTE,
});

/** Applies the oldest migration that is missing. False when none is. */
const step = async (client: PoolClient, lock: Statement, place: string): Promise<boolean> => {
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
  await client.query('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0');
  await client.query(patient(queryOf(lock.text, lock.values)));
  await client.query(VERSION_TABLE);
  const { rows } = await client.query<{ version: number }>(VERSION);
  const [next] = lacking(rows[0]?.version ?? 0, place);
  if (next) {
    for (const text of [...next.nines, ...next.series])
      await client.query(patient({ text: text.replaceAll(' WITHOUT ROWID', '') }));
    const { text, values } = noting(next.version);
    await client.query(queryOf(text, values));
  }
  await client.query('COMMIT');
  return next !== undefined;
};

/**
 * Brings the tables of both parts to the newest schema, one transaction per migration. Of several replicas that start
 * at once one does it and the others wait. Throws `data_too_new`, `database_unsupported`, or what pg throws.
 */
export const migratePostgres = async (client: PoolClient, lock: Statement, place: string): Promise<void> => {
  try {
    while (await step(client, lock, place));
  } catch (error) {
    await client.query('ROLLBACK');
    if (error instanceof Error && 'code' in error && IN_THE_WAY.has(error.code))
      throw new NinesError(
        'database_unsupported',
        `${place} has other tables in the way (${error.message}): give Nines a database of its own, or a schema with ?options=-c%20search_path%3Dnines.`,
        { cause: error },
      );
    throw error;
  }
};
