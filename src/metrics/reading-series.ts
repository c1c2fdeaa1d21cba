import { createOptional, type Optional } from './optional.ts';
import type { Family, Labels, Series } from './series.ts';

type Kind = 'postgres' | 'redis';

/** Reading → metric, by kind of probe; the last word of a name is its unit. */
export const READING_METRICS: Readonly<Record<Kind, Readonly<Record<string, readonly [name: string, help: string]>>>> =
  {
    postgres: {
      query: ['nines_postgres_query_seconds', 'Round trip of the query.'],
      connections: ['nines_postgres_connections', 'Client connections that are open.'],
      'connections-max': [
        'nines_postgres_connections_max',
        'Connections that clients may open: without reserved ones.',
      ],
      'connections-used-ratio': ['nines_postgres_connections_used_ratio', 'Share of the connections that are open.'],
      'oldest-transaction-seconds': [
        'nines_postgres_oldest_transaction_seconds',
        'Age of the oldest open transaction.',
      ],
      'locks-waiting': ['nines_postgres_locks_waiting', 'Locks that somebody waits for.'],
      deadlocks: ['nines_postgres_deadlocks_total', 'Deadlocks in the database since its statistics began.'],
      'cache-hit-ratio': ['nines_postgres_cache_hit_ratio', 'Share of blocks found in memory since statistics began.'],
      'in-recovery': ['nines_postgres_in_recovery', '1 on a standby.'],
      replicas: ['nines_postgres_replicas', 'Standbys that stream from it.'],
      'replication-lag-seconds': [
        'nines_postgres_replication_lag_seconds',
        'Lag of a standby; on a primary the worst.',
      ],
      'database-size-bytes': ['nines_postgres_database_size_bytes', 'Size of the database.'],
    },
    redis: {
      ping: ['nines_redis_ping_seconds', 'Median round trip of PING on a warm connection.'],
      'memory-used-bytes': ['nines_redis_memory_used_bytes', 'Memory that data takes.'],
      'memory-max-bytes': ['nines_redis_memory_max_bytes', 'Memory that data may take.'],
      'memory-used-ratio': ['nines_redis_memory_used_ratio', 'Share of that memory that is taken.'],
      clients: ['nines_redis_clients', 'Clients that are connected.'],
      'clients-max': ['nines_redis_clients_max', 'Clients that may connect.'],
      'clients-used-ratio': ['nines_redis_clients_used_ratio', 'Share of them that are connected.'],
      'blocked-clients': ['nines_redis_blocked_clients', 'Clients that wait in a blocking command.'],
      'evicted-keys': [
        'nines_redis_evicted_keys_total',
        'Keys thrown out for lack of memory since the server started.',
      ],
      'keyspace-hit-ratio': [
        'nines_redis_keyspace_hit_ratio',
        'Share of look-ups that found their key since the start.',
      ],
      replicas: ['nines_redis_replicas', 'Replicas that are connected.'],
      'replication-link-up': ['nines_redis_replication_link_up', '1 while a replica is linked to its primary.'],
      'replication-lag-seconds': ['nines_redis_replication_lag_seconds', 'Worst known lag of replication.'],
      'uptime-seconds': ['nines_redis_uptime_seconds', 'Time since the server started.'],
      'last-save-age-seconds': [
        'nines_redis_last_save_age_seconds',
        'Time since the last save to disk that succeeded.',
      ],
    },
  };

/** The readings of one probe. `readings` is JSON by name; null takes all of them out of the text. */
export type ExportedReadings = { show(readings: string | null): void };

const numbersOf = (text: string | null): Readonly<Record<string, unknown>> => {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(READING_METRICS, kind);

/** Series of what checks read. Counters fall when the server that counts starts anew, as Prometheus expects of them. */
export const createReadingSeries = (series: Series) => {
  const families = new Map<string, Family>();
  const familyOf = (name: string, help: string): Family => {
    const known = families.get(name);
    if (known) return known;
    const family = name.endsWith('_total') ? series.counter(name, help) : series.gauge(name, help);
    families.set(name, family);
    return family;
  };
  return {
    of: (kind: string, labels: Labels): ExportedReadings => {
      const exported: [reading: string, Optional][] = isKind(kind)
        ? Object.entries(READING_METRICS[kind]).map(([reading, [name, help]]) => [
            reading,
            createOptional(familyOf(name, help), labels),
          ])
        : [];
      return {
        show: (text) => {
          const numbers = exported.length > 0 ? numbersOf(text) : {};
          for (const [reading, optional] of exported) {
            const value = numbers[reading];
            optional.set(typeof value === 'number' ? value : null);
          }
        },
      };
    },
  };
};
