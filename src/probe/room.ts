import type { Limits } from './limits.ts';

/** Places for what runs at once, and the line of those who wait for one. First come, first served, host by host. */
export type Room<T> = {
  /** True: there was a place and it is taken. False: `one` waits in line. */
  enter(host: string, one: T): boolean;
  /** A place at this host is free again; gives who has it, or another that it made free, now. */
  leave(host: string): T | null;
  /** Takes everyone out of the line of whom `isGone` is true. */
  remove(isGone: (one: T) => boolean): T[];
  waiting(): number;
};

/** Hosts at which nothing runs are forgotten only now and then. */
const MOST_HOSTS = 20_000;

export const createRoom = <T>({ total, perHost }: Limits): Room<T> => {
  const taken = new Map<string, number>();
  let all = 0;
  let line: { host: string; one: T }[] = [];

  const at = (host: string): number => taken.get(host) ?? 0;

  const take = (host: string): boolean => {
    if (all >= total || at(host) >= perHost) return false;
    taken.set(host, at(host) + 1);
    all++;
    return true;
  };

  return {
    enter: (host, one) => {
      if (take(host)) return true;
      line.push({ host, one });
      return false;
    },
    leave: (host) => {
      all--;
      taken.set(host, at(host) - 1);
      if (taken.size > MOST_HOSTS) for (const [one, count] of taken) if (count === 0) taken.delete(one);
      const next = line.findIndex((waiting) => take(waiting.host));
      return next < 0 ? null : (line.splice(next, 1)[0]?.one ?? null);
    },
    remove: (isGone) => {
      const gone = line.filter(({ one }) => isGone(one));
      if (gone.length > 0) line = line.filter(({ one }) => !isGone(one));
      return gone.map(({ one }) => one);
    },
    waiting: () => line.length,
  };
};
