import { withCode } from './reasons.ts';
import type { Ask, Servers } from './ask.ts';

/** Addresses, or the code that says why there are none; `cached` when nobody was asked for it. */
export type Kept = { addresses: readonly string[]; code: string | null; cached: boolean };

type Entry = { addresses: readonly string[]; code: string | null; until: number };

/** A name that is not there may be any second: a check soon after a change must not fail for long. */
const ABSENT_MS = 2_000;
const LONGEST_MS = 3_600_000;
const MAX_ENTRIES = 10_000;
/** Sure answers; everything else is a failure of the name server, and is never kept. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/**
 * `Ask` with a memory: answers are kept for their TTL (at most an hour), absent names for two seconds, equal questions
 * that are asked at once share one. A TTL of 0 is kept for nobody.
 */
export const createKeptAnswers = (ask: Ask, monotonic: () => number) => {
  const entries = new Map<string, Entry>();
  const pending = new Map<string, Promise<Kept>>();

  const keep = (key: string, entry: Entry): void => {
    entries.delete(key);
    if (entries.size >= MAX_ENTRIES) {
      const [oldest = ''] = entries.keys();
      entries.delete(oldest);
    }
    entries.set(key, entry);
  };

  const fresh = async (key: string, servers: Servers, name: string, family: 4 | 6): Promise<Kept> => {
    try {
      const { addresses, ttlMs } = await ask(servers, name, family);
      if (addresses.length === 0) throw withCode('ENODATA');
      if (ttlMs > 0) keep(key, { addresses, code: null, until: monotonic() + Math.min(ttlMs, LONGEST_MS) });
      return { addresses, code: null, cached: false };
    } catch (error) {
      const code = codeOf(error);
      if (!ABSENT.has(code)) throw error;
      keep(key, { addresses: [], code, until: monotonic() + ABSENT_MS });
      return { addresses: [], code, cached: false };
    } finally {
      pending.delete(key);
    }
  };

  const keyOf = (servers: Servers, name: string, family: 4 | 6): string =>
    `${family} ${name} ${servers.servers.join(' ')}`;
  const knownOf = (key: string): Entry | null => {
    const entry = entries.get(key);
    return entry && monotonic() < entry.until ? entry : null;
  };

  /** Rejects with the name server's failure; an absent name is an answer. */
  const askOnce = (servers: Servers, name: string, family: 4 | 6): Promise<Kept> | Kept => {
    const key = keyOf(servers, name, family);
    const known = knownOf(key);
    if (known) return { addresses: known.addresses, code: known.code, cached: true };
    const asked = pending.get(key) ?? fresh(key, servers, name, family);
    pending.set(key, asked);
    return asked;
  };
  /** Its addresses are known without asking. */
  const knows = (servers: Servers, name: string, family: 4 | 6): boolean =>
    knownOf(keyOf(servers, name, family))?.code === null;
  return { ask: askOnce, knows };
};
