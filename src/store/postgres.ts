import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { NinesError } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { createCommitQueue } from './commit-queue.ts';
import { FACTS, objection, type ServerFacts } from './postgres-checks.ts';
import { commitTogether } from './postgres-commit.ts';
import { judge } from './postgres-errors.ts';
import { migratePostgres } from './postgres-migrate.ts';
import { createPatience, type Patience } from './postgres-patience.ts';
import { connectPool, isPooledPerTransaction } from './postgres-pool.ts';
import { readAddress, type Address } from './postgres-url.ts';
import { queryOf } from './postgres-values.ts';
import type { Databases, Row, Sql, SqlValue, Statement } from './sql.ts';

// Locks are told apart by two numbers; this one spells NINE.
const LOCKS = 0x4e_49_4e_45;

/** One lock per schema and purpose: Nines of other schemas in the same database do not wait for each other. */
const lockOf = (schema: string, purpose: 'migration' | 'nines' | 'series'): Statement => ({
  text: 'SELECT pg_advisory_xact_lock($1, $2)',
  values: [LOCKS, createHash('sha256').update(`${schema}/${purpose}`).digest().readInt32BE()],
});

/** Looks whether Nines can live there, and makes its tables. Returns the schema. Throws NinesError, or what pg throws. */
const prepare = async (pool: Pool, place: string): Promise<string> => {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<ServerFacts>(FACTS);
    const [facts] = rows;
    if (!facts) throw new NinesError('store_unavailable', `${place} says nothing of itself.`);
    const objected = objection(facts, place);
    if (objected) throw objected;
    if (await isPooledPerTransaction(pool))
      throw new NinesError(
        'database_pooled',
        `${place} is reached through a transaction pooler, where locks and prepared statements do not stick: use the direct port.`,
      );
    const schema = facts.schema ?? '';
    await migratePostgres(client, lockOf(schema, 'migration'), place);
    return schema;
  } finally {
    client.release(true);
  }
};

const connect = async (address: Address, log: Log): Promise<{ pool: Pool; schema: string }> => {
  let pool: Pool | null = null;
  try {
    pool = await connectPool(address, log);
    return { pool, schema: await prepare(pool, address.place) };
  } catch (error) {
    await pool?.end();
    throw judge(error, address.place).error;
  }
};

const ATTEMPTS = 4;

type Server = { pool: Pool; place: string; patience: Patience };

const read = async ({ pool, place, patience }: Server, text: string, values: readonly SqlValue[]): Promise<Row[]> => {
  for (let tried = 1; ; tried++) {
    let began = Infinity;
    try {
      began = patience.begin();
      const client = await pool.connect();
      let discard = true;
      try {
        const { rows } = await client.query<Row>(queryOf(text, values));
        discard = false;
        return rows;
      } catch (error) {
        ({ discard } = judge(error, place));
        throw error;
      } finally {
        client.release(discard);
      }
    } catch (error) {
      const judged = judge(error, place);
      patience.failed(began, judged);
      if (!judged.again || tried === ATTEMPTS) throw judged.error;
    }
  }
};

/**
 * Opens one PostgreSQL database for both parts, in the first schema of the URL's search path. Commits of one part stand
 * in one line, also between replicas (an advisory lock): ids and the order within a lane follow the order of commits.
 * A connection that breaks rejects with `store_unavailable` (it may or may not be stored) and the next call makes a
 * new one. Throws `config_invalid`, `database_forbidden`, `database_pooled`, `database_read_only`, `database_unsafe`,
 * `database_unsupported`, `data_too_new`, `store_unavailable`, each with a sentence that says what to do.
 */
export const openPostgres = async (url: string, log: Log = silentLog): Promise<Databases> => {
  const address = readAddress(url);
  const { place } = address;
  const { pool, schema } = await connect(address, log);
  const server = { pool, place, patience: createPatience() };
  const running = new Set<Promise<unknown>>();
  let closed = false;

  const tracked = <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new NinesError('store_unavailable', `The store at ${place} is closed.`));
    const done = work();
    running.add(done);
    const forget = (): boolean => running.delete(done);
    done.then(forget, forget);
    return done;
  };
  const sqlOf = (part: 'nines' | 'series'): Sql => {
    const line = { ...server, lock: lockOf(schema, part) };
    const commit = createCommitQueue((lists) => commitTogether(line, lists));
    return {
      read: <T = Row>(text: string, values: readonly SqlValue[] = []) =>
        tracked(() => read(server, text, values)) as Promise<T[]>,
      numbers: (text, values = []) =>
        tracked(async () =>
          Float64Array.from((await read(server, text, values)).flatMap((row) => Object.values(row) as number[])),
        ),
      commit: (statements) => tracked(() => (statements.length === 0 ? Promise.resolve() : commit(statements))),
    };
  };

  const nines = sqlOf('nines');
  return {
    nines,
    series: sqlOf('series'),
    shared: true,
    bytes: async () => {
      const [row] = await nines.read<{ bytes: number }>('SELECT pg_database_size(current_database()) AS bytes');
      return row?.bytes ?? 0;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await Promise.allSettled(running);
      await pool.end();
    },
  };
};
