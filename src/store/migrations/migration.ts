/**
 * One step of the schema, applied in a transaction at open. The text is common to SQLite and PostgreSQL (times are
 * BIGINT ms, JSON is TEXT, no booleans); PostgreSQL leaves out the words WITHOUT ROWID, which only cluster a table.
 */
export type Migration = { version: number; nines: readonly string[]; series: readonly string[] };
