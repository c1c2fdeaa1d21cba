import type { ProbeSpec } from './meaning.ts';

/** What the checks of a kind read, by name; a kind that is not listed reads nothing. */
const READINGS: { readonly [Kind in ProbeSpec['kind']]?: readonly string[] } = {
  /** `serial` only of SOA. */
  dns: ['answers', 'serial'],
  postgres: [
    'query',
    'connections',
    'connections-max',
    'connections-used-ratio',
    'oldest-transaction-seconds',
    'locks-waiting',
    'deadlocks',
    'cache-hit-ratio',
    'in-recovery',
    'replicas',
    'replication-lag-seconds',
    'database-size-bytes',
  ],
  redis: [
    'ping',
    'memory-used-bytes',
    'memory-max-bytes',
    'memory-used-ratio',
    'clients',
    'clients-max',
    'clients-used-ratio',
    'blocked-clients',
    'evicted-keys',
    'keyspace-hit-ratio',
    'replicas',
    'replication-link-up',
    'replication-lag-seconds',
    'uptime-seconds',
    'last-save-age-seconds',
  ],
};

export const readingsOf = (kind: ProbeSpec['kind']): ReadonlySet<string> => new Set(READINGS[kind]);
