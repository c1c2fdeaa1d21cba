import { DAY } from '../duration.ts';
import type { CheckResult } from '../probe/probe.ts';

/** Results that wait until the server has them. In order, and never more than fit. */
export type Backlog = {
  add(results: readonly CheckResult[]): void;
  /** The oldest ones, at most `limit`. They stay until `sent`; the same batch again is the same results. */
  next(limit: number): readonly CheckResult[];
  /** The server has the batch that `next` gave last. */
  sent(): void;
  /** What is older than a day at `now` is of no use to anybody. */
  expire(now: number): void;
  size(): number;
  /** Results that were thrown away since the start. */
  dropped(): number;
};

/** About 100 MB of results: 500 probes every 10 s for an hour. */
const MOST = 200_000;

export const createBacklog = (most = MOST): Backlog => {
  let waiting: CheckResult[] = [];
  let batch: readonly CheckResult[] = [];
  let dropped = 0;
  const size = (): number => batch.length + waiting.length;
  const drop = (count: number): void => {
    waiting.splice(0, count);
    dropped += count;
  };
  return {
    add(results) {
      for (const result of results) waiting.push(result);
      if (size() > most) drop(Math.min(waiting.length, size() - most));
    },
    next(limit) {
      if (batch.length === 0) batch = waiting.splice(0, limit);
      return batch;
    },
    sent() {
      batch = [];
    },
    expire(now) {
      const fresh = waiting.findIndex(({ at }) => at > now - DAY);
      drop(fresh < 0 ? waiting.length : fresh);
    },
    size,
    dropped: () => dropped,
  };
};
