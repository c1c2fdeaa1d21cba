import { MINUTE, SECOND } from '../../duration.ts';
import { startDeadline } from '../deadline.ts';
import { isFailure, type Failure } from '../net/reasons.ts';
import { noToken, NO_TIME, type Client, type Granted } from './token.ts';

export type Token = {
  value: string;
  fetchedAt: number;
  freshUntil: number;
  /** Some answer to it was not a 401. */
  worked: boolean;
};

export type TokenParts = {
  monotonic: () => number;
  obtain: (client: Client, signal: AbortSignal) => Promise<Granted | Failure>;
};

/** Who asks, and how long it can wait. */
export type Asking = Client & { timeoutMs: number; signal: AbortSignal };

/** Tokens of all targets of this thread. */
export type Tokens = {
  /** The one that is there, or a new one; checks that ask at once share one fetch. */
  take(asking: Asking): Promise<Token | Failure>;
  /** A new one in place of one that was answered with 401; null when that would not help. */
  renew(old: Token, asking: Asking): Promise<Token | Failure | null>;
};

/** A token server gets this long, and never longer than the check that asks first. */
const MAX_FETCH_MS = 10 * SECOND;
const FRESH_SHARE = 0.9;
const MAX_KEPT = 1_024;

const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> => {
  const { promise, resolve } = Promise.withResolvers<null>();
  const onAbort = (): void => resolve(null);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

export const createTokens = ({ monotonic, obtain }: TokenParts): Tokens => {
  const kept = new Map<string, Token>();
  const pending = new Map<string, Promise<Token | Failure>>();
  const keyOf = ({ auth, ca, reach }: Asking): string => JSON.stringify([auth, ca, reach]);

  const fetchOne = async (key: string, { timeoutMs, ...client }: Asking): Promise<Token | Failure> => {
    const deadline = startDeadline(Math.min(timeoutMs, MAX_FETCH_MS));
    try {
      const granted = await obtain(client, deadline.signal);
      if (isFailure(granted)) return granted;
      const now = monotonic();
      const freshUntil = now + granted.lifeMs * FRESH_SHARE;
      const token: Token = { value: granted.token, fetchedAt: now, freshUntil, worked: false };
      // Clients of targets that left stay until there are too many.
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(key, token);
      return token;
    } finally {
      deadline.clear();
      pending.delete(key);
    }
  };

  const fetchShared = async (key: string, asking: Asking): Promise<Token | Failure> => {
    const work = pending.get(key) ?? fetchOne(key, asking);
    pending.set(key, work);
    const token = await unlessAborted(work, asking.signal);
    return token ?? noToken(asking.auth, NO_TIME);
  };

  const take = async (asking: Asking): Promise<Token | Failure> => {
    const key = keyOf(asking);
    const token = kept.get(key);
    return token && token.freshUntil > monotonic() ? token : fetchShared(key, asking);
  };

  return {
    take,
    renew: async (old, asking) => {
      const key = keyOf(asking);
      const current = kept.get(key);
      // A neighbour may have renewed it already.
      if (current && current !== old) return current;
      // A target that answers 401 to every token must not make us fetch one with every check.
      if (!old.worked && monotonic() - old.fetchedAt < MINUTE) return null;
      return fetchShared(key, asking);
    },
  };
};
