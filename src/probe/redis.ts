import { createRedisClient, isRedisError, ProtocolError, type Reply } from '../client/redis.ts';
import { namedByUrl, visitDatabase, type Speak } from './database.ts';
import { createProbe } from './kind.ts';
import { hider, parseDatabaseUrl, type DatabaseUrl } from './database-url.ts';
import { fail, unknown, type Failure } from './net/reasons.ts';
import type { Trace } from './net/phases.ts';
import type { Time } from './outcome.ts';
import type { Facts, Probe } from './probe.ts';
import { parseInfo, redisReadings } from './redis-info.ts';
import type { RedisTarget } from './targets.ts';

const PINGS = 5;
const DEFAULT_PORT = 6379;

/** What a server says instead of an answer. Words of Redis and of Upstash; the first that fits counts. */
const ANSWERS: readonly (readonly [RegExp, (place: string, said: string) => Failure])[] = [
  [/^NOAUTH\b/, (place) => fail('auth', `${place} asks for a password, and none was accepted`)],
  [/^WRONGPASS\b|invalid password/i, (place) => fail('auth', `${place} refused the user or the password`)],
  [
    /^NOPERM\b|^DENIED\b|^ERR (?:.*\bAUTH\b|Client sent AUTH)/,
    (place, said) => fail('auth', `${place} refused us: ${said}`),
  ],
  [
    /max(?:imum)? (?:daily |monthly )?(?:concurrent connections|requests? limit|request limit)|rate limit/i,
    (place, said) => unknown('limited', `${place} limits our requests, which says nothing about its health: ${said}`),
  ],
  [/^LOADING\b/, (place) => fail('query', `${place} is still loading its data`)],
  [/^MISCONF\b/, (place) => fail('query', `${place} cannot save its data to disk and refuses writes (MISCONF)`)],
  [/^OOM\b/, (place) => fail('query', `${place} has no memory left for writes (OOM)`)],
  [/^READONLY\b/, (place) => fail('query', `${place} is a read-only replica (READONLY)`)],
  [/^MASTERDOWN\b/, (place) => fail('query', `${place} is a replica whose primary is down (MASTERDOWN)`)],
  [/^BUSY\b/, (place) => fail('query', `${place} is held up by a script (BUSY)`)],
  [/max number of clients/i, (place) => fail('query', `${place} takes no more clients: the limit is reached`)],
];

const answered = ({ error }: { error: string }, { place }: Trace): Failure => {
  const known = ANSWERS.find(([pattern]) => pattern.test(error));
  return known ? known[1](place, error) : fail('query', `${place} answered with an error: ${error}`);
};

const refusalOf = (reply: Reply | undefined, expected: string, trace: Trace): Failure | null => {
  if (isRedisError(reply)) return answered(reply, trace);
  return reply === expected ? null : fail('protocol', `${trace.place} did not answer as Redis does`);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const loginOf = ({ user, password }: DatabaseUrl): string[][] =>
  password === null ? [] : [user === null ? ['AUTH', password] : ['AUTH', user, password]];

const factsOf = (fields: ReadonlyMap<string, string>): Facts => {
  const version = fields.get('redis_version');
  const role = fields.get('role');
  return { ...(version && { redis_version: version }), ...(role && { redis_role: role }) };
};

const talk =
  (url: DatabaseUrl): Speak =>
  async (socket, { trace, time }) => {
    const redis = createRedisClient(socket);
    const database = url.database ?? '0';
    const opening = [...loginOf(url), ...(database === '0' ? [] : [['SELECT', database]])];
    for (const command of opening) {
      const [reply] = await redis.send(command);
      const refused = refusalOf(reply, 'OK', trace);
      if (refused) return refused;
    }
    const pings: number[] = [];
    while (pings.length < PINGS) {
      const sentAt = time.monotonic();
      const [reply] = await redis.send(['PING']);
      const refused = refusalOf(reply, 'PONG', trace);
      if (refused) return refused;
      pings.push((time.monotonic() - sentAt) / 1_000);
    }
    const ping = { ping: median(pings) };
    const told = redis.send(['INFO']);
    // Some servers hang up without an answer to it.
    void redis.send(['QUIT']).catch(() => undefined);
    const [info] = await told;
    // A user without the right to INFO, or a service without it: the server is no less well.
    if (isRedisError(info)) return { readings: ping, facts: { redis_statistics_refused: 'INFO' } };
    if (typeof info !== 'string') return fail('protocol', `${trace.place} did not answer as Redis does`);
    const fields = parseInfo(info);
    return { readings: { ...ping, ...redisReadings(fields, time.now()) }, facts: factsOf(fields) };
  };

const orProtocol =
  (speak: Speak): Speak =>
  async (socket, visit) => {
    try {
      return await speak(socket, visit);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.code === 'ERR_RESP_TOO_LARGE'
        ? fail('too-large', `${visit.trace.place} sent ${error.message}`)
        : fail('protocol', `${visit.trace.place} does not speak Redis' protocol: ${error.message}`);
    }
  };

const NO_URL = unknown('internal', 'the url is none such as redis://user:password@host:6379/0');

/**
 * The Redis probe: one connection, five PINGs on it one after the other, INFO. `ping` is the median of the five round
 * trips in seconds: connecting and logging in are not what an application waits for.
 */
export const createRedisProbe = (time?: Time): Probe<RedisTarget> =>
  createProbe<RedisTarget>(
    async (target, visit) => {
      const url = parseDatabaseUrl(target.url);
      if (!url || (url.scheme !== 'redis' && url.scheme !== 'rediss')) return NO_URL;
      const way = {
        host: url.host,
        port: url.port ?? DEFAULT_PORT,
        tls: url.scheme === 'rediss' ? target.tls : null,
        reach: target.reach,
        hide: hider(url),
      };
      return visitDatabase(way, target, visit, orProtocol(talk(url)));
    },
    time,
    namedByUrl,
  );
