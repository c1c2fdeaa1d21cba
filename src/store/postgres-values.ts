import { createHash } from 'node:crypto';
import { types, type QueryConfig } from 'pg';
import type { SqlValue } from './sql.ts';

// Object ids of types, pg_type.dat: what sums and counts come back as.
const BYTEA = 17;
const INT8 = 20;
const NUMERIC = 1700;

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));

/** Integers of 8 bytes and sums are numbers, as SQLite gives them; bytes are plain bytes. */
export const TYPES = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8 || oid === NUMERIC) return Number;
    return oid === BYTEA ? bytesOf : types.getTypeParser(oid, format);
  }) as typeof types.getTypeParser,
};

// Texts are few; should they ever not be, the server's memory is not filled with prepared ones.
const NAMED_AT_MOST = 500;
const names = new Map<string, string>();

const nameOf = (text: string): string | undefined => {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMED_AT_MOST) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  names.set(text, name);
  return name;
};

// PostgreSQL's text cannot hold NUL, and one such character would refuse a whole batch of results for ever.
const storable = (value: SqlValue): SqlValue =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;

/** A statement as pg takes it: with values it is prepared once per connection, under a hash of its text. */
export const queryOf = (text: string, values: readonly SqlValue[]): QueryConfig => {
  if (values.length === 0) return { text };
  const name = nameOf(text);
  return { text, values: values.map(storable), ...(name === undefined ? {} : { name }) };
};
