import type { PostgresClient, Row } from '../../client/postgres.ts';
import { serverErrorOf } from '../../client/postgres.ts';
import type { Readings } from '../probe.ts';

/** One statement whose columns are readings; null columns were not known. */
type Statistic = { name: string; sql: string };

const SEES_OTHERS = `pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')`;
const RESERVED = `current_setting('superuser_reserved_connections')::int
  + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int`;

/** Cheap ones first: when time runs out, what costs most is left out. Tables as of PostgreSQL 10 and later. */
const STATISTICS: readonly Statistic[] = [
  {
    // Who may not see others' work sees them without their type; every role sees how many each database has.
    name: 'connections',
    sql: `SELECT CASE WHEN ${SEES_OTHERS}
        THEN (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
        ELSE (SELECT sum(numbackends) FROM pg_stat_database) END AS "connections",
      current_setting('max_connections')::int - (${RESERVED}) AS "connections-max"`,
  },
  {
    name: 'transactions',
    sql: `SELECT CASE WHEN ${SEES_OTHERS}
        THEN coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) END AS "oldest-transaction-seconds"
      FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()`,
  },
  { name: 'locks', sql: `SELECT count(*) AS "locks-waiting" FROM pg_locks WHERE NOT granted` },
  {
    name: 'database',
    sql: `SELECT deadlocks AS "deadlocks", blks_hit::float8 / nullif(blks_hit + blks_read, 0) AS "cache-hit-ratio"
      FROM pg_stat_database WHERE datname = current_database()`,
  },
  {
    // A standby that is cut off has replayed all that it received, and still falls behind.
    name: 'recovery',
    sql: `SELECT pg_is_in_recovery()::int AS "in-recovery", CASE WHEN NOT pg_is_in_recovery() THEN NULL
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
        ELSE greatest(0, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))
      END AS "replication-lag-seconds"`,
  },
  {
    name: 'replicas',
    sql: `SELECT count(*) AS "replicas",
        max(coalesce(extract(epoch FROM replay_lag), CASE WHEN replay_lsn = sent_lsn THEN 0 END))
          FILTER (WHERE NOT pg_is_in_recovery()) AS "replication-lag-seconds"
      FROM pg_stat_replication HAVING ${SEES_OTHERS}`,
  },
  { name: 'size', sql: `SELECT pg_database_size(current_database()) AS "database-size-bytes"` },
];

/** SQLSTATEs for which a statistic is left out: no right, no such table or function, and none in time. */
const LEFT_OUT = new Set(['42501', '42P01', '42883', '42704', '0A000', '57014']);

const numbersOf = (row: Row | undefined): [string, number][] =>
  Object.entries(row ?? {}).flatMap(([name, value]): [string, number][] => {
    const number = value === null ? Number.NaN : Number(value);
    return Number.isFinite(number) ? [[name, number]] : [];
  });

/**
 * The server's numbers by name, in base units, and the names of statistics that it did not give. `leftMs` is how much
 * time there still is: one statistic gets at most a third of it, so that a slow one fails no check.
 */
export const readStatistics = async (
  client: PostgresClient,
  leftMs: () => number,
): Promise<{ readings: Readings; leftOut: readonly string[] }> => {
  const readings: Record<string, number> = {};
  const leftOut: string[] = [];
  for (const { name, sql } of STATISTICS) {
    try {
      const [row] = await client.query(sql, leftMs() / 3);
      const numbers = numbersOf(row);
      if (numbers.length === 0) leftOut.push(name);
      for (const [reading, value] of numbers) readings[reading] = value;
    } catch (error) {
      const state = serverErrorOf(error)?.state;
      if (state === undefined || !LEFT_OUT.has(state)) throw error;
      leftOut.push(name);
    }
  }
  const { connections, 'connections-max': most } = readings;
  if (connections !== undefined && most !== undefined && most > 0)
    readings['connections-used-ratio'] = connections / most;
  return { readings, leftOut };
};
