import type { Clock } from '../clock.ts';
import { SECOND } from '../duration.ts';
import type { Statement } from '../store/sql.ts';
import type { Store } from '../store/store.ts';

const NAME = 'leader';
const LEASE = 15 * SECOND;
const RENEWED_EVERY = 5 * SECOND;

/** Which of several replicas on one database probes and judges. All of them serve pages, take verbs and deliver. */
export type Leadership = {
  isLeader(): boolean;
  /** Renews or asks for the lease when that is due. */
  follow(): Promise<void>;
  /** Stands at the head of what only a leader may write: a commit of one that was deposed meanwhile is undone. */
  fence(): readonly Statement[];
  /** Lets another one lead at once. */
  release(): Promise<void>;
};

/** A database that nobody else can open has one leader: whoever opened it. */
const ALONE: Leadership = {
  isLeader: () => true,
  follow: async () => {},
  fence: () => [],
  release: async () => {},
};

export type LeadershipParts = { store: Store; clock: Clock; owner: string };

/**
 * A leader that cannot reach the database goes on probing: nobody else can have taken over in a database that is away,
 * and if somebody has, the fence keeps what it writes out. It steps down when it hears that another one holds the lease.
 */
export const createLeadership = ({ store, clock, owner }: LeadershipParts): Leadership => {
  if (!store.shared) return ALONE;
  let leads = false;
  let askedAt = -Infinity;
  /** Another one's lease, and since when it has not been renewed, by our own monotonic clock. */
  let seen: { until: number | null; since: number } | null = null;

  // Whoever died may have had a clock that ran ahead: nobody must wait until ours is there.
  const watch = async (monotonic: number): Promise<void> => {
    const until = await store.leases.until(NAME);
    if (seen?.until !== until) seen = { until, since: monotonic };
  };
  return {
    isLeader: () => leads,
    async follow() {
      const monotonic = clock.monotonic();
      if (monotonic - askedAt < RENEWED_EVERY) return;
      const now = clock.now();
      const lapsed = seen !== null && monotonic - seen.since >= LEASE ? seen.until : null;
      leads = await store.leases.acquire(NAME, owner, now, now + LEASE, lapsed);
      if (leads) seen = null;
      else await watch(monotonic);
      askedAt = monotonic;
    },
    fence: () => (leads ? [store.leases.holding(NAME, owner)] : []),
    async release() {
      if (leads) await store.leases.release(NAME, owner);
      leads = false;
    },
  };
};
