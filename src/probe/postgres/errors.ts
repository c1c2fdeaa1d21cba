import { serverErrorOf } from '../../client/postgres.ts';
import { formatLimit } from '../../duration.ts';
import { fail, type Failure } from '../net/reasons.ts';
import type { Trace } from '../net/phases.ts';

type Say = (place: string, said: string) => Failure;

/** SQLSTATE or its class → our words, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const BY_STATE: Readonly<Record<string, Say>> = {
  '28P01': (place) => fail('auth', `${place} refused the user or the password`),
  '28': (place, said) => fail('auth', `${place} refused us: ${said}`),
  '3D000': (place, said) => fail('query', `${place} has no such database: ${said}`),
  '53300': (place, said) => fail('query', `${place} takes no more connections: ${said}`),
  '53': (place, said) => fail('query', `${place} lacks resources: ${said}`),
  '57P01': (place) => fail('query', `${place} is shutting down: it ended the connection`),
  '57P02': (place) => fail('query', `${place} is restarting after a crash`),
  '57P03': (place, said) => fail('query', `${place} takes no connections now: ${said}`),
  '42501': (place, said) => fail('query', `the user may not run the query on ${place}: ${said}`),
  '25006': (_place, said) => fail('query', `the query must only read: ${said}`),
};

/** What a check met on its way through login and query; null for what is no matter of PostgreSQL. */
export const postgresFailure = (error: unknown, { place }: Trace, timeoutMs: number): Failure | null => {
  const server = serverErrorOf(error);
  if (server) {
    const { state, sentence } = server;
    if (state === '57014')
      return fail('timeout', `the query on ${place} was not done within ${formatLimit(timeoutMs)}: ${sentence}`);
    const say = BY_STATE[state] ?? BY_STATE[state.slice(0, 2)];
    return say ? say(place, sentence) : fail('query', `the query on ${place} failed: ${sentence}`);
  }
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_POSTGRES_TOO_LARGE') return fail('too-large', `${place} sent ${error.message}`);
  if (code === 'ERR_POSTGRES_INVALID') return fail('protocol', `${place} does not speak the protocol of PostgreSQL`);
  if (code !== undefined) return null;
  // pg's own errors have no codes: it speaks of the password, of a login it does not know, or of the end.
  if (/password must be/i.test(error.message))
    return fail('auth', `${place} asks for a password, and the url has none`);
  if (/^SASL|authentication/i.test(error.message))
    return fail('auth', `the login at ${place} failed: ${error.message}`);
  if (/terminated/i.test(error.message)) return fail('reset', `${place} closed the connection while answering`);
  return /unexpected|unknown|invalid|not queryable/i.test(error.message)
    ? fail('protocol', `${place} does not speak the protocol of PostgreSQL`)
    : null;
};
