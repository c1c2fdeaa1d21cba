import { MINUTE, SECOND } from '../duration.ts';
import type { PullFailure } from '../provider/provider.ts';

export type SourceStatus = {
  connector: string;
  /** waiting: nobody has asked it yet, or another replica does. */
  state: 'working' | 'failing' | 'waiting' | 'not-configured';
  lastAnswerAt: number | null;
  /** Everything before this was asked for and answered. */
  readUntil: number | null;
  error: { text: string; since: number } | null;
};

/** One source as people see it. Times are epoch ms. */
export type ConnectorStatus = SourceStatus & { id: string; kind: string; slos: number };

/** How it goes to read a source, and when to try again. */
export type Attempts = {
  isDue(now: number): boolean;
  restUntil(at: number): void;
  answered(at: number): void;
  /** True when it went well until now. */
  failed(failure: PullFailure, now: number): boolean;
  /** How the last attempt failed; null when it did not. */
  outcome(): PullFailure['outcome'] | null;
  error(): { text: string; since: number } | null;
  lastAnswerAt(): number | null;
};

const FIRST_PAUSE = 15 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;
/** A server that asks for more patience than this is asked again nevertheless. */
const MOST_PATIENCE = 15 * MINUTE;

const pauseAfter = (failures: number, { outcome, retryAfterMs }: PullFailure): number => {
  if (retryAfterMs !== null) return Math.min(MOST_PATIENCE, Math.max(FIRST_PAUSE, retryAfterMs));
  // Neither a wrong query nor a wrong token gets right by being tried again soon.
  if (outcome === 'unauthorized' || outcome === 'bad-data') return LONGEST_PAUSE;
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
};

export const createAttempts = (answeredAt: number | null = null): Attempts => {
  let dueAt = -Infinity;
  let failures = 0;
  let last: { outcome: PullFailure['outcome']; text: string; since: number } | null = null;
  return {
    // A clock that was set back must not make it wait for what it skipped.
    isDue: (now) => now >= dueAt || dueAt - now > 2 * MOST_PATIENCE,
    restUntil: (at) => void (dueAt = at),
    answered(at) {
      failures = 0;
      last = null;
      answeredAt = at;
    },
    failed(failure, now) {
      failures++;
      const isFirst = last === null;
      last = { outcome: failure.outcome, text: failure.text, since: last?.since ?? now };
      dueAt = now + pauseAfter(failures, failure);
      return isFirst;
    },
    outcome: () => last?.outcome ?? null,
    error: () => last && { text: last.text, since: last.since },
    lastAnswerAt: () => answeredAt,
  };
};
