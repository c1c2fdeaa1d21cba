import { DAY, HOUR } from '../duration.ts';
import type { Sql, SqlValue, Statement } from './sql.ts';

export const FINE_KEPT = 6 * HOUR;
export const MINUTES_KEPT = 14 * DAY;
export const RESULTS_KEPT = 14 * DAY;

/** All rows that belong to no system that is defined now. */
export const OTHERS = '*';

/** What the last run left, told so that somebody can check it. `oldest` is epoch ms, null for an empty table. */
export type RetentionReport = {
  at: number;
  systems: { system: string; keptMs: number; tables: { table: string; deleted: number; oldest: number | null }[] }[];
};

/** Ids begin with their system: `duru-notes/api/availability`. */
export type Retention = {
  /** The system whose retention counts; `*` when none is defined. */
  systemOf(id: string): string;
  keptMs(system: string): number;
  longestMs: number;
  /** Every defined system, and `*`. */
  systems: readonly string[];
};

/** `systems` maps each defined system to its retention in ms. What no system claims is kept as long as the longest. */
export const createRetention = (systems: ReadonlyMap<string, number>): Retention => {
  const longestMs = Math.max(DAY, ...systems.values());
  return {
    systemOf: (id) => {
      const slash = id.indexOf('/');
      const system = slash < 0 ? id : id.slice(0, slash);
      return systems.has(system) ? system : OTHERS;
    },
    keptMs: (system) => systems.get(system) ?? longestMs,
    longestMs,
    systems: [...systems.keys(), OTHERS],
  };
};

/** Counts what a run deletes and finds. */
export type Tally = {
  deleted(system: string, table: string, rows: number): void;
  oldest(system: string, table: string, at: number | null): void;
  report(at: number): RetentionReport;
};

export const createTally = (retention: Retention): Tally => {
  const found = new Map<string, Map<string, { deleted: number; oldest: number | null }>>();
  const of = (system: string, table: string) => {
    const tables = found.get(system) ?? new Map<string, { deleted: number; oldest: number | null }>();
    const row = tables.get(table) ?? { deleted: 0, oldest: null };
    found.set(system, tables.set(table, row));
    return row;
  };
  return {
    deleted: (system, table, rows) => void (of(system, table).deleted += rows),
    oldest: (system, table, at) => {
      const row = of(system, table);
      if (at !== null && (row.oldest === null || at < row.oldest)) row.oldest = at;
    },
    report: (at) => ({
      at,
      systems: retention.systems.map((system) => ({
        system,
        keptMs: retention.keptMs(system),
        tables: [...(found.get(system) ?? [])].map(([table, row]) => ({ table, ...row })),
      })),
    }),
  };
};

/** How a run deletes: each call is a commit of its own, so that whoever waits behind it hardly notices. */
export type Deleting = { read: Sql['read']; commit: (statements: readonly Statement[]) => Promise<void> };

/** Rows of one table: `where` names a few (`sli = $1`), `time` is their instant. */
export type Rows = { table: string; where: string; values: readonly SqlValue[]; time: string };

/**
 * Deletes the rows before `before`, oldest first, `step` ms of them at a time. Returns how many, and the oldest that is
 * left.
 */
export const deleteBefore = async (
  { read, commit }: Deleting,
  { table, where, values, time }: Rows,
  before: number,
  step: number,
): Promise<{ deleted: number; oldest: number | null }> => {
  const some = `FROM ${table} WHERE ${where}`;
  let deleted = 0;
  for (;;) {
    const [row] = await read<{ oldest: number | null }>(`SELECT MIN(${time}) AS oldest ${some}`, values);
    const oldest = row?.oldest ?? null;
    if (oldest === null || oldest >= before) return { deleted, oldest };
    const these = `${some} AND ${time} < $${values.length + 1}`;
    const until = [...values, Math.min(before, oldest + step)];
    const [counted] = await read<{ count: number }>(`SELECT COUNT(*) AS count ${these}`, until);
    await commit([{ text: `DELETE ${these}`, values: until }]);
    deleted += counted?.count ?? 0;
  }
};
