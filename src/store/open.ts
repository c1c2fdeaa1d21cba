import { NinesError, messageOf } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { createAlerts } from './alerts.ts';
import { createAudit } from './audit.ts';
import { backupOf } from './backup.ts';
import { createBeats } from './beats.ts';
import { createCounters } from './counters.ts';
import { verifyBeside } from './verify-beside.ts';
import { createFacts } from './facts.ts';
import { createHappenings } from './happenings.ts';
import { createIncidents } from './incidents.ts';
import { createLeases } from './leases.ts';
import { createLedger } from './ledger.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { createOutbox } from './outbox.ts';
import { createReports } from './reports.ts';
import { createTrimming } from './result-statements.ts';
import { createResults } from './results.ts';
import { loadSeriesNames } from './series-names.ts';
import { createSeriesWriter } from './series-writer.ts';
import { createSlots } from './slots.ts';
import { retainStore } from './retain.ts';
import type { Databases, Sql } from './sql.ts';
import { openInlineSqlite, openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import { createTerm } from './term.ts';

const isConflict = (error: unknown): boolean => error instanceof NinesError && error.code === 'commit_conflict';

/** Remembers whether the last commit went through, and says it once per change. */
const watched = (sql: Sql, log: Log): Sql & { trouble(): string | null } => {
  let trouble: string | null = null;
  return {
    read: (text, values) => sql.read(text, values),
    numbers: (text, values) => sql.numbers(text, values),
    commit: async (statements) => {
      try {
        await sql.commit(statements);
        if (trouble !== null) log.info('The store can be written again.');
        trouble = null;
      } catch (error) {
        if (isConflict(error)) throw error;
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
  const term = createTerm(databases.shared);
  const names = await loadSeriesNames(series);
  const writer = await createSeriesWriter(series, names, term);
  const { takeOver, ...slots } = createSlots(series, names, writer, term);
  const { drop, ...counters } = createCounters(nines, term);
  const facts = createFacts(nines);
  const flush = async (): Promise<void> => {
    await Promise.all([slots.flush(), counters.flush()]);
  };
  const snapshot = async () => {
    if (!databases.snapshot)
      throw new NinesError(
        'conflict',
        'This store is a PostgreSQL database: back it up and check it with its own tools (pg_dump).',
      );
    // What is acknowledged is in the files; the last second of slots is still on its way.
    await flush().catch(() => undefined);
    return databases.snapshot();
  };
  const trimming = createTrimming(names);
  return {
    shared: databases.shared,
    backup: async (now) => backupOf(await snapshot(), now),
    verify: async () => {
      const { dir, release } = await snapshot();
      try {
        return await verifyBeside(dir);
      } finally {
        await release();
      }
    },
    ...retainStore({
      nines,
      series,
      names,
      writer,
      facts,
      leads: term.leads,
      checkpoint: databases.checkpoint ?? (async () => {}),
    }),
    commit: (statements) => nines.commit(statements),
    slots: { ...slots, flush },
    counters,
    results: createResults(series, names, writer, trimming),
    reports: createReports(series, names, writer, trimming),
    beats: createBeats(nines),
    alerts: createAlerts(nines),
    incidents: createIncidents(nines),
    outbox: createOutbox(nines, databases.shared),
    happenings: createHappenings(nines),
    audit: createAudit(nines),
    ledger: createLedger(nines),
    leases: createLeases(nines),
    facts,
    takeOver: async (fence) => {
      // Sums of an earlier term are behind those of whoever led since.
      if (databases.shared && fence !== null) drop();
      else await counters.flush();
      await takeOver(fence);
    },
    info: async () => ({
      bytes: await databases.bytes(),
      schemaVersion: SCHEMA_VERSION,
      writable: nines.trouble() === null,
      lastError: nines.trouble() ?? series.trouble(),
      setAside: databases.damaged?.() ?? [],
    }),
    close: async () => {
      await flush().catch((error: unknown) => log.error('The last second of slots was not written.', { error }));
      await databases.close();
    },
  };
};

type Place = { dir: string; databaseUrl?: string | null; log: Log };

/** The store of a PostgreSQL database where one is named, else of a directory. Throws what opening these throws. */
export const openStore = async ({ dir, databaseUrl = null, log }: Place): Promise<Store> => {
  if (databaseUrl !== null) {
    const { openPostgres } = await import('./postgres.ts');
    return createStore(await openPostgres(databaseUrl, log), log);
  }
  const onSetAside = (file: string): void =>
    log.error('series.db was damaged: it was put aside and a fresh one is begun. Pages and incidents go on.', {
      code: 'data_corrupt',
      file,
    });
  return createStore(await openSqlite(dir, { onSetAside }), log);
};

/** Everything in memory and in this thread: for tests. Nothing outlives `close`. */
export const openMemoryStore = (): Promise<Store> => createStore(openInlineSqlite(), silentLog);
