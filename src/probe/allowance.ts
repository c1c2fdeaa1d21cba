import { formatDuration } from '../duration.ts';
import type { Target } from './probe.ts';

type RequestBudget = NonNullable<Target['budget']>;

/**
 * Keeps request budgets: of each, never more than `requests` in any span of `perMs`, wherever the span begins. A sliding
 * window over the instants themselves: counting by the clock's minutes would allow twice as many around their edges.
 */
export type Allowance = {
  /** Takes one request at `now` (monotonic ms, never falling); or gives the ms until one is free, null when it took. */
  take(budget: RequestBudget, now: number): number | null;
};

export const createAllowance = (): Allowance => {
  const used = new Map<string, number[]>();
  return {
    take: ({ id, requests, perMs }, now) => {
      const instants = used.get(id) ?? [];
      used.set(id, instants);
      const old = instants.findIndex((at) => now - at < perMs);
      instants.splice(0, old < 0 ? instants.length : old);
      const first = instants[instants.length - requests];
      if (first !== undefined) return first + perMs - now;
      instants.push(now);
      return null;
    },
  };
};

/** For people: `the request budget api (100 per 15m) is used up; next free in 3m20s`. */
export const usedUp = ({ id, requests, perMs }: RequestBudget, waitMs: number): string => {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const wait = formatDuration(waitMs < 1_000 ? Math.ceil(waitMs) : Math.ceil(waitMs / 1_000) * 1_000);
  return `the request budget ${name} (${requests} per ${formatDuration(perMs)}) is used up; next free in ${wait}`;
};
