import type { Readings } from './probe.ts';

/** The fields of an INFO answer, https://redis.io/docs/latest/commands/info/. Services leave whole sections out. */
export const parseInfo = (text: string): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
};

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** The lags that a primary knows of its replicas: `slave0:ip=10.0.0.2,port=6379,state=online,offset=1,lag=1`. */
const lagsOf = (fields: ReadonlyMap<string, string>): number[] =>
  [...fields]
    .filter(([name]) => /^slave\d+$/.test(name))
    .flatMap(([, replica]) => /(?:^|,)lag=(\d+)(?:,|$)/.exec(replica)?.[1] ?? [])
    .map(Number);

/** Readings by name, in base units. What the server did not tell is absent, never 0. `now` is epoch ms. */
export const redisReadings = (fields: ReadonlyMap<string, string>, now: number): Readings => {
  const number = (name: string): number | undefined => {
    const text = fields.get(name);
    return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
  };
  const ratio = (part: number | undefined, whole: number | undefined): number | undefined =>
    part === undefined || whole === undefined || whole <= 0 ? undefined : part / whole;
  const limit = (name: string): number | undefined => {
    const value = number(name);
    return value !== undefined && value > 0 ? value : undefined;
  };

  const used = number('used_memory');
  const maxMemory = limit('maxmemory');
  const clients = number('connected_clients');
  const maxClients = limit('maxclients');
  const hits = number('keyspace_hits');
  const misses = number('keyspace_misses');
  const isReplica = fields.get('role') === 'slave';
  const link = fields.get('master_link_status');
  const downFor = number('master_link_down_since_seconds');
  const lags = lagsOf(fields);
  const savedAt = limit('rdb_last_save_time');
  const serverNow = number('server_time_usec');
  const seconds = serverNow === undefined ? now / 1_000 : serverNow / 1_000_000;

  const readings: Record<string, number | undefined> = {
    'memory-used-bytes': used,
    'memory-max-bytes': maxMemory,
    'memory-used-ratio': ratio(used, maxMemory),
    clients,
    'clients-max': maxClients,
    'clients-used-ratio': ratio(clients, maxClients),
    'blocked-clients': number('blocked_clients'),
    'evicted-keys': number('evicted_keys'),
    'keyspace-hit-ratio': hits === undefined || misses === undefined ? undefined : ratio(hits, hits + misses),
    replicas: number('connected_slaves'),
    'replication-link-up': isReplica && link !== undefined ? Number(link === 'up') : undefined,
    // A replica that is linked tells when it last heard its primary, which is no lag: an idle primary is silent too.
    'replication-lag-seconds': isReplica
      ? link === 'down' && downFor !== undefined && downFor >= 0
        ? downFor
        : undefined
      : lags.length > 0
        ? Math.max(...lags)
        : undefined,
    'uptime-seconds': number('uptime_in_seconds'),
    'last-save-age-seconds': savedAt === undefined ? undefined : Math.max(0, seconds - savedAt),
  };
  return Object.fromEntries(
    Object.entries(readings).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
};
