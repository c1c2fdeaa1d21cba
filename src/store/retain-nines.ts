import type { Alert } from '../alert/alert.ts';
import type { Incident } from '../incident/incident.ts';
import { DAY, HOUR } from '../duration.ts';
import { NinesError } from '../errors.ts';
import { OTHERS, deleteBefore } from './retention.ts';
import type { Deleting, Retention, Tally } from './retention.ts';
import type { Statement } from './sql.ts';

const INCIDENTS_AT_ONCE = 50;
const ROWS_AT_ONCE = 500;
const HOURS_AT_ONCE = 1_000;

type Run = { deleting: Deleting; now: number; retention: Retention; tally: Tally };

const placeholders = (values: readonly unknown[]): string => values.map((_, at) => `$${at + 1}`).join(', ');

/** Commits; false when somebody changed one of the rows meanwhile, so that the next run looks at them again. */
const unlessChanged = async (deleting: Deleting, statements: readonly Statement[]): Promise<boolean> => {
  try {
    await deleting.commit(statements);
    return true;
  } catch (error) {
    if (error instanceof NinesError && error.code === 'commit_conflict') return false;
    throw error;
  }
};

/** A resolved incident goes when it has been over for long enough, and with it all that was written about it. */
const retainIncidents = async ({ deleting, now, retention, tally }: Run): Promise<void> => {
  const shortest = Math.min(...retention.systems.map(retention.keptMs));
  let after = { at: -1, id: '' };
  for (;;) {
    const rows = await deleting.read<{ id: string; openedAt: number; revision: number; body: string }>(
      `SELECT id, opened_at AS "openedAt", revision, body FROM incident WHERE state = 'resolved' AND opened_at < $1
        AND (opened_at > $2 OR (opened_at = $2 AND id > $3)) ORDER BY opened_at, id LIMIT ${INCIDENTS_AT_ONCE}`,
      [now - shortest, after.at, after.id],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = { at: last.openedAt, id: last.id };
    const due = rows.flatMap(({ id, revision, body }) => {
      const { system, resolved, changedAt } = JSON.parse(body) as Incident;
      const owner = retention.systemOf(system);
      return (resolved?.at ?? changedAt) < now - retention.keptMs(owner) ? [{ id, revision, owner }] : [];
    });
    if (due.length === 0) continue;
    const ids = due.map(({ id }) => id);
    const these = placeholders(ids);
    const went = await unlessChanged(deleting, [
      ...due.map(({ id, revision }) => ({
        text: `DELETE FROM incident WHERE id = $1 AND revision = $2 AND state = 'resolved'`,
        values: [id, revision],
        rows: 1,
      })),
      { text: `DELETE FROM timeline WHERE incident IN (${these})`, values: ids },
      { text: `DELETE FROM outbox WHERE incident IN (${these})`, values: ids },
      { text: `DELETE FROM audit WHERE object IN (${these})`, values: ids },
    ]);
    if (went) for (const { owner } of due) tally.deleted(owner, 'incident', 1);
  }
};

const retainLedger = async ({ deleting, now, retention, tally }: Run): Promise<void> => {
  for (let slo = ''; ;) {
    const [row] = await deleting.read<{ slo: string | null }>('SELECT MIN(slo) AS slo FROM ledger WHERE slo > $1', [
      slo,
    ]);
    if (!row?.slo) return;
    slo = row.slo;
    const system = retention.systemOf(slo);
    const rows = { table: 'ledger', where: 'slo = $1', values: [slo], time: 'start' };
    const before = now - retention.keptMs(system);
    const { deleted, oldest } = await deleteBefore(deleting, rows, before, HOURS_AT_ONCE * HOUR);
    tally.deleted(system, 'ledger', deleted);
    tally.oldest(system, 'ledger', oldest);
  }
};

const retainHappenings = async ({ deleting, now, retention, tally }: Run): Promise<void> => {
  for (const { system } of await deleting.read<{ system: string }>('SELECT DISTINCT system FROM happening')) {
    const owner = retention.systemOf(system);
    const rows = { table: 'happening', where: 'system = $1', values: [system], time: 'at' };
    const { deleted, oldest } = await deleteBefore(deleting, rows, now - retention.keptMs(owner), DAY);
    tally.deleted(owner, 'happening', deleted);
    tally.oldest(owner, 'happening', oldest);
  }
};

type Small = { key: string; system: string; at: number; isDue: boolean };

/** Few rows, one per probe, alert or SLO. */
const retainSmall = async ({ deleting, now, retention, tally }: Run): Promise<void> => {
  const remove = async (table: string, column: string, rows: readonly Small[]): Promise<void> => {
    const isOld = ({ system, at, isDue }: Small): boolean => isDue && at < now - retention.keptMs(system);
    for (const row of rows) if (!isOld(row)) tally.oldest(row.system, table, row.at);
    const old = rows.filter(isOld);
    for (let at = 0; at < old.length; at += ROWS_AT_ONCE) {
      const some = old.slice(at, at + ROWS_AT_ONCE);
      const values = some.map(({ key }) => key);
      await deleting.commit([{ text: `DELETE FROM ${table} WHERE ${column} IN (${placeholders(values)})`, values }]);
      for (const { system } of some) tally.deleted(system, table, 1);
    }
  };
  const beats = await deleting.read<{ probe: string; at: number }>('SELECT probe, at FROM beat');
  await remove(
    'beat',
    'probe',
    beats.map(({ probe, at }) => ({ key: probe, system: retention.systemOf(probe), at, isDue: true })),
  );
  const alerts = await deleting.read<{ key: string; at: number; body: string }>(
    'SELECT key, saved_at AS at, body FROM alert',
  );
  await remove(
    'alert',
    'key',
    alerts.map(({ key, at, body }) => {
      const { identity, status } = JSON.parse(body) as Alert;
      // One that is not clear belongs to what happens now, however long ago it began.
      return { key, system: retention.systemOf(identity.system), at, isDue: status === 'clear' };
    }),
  );
  const counters = await deleting.read<{ slo: string }>(
    'SELECT slo FROM counter WHERE slo NOT IN (SELECT slo FROM ledger)',
  );
  const gone = counters.filter(({ slo }) => retention.systemOf(slo) === OTHERS);
  await remove(
    'counter',
    'slo',
    gone.map(({ slo }) => ({ key: slo, system: OTHERS, at: 0, isDue: true })),
  );
};

const UNOWNED = 'NOT IN (SELECT id FROM incident)';

/** What belongs to no system: acts of people that are about no incident, messages about none, leases. */
const retainRest = async ({ deleting, now, retention, tally }: Run): Promise<void> => {
  const before = now - retention.longestMs;
  for (const [table, time, which] of [
    ['audit', 'at', `object ${UNOWNED}`],
    ['outbox', 'created_at', `incident ${UNOWNED} AND state NOT IN ('queued', 'sending', 'uncertain')`],
  ] as const) {
    for (;;) {
      const ids = await deleting.read<{ id: number }>(
        `SELECT id FROM ${table} WHERE ${time} < $1 AND ${which} ORDER BY id LIMIT ${ROWS_AT_ONCE}`,
        [before],
      );
      if (ids.length === 0) break;
      const values = ids.map(({ id }) => id);
      await deleting.commit([{ text: `DELETE FROM ${table} WHERE id IN (${placeholders(values)})`, values }]);
      tally.deleted(OTHERS, table, ids.length);
    }
    const [row] = await deleting.read<{ oldest: number | null }>(`SELECT MIN(${time}) AS oldest FROM ${table}`);
    tally.oldest(OTHERS, table, row?.oldest ?? null);
  }
  await deleting.commit([{ text: 'DELETE FROM lease WHERE until < $1', values: [before] }]);
};

const oldestIncidents = async ({ deleting, retention, tally }: Run): Promise<void> => {
  const rows = await deleting.read<{ group: string; oldest: number }>(
    'SELECT group_key AS "group", MIN(opened_at) AS oldest FROM incident GROUP BY group_key',
  );
  for (const { group, oldest } of rows)
    tally.oldest(retention.systemOf(group.slice(0, group.indexOf('|'))), 'incident', oldest);
};

/** Incidents, the books, and all else that is kept in nines.db. Open incidents are never touched. */
export const retainNines = async (run: Run): Promise<void> => {
  await retainIncidents(run);
  await oldestIncidents(run);
  await retainLedger(run);
  await retainHappenings(run);
  await retainSmall(run);
  await retainRest(run);
};
