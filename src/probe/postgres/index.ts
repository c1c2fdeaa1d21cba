import { namedByUrl, visitDatabase, type Speak } from '../database.ts';
import { hider, parseDatabaseUrl, type DatabaseUrl } from '../database-url.ts';
import { createProbe } from '../kind.ts';
import { enter } from '../net/phases.ts';
import { isFailure, unknown } from '../net/reasons.ts';
import type { Time } from '../outcome.ts';
import type { Probe } from '../probe.ts';
import type { PostgresTarget } from '../targets.ts';
import { protect, protectionOf, type Protection } from './tls.ts';

const DEFAULT_PORT = 5432;

type Parts = { url: DatabaseUrl; protection: Protection; target: PostgresTarget };

const talk =
  ({ url, protection, target }: Parts, vendor: Vendor): Speak =>
  async (plain, { trace, signal, time, startedAt, timeoutMs }) => {
    const until = startedAt + timeoutMs;
    const leftMs = (): number => until - time.monotonic();
    const socket = await protect(plain, url.host, target.tls, protection, trace, time.monotonic);
    if (isFailure(socket)) return socket;
    enter(trace, 'processing', time.monotonic());
    const user = url.user ?? 'postgres';
    const login = { user, password: url.password, database: url.database ?? user };
    try {
      const client = await vendor.openPostgres(socket, login);
      const askedAt = time.monotonic();
      await client.query(target.query, leftMs());
      const query = (time.monotonic() - askedAt) / 1_000;
      const { readings, leftOut } = await vendor.readStatistics(client, leftMs);
      client.end();
      const facts = leftOut.length > 0 ? { postgres_statistics_left_out: leftOut.join(', ') } : {};
      return { readings: { query, ...readings }, facts };
    } catch (error) {
      const failure = signal.aborted ? null : vendor.postgresFailure(error, trace, timeoutMs);
      if (failure) return failure;
      throw error;
    }
  };

/** pg costs 30 ms of CPU to load: only a process with a PostgreSQL probe pays. */
const loadVendor = async () => {
  const [{ openPostgres }, { readStatistics }, { postgresFailure }] = await Promise.all([
    import('../../client/postgres.ts'),
    import('./statistics.ts'),
    import('./errors.ts'),
  ]);
  return { openPostgres, readStatistics, postgresFailure };
};
type Vendor = Awaited<ReturnType<typeof loadVendor>>;

const NO_URL = unknown(
  'internal',
  'the url is none such as postgres://user:password@host:5432/database?sslmode=verify-full',
);

/**
 * The PostgreSQL probe: one connection, one read-only query, and the server's statistics. `query` is the round trip of
 * the query in seconds; what the role may not read is left out and named in the facts.
 */
export const createPostgresProbe = (time?: Time): Probe<PostgresTarget> => {
  const visiting = createProbe<PostgresTarget>(
    async (target, visit) => {
      const url = parseDatabaseUrl(target.url);
      const protection = url && protectionOf(url.parameters.get('sslmode'), target.tls);
      if (!url || !protection || !/^postgres(?:ql)?$/.test(url.scheme)) return NO_URL;
      // PostgreSQL is connected to without TLS, and then asked for it.
      const way = { host: url.host, port: url.port ?? DEFAULT_PORT, tls: null, reach: target.reach, hide: hider(url) };
      return visitDatabase(way, target, visit, talk({ url, protection, target }, await loadVendor()));
    },
    time,
    namedByUrl,
  );
  return async (target, context) => {
    // Before the clock of the check starts.
    await loadVendor();
    return visiting(target, context);
  };
};
