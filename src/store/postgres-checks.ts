import { NinesError } from '../errors.ts';

/** What the server says of itself, of this role and of this connection. */
export type ServerFacts = {
  /** As `server_version_num`: 150018 is 15.18. */
  version: number;
  fsync: string;
  fullPageWrites: string;
  synchronousCommit: string;
  standby: boolean;
  readOnly: string;
  encoding: string;
  role: string;
  database: string;
  searchPath: string;
  /** null when no schema of the search path exists. */
  schema: string | null;
  maySee: boolean | null;
  mayCreate: boolean | null;
};

export const FACTS = `SELECT current_setting('server_version_num')::int AS "version", current_setting('fsync') AS "fsync",
  current_setting('full_page_writes') AS "fullPageWrites", current_setting('synchronous_commit') AS "synchronousCommit",
  pg_is_in_recovery() AS "standby", current_setting('transaction_read_only') AS "readOnly",
  current_setting('server_encoding') AS "encoding", current_user::text AS "role", current_database()::text AS "database",
  current_setting('search_path') AS "searchPath", current_schema()::text AS "schema",
  has_schema_privilege(current_schema(), 'USAGE') AS "maySee",
  has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate"`;

const OLDEST = 130_000;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Why Nines must not keep its data there, or null. `place` names the server. */
export const objection = (facts: ServerFacts, place: string): NinesError | null => {
  const { version, role, schema } = facts;
  const because = (code: NinesError['code'], sentence: string): NinesError =>
    new NinesError(code, `${place} ${sentence}`);
  if (version < OLDEST)
    return because(
      'database_unsupported',
      `is PostgreSQL ${Math.floor(version / 10_000)}, and Nines needs 13 or newer: upgrade it.`,
    );
  if (facts.encoding !== 'UTF8')
    return because(
      'database_unsupported',
      `has the encoding ${facts.encoding}, and Nines needs UTF8: create the database with ENCODING 'UTF8' TEMPLATE template0.`,
    );
  if (facts.standby)
    return because('database_read_only', 'is a standby, which cannot be written: point DATABASE_URL at the primary.');
  if (facts.readOnly === 'on')
    return because(
      'database_read_only',
      `makes transactions read-only: ALTER ROLE ${quoted(role)} SET default_transaction_read_only = off; or see that this is the primary.`,
    );
  const unsafe = { fsync: facts.fsync, full_page_writes: facts.fullPageWrites };
  for (const [name, value] of Object.entries(unsafe))
    if (value === 'off')
      return because(
        'database_unsafe',
        `has ${name}=off and loses acknowledged pages in a power cut: ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`,
      );
  if (facts.synchronousCommit === 'off')
    return because(
      'database_unsafe',
      `has synchronous_commit=off and does not let this session switch it on: ALTER ROLE ${quoted(role)} SET synchronous_commit = on;`,
    );
  if (schema === null)
    return because(
      'database_forbidden',
      `has no schema of the search path ${facts.searchPath}: CREATE SCHEMA of that name, or correct the search_path of DATABASE_URL.`,
    );
  if (facts.maySee !== true || facts.mayCreate !== true)
    return because(
      'database_forbidden',
      `does not let the role make tables: GRANT USAGE, CREATE ON SCHEMA ${quoted(schema)} TO ${quoted(role)};`,
    );
  return null;
};
