import { Pool, type ClientBase, type PoolClient, type PoolConfig } from 'pg';
import { MINUTE, SECOND } from '../duration.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { withoutTls, type Address } from './postgres-url.ts';
import { TYPES } from './postgres-values.ts';

const CONNECTIONS = 6;
const CONNECT = 10 * SECOND;
// Longer than the server's own limit: only a network that swallows answers gets so far.
const ANSWER = 25 * SECOND;

// A replica that stops in the middle of a transaction loses its locks before the others lose patience; no plan of ours
// is worth compiling, and servers too old to be accepted know no `jit`.
const SESSION = `SET statement_timeout = '20s'; SET lock_timeout = '10s';
  SET idle_in_transaction_session_timeout = '5s'; SET default_transaction_isolation = 'read committed';
  SET client_min_messages = warning; SET bytea_output = hex;
  SELECT set_config('jit', 'off', false) FROM pg_settings WHERE name = 'jit';
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

const NO_TLS = 'The server does not support SSL connections';

const poolOf = ({ connectionString }: Address, log: Log): Pool => {
  const config: PoolConfig & { onConnect: (client: ClientBase) => Promise<unknown> } = {
    connectionString,
    max: CONNECTIONS,
    idleTimeoutMillis: 5 * MINUTE,
    connectionTimeoutMillis: CONNECT,
    query_timeout: ANSWER,
    application_name: 'nines',
    keepAlive: true,
    // Statements are sent without waiting for the answer to the one before.
    pipeline: true,
    types: TYPES,
    onConnect: (client) => client.query(SESSION),
  };
  const pool = new Pool(config);
  // An idle connection that breaks is replaced by the next call, one in use rejects its call; both tell it here too.
  pool.on('error', (error) => log.warn('A connection to PostgreSQL broke.', { reason: messageOf(error) }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/** A pool that has connected once. Throws what pg throws. */
export const connectPool = async (address: Address, log: Log): Promise<Pool> => {
  const pool = poolOf(address, log);
  try {
    (await pool.connect()).release();
    return pool;
  } catch (error) {
    await pool.end();
    if (address.plainIfRefused && messageOf(error) === NO_TLS) return connectPool(withoutTls(address), log);
    throw error;
  }
};

const WAIT_FOR_PROCESS = 3 * SECOND;

const processOf = async (client: PoolClient): Promise<number | null> => {
  const query = { text: 'SELECT pg_backend_pid() AS pid', query_timeout: WAIT_FOR_PROCESS };
  const { rows } = await client.query<{ pid: number }>(query);
  return rows[0]?.pid ?? null;
};

/**
 * Whether something between us and the server hands out its processes per transaction: while another client is in a
 * transaction, ours is given a different process, or none.
 */
export const isPooledPerTransaction = async (pool: Pool): Promise<boolean> => {
  const ours = await pool.connect();
  const other = await pool.connect();
  try {
    const before = await processOf(ours);
    await other.query('BEGIN');
    const during = await processOf(ours).catch(() => null);
    await other.query('ROLLBACK');
    return before !== during;
  } finally {
    ours.release(true);
    other.release(true);
  }
};
