import { messageOf } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { createAlerts } from './alerts.ts';
import { createAudit } from './audit.ts';
import { createBeats } from './beats.ts';
import { createCounters } from './counters.ts';
import { createFacts } from './facts.ts';
import { createHappenings } from './happenings.ts';
import { createIncidents } from './incidents.ts';
import { createLeases } from './leases.ts';
import { createLedger } from './ledger.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { createOutbox } from './outbox.ts';
import { createReports } from './reports.ts';
import { createResults } from './results.ts';
import { loadSeriesNames } from './series-names.ts';
import { createSeriesWriter } from './series-writer.ts';
import { createSlots } from './slots.ts';
import type { Sql } from './sql.ts';
import { openInlineSqlite, openSqlite, type Databases } from './sqlite.ts';
import type { Store } from './store.ts';

/** Remembers whether the last commit went through, and says it once per change. */
const watched = (sql: Sql, log: Log): Sql & { trouble(): string | null } => {
  let trouble: string | null = null;
  return {
    read: (text, values) => sql.read(text, values),
    commit: async (statements) => {
      try {
        await sql.commit(statements);
        if (trouble !== null) log.info('The store can be written again.');
        trouble = null;
      } catch (error) {
        const conflict = error instanceof Error && 'code' in error && error.code === 'commit_conflict';
        if (conflict) throw error;
        if (trouble === null) log.error('The store cannot be written.', { error });
        trouble = messageOf(error);
        throw error;
      }
    },
    trouble: () => trouble,
  };
};

/** The store over two open databases, SQLite's or another's. */
export const createStore = async (databases: Databases, log: Log): Promise<Store> => {
  const nines = watched(databases.nines, log);
  const series = watched(databases.series, log);
  const names = await loadSeriesNames(series);
  const writer = await createSeriesWriter(series, names);
  const slots = createSlots(series, names, writer);
  const counters = createCounters(nines);
  const flush = async (): Promise<void> => {
    await Promise.all([slots.flush(), counters.flush()]);
  };
  return {
    commit: (statements) => nines.commit(statements),
    slots: { ...slots, flush },
    counters,
    results: createResults(series, names, writer),
    reports: createReports(series, names, writer),
    beats: createBeats(nines),
    alerts: createAlerts(nines),
    incidents: createIncidents(nines),
    outbox: createOutbox(nines),
    happenings: createHappenings(nines),
    audit: createAudit(nines),
    ledger: createLedger(nines),
    leases: createLeases(nines),
    facts: createFacts(nines),
    info: async () => ({
      bytes: await databases.bytes(),
      schemaVersion: SCHEMA_VERSION,
      writable: nines.trouble() === null,
      lastError: nines.trouble() ?? series.trouble(),
    }),
    close: async () => {
      await flush().catch((error: unknown) => log.error('The last second of slots was not written.', { error }));
      await databases.close();
    },
  };
};

/** The store of a directory, in its own thread. Throws what `openSqlite` throws. */
export const openStore = async ({ dir, log }: { dir: string; log: Log }): Promise<Store> =>
  createStore(await openSqlite(dir), log);

/** Everything in memory and in this thread: for tests. Nothing outlives `close`. */
export const openMemoryStore = (): Promise<Store> => createStore(openInlineSqlite(), silentLog);
