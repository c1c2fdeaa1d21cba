import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../errors.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { INVARIANTS, type Invariant } from './invariants.ts';
import { damaged, sqliteError } from './sqlite-errors.ts';
import { openLocked } from './sqlite-locked.ts';

/** One thing that was looked at. `code` is that of the error a server would stop with. */
export type Finding = {
  what: string;
  ok: boolean;
  text: string;
  code: 'data_corrupt' | 'data_locked' | 'data_too_new' | null;
};

/** What is in a pair of files, for people: how many, and from when to when (epoch ms; null when there is nothing). */
export type Holds = { incidents: number; open: number; slos: number; from: number | null; to: number | null };
export type Verified = { findings: Finding[]; holds: Holds | null };

type Row = Record<string, unknown>;
const rowOf = (database: DatabaseSync, text: string): Row => database.prepare(text).get() ?? {};
const numberOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

const fine = (what: string, text: string): Finding => ({ what, ok: true, text, code: null });
const bad = (what: string, text: string, code: Finding['code'] = 'data_corrupt'): Finding => ({
  what,
  ok: false,
  text,
  code,
});

const lookInto = (file: string): { findings: Finding[]; database: DatabaseSync | null } => {
  let database: DatabaseSync | null = null;
  try {
    if (!existsSync(file)) return { findings: [bad(file, 'is missing')], database: null };
    database = openLocked(file);
    const rows = database.prepare('PRAGMA integrity_check(5)').all() as Row[];
    const said = rows.map((row) => String(Object.values(row)[0]));
    if (said[0] !== 'ok') throw damaged(file, said.join('; '));
    const version = numberOf(rowOf(database, 'SELECT MAX(version) AS version FROM migration')['version']) ?? 0;
    if (version > SCHEMA_VERSION) {
      database.close();
      const text = `was written by a newer Nines (schema ${version}, this one knows ${SCHEMA_VERSION})`;
      return { findings: [bad(file, text, 'data_too_new')], database: null };
    }
    return { findings: [fine(file, `every page is whole (schema ${version})`)], database };
  } catch (error) {
    database?.close();
    const { code, message } = sqliteError(error, file);
    return { findings: [bad(file, message, code === 'data_locked' ? code : 'data_corrupt')], database: null };
  }
};

const judge = (database: DatabaseSync, { what, broken }: Invariant): Finding => {
  try {
    const rows = database.prepare(broken).all() as Row[];
    if (rows.length === 0) return fine(what, 'as it must be');
    const some = rows.slice(0, 3).map((row) => Object.values(row).join(' '));
    return bad(what, `broken by ${some.join(', ')}${rows.length > 3 ? ' and others' : ''}`);
  } catch (error) {
    return bad(what, `could not be looked at: ${messageOf(error)}`);
  }
};

const holdsOf = (nines: DatabaseSync): Holds => {
  const incidents = rowOf(nines, `SELECT COUNT(*) AS many, SUM(state <> 'resolved') AS open FROM incident`);
  const slos = rowOf(nines, 'SELECT COUNT(*) AS many, MIN(first) AS first FROM series.name WHERE first IS NOT NULL');
  const fine = rowOf(nines, 'SELECT MAX(start) AS last FROM series.fine_slot');
  const slot = rowOf(nines, 'SELECT MAX(start) AS last FROM series.slot');
  const books = rowOf(nines, 'SELECT MIN(start) AS first, MAX(start) AS last FROM ledger');
  const known = (values: unknown[]): number[] => values.map(numberOf).filter((value) => value !== null);
  const firsts = known([slos['first'], books['first']]);
  const lasts = known([fine['last'], slot['last'], books['last']]);
  return {
    incidents: Number(incidents['many']),
    open: Number(incidents['open'] ?? 0),
    slos: Number(slos['many']),
    from: firsts.length > 0 ? Math.min(...firsts) : null,
    to: lasts.length > 0 ? Math.max(...lasts) : null,
  };
};

/**
 * Looks at every page of both files of a directory that no server uses, then at what must always hold between rows.
 * Takes seconds for large files, and blocks: run it in a thread of its own, or in a command. Changes nothing but that a
 * log a killed server left is taken into its file.
 */
export const verifyDirectory = (dir: string): Verified => {
  const nines = lookInto(join(dir, 'nines.db'));
  const series = lookInto(join(dir, 'series.db'));
  const findings = [...nines.findings, ...series.findings];
  series.database?.close();
  if (nines.database && !series.database)
    findings.push(...INVARIANTS.nines.map((invariant) => judge(nines.database!, invariant)));
  if (!nines.database || !series.database) {
    nines.database?.close();
    return { findings, holds: null };
  }
  using database = nines.database;
  database.prepare('ATTACH DATABASE ? AS series').run(join(dir, 'series.db'));
  const all = [...INVARIANTS.nines, ...INVARIANTS.series, ...INVARIANTS.both];
  return { findings: [...findings, ...all.map((invariant) => judge(database, invariant))], holds: holdsOf(database) };
};

/** The same of a copy whose place is nobody's business: files are called by their bare names. */
export const verifyCopy = (dir: string): Verified => {
  const { findings, holds } = verifyDirectory(dir);
  const bare = (text: string): string => text.replaceAll(`${dir}/`, '');
  return { findings: findings.map((one) => ({ ...one, what: bare(one.what), text: bare(one.text) })), holds };
};
