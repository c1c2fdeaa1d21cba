import type { Clock } from '../clock.ts';
import type { Catalog } from '../definition/catalog.ts';
import type { Log } from '../log.ts';
import { CHECK_SLOT_WIDTH } from '../slo/indicator.ts';
import type { Store } from '../store/store.ts';
import { settledUntil, type Follower } from './follower.ts';
import type { Incidents } from './incidents.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Judges } from './judges.ts';
import type { Leadership } from './leadership.ts';
import type { ProbeStates } from './probe-states.ts';
import { restore } from './restore.ts';
import type { Windows } from './windows.ts';

/** How this process takes its place among those that share a database. */
export type Replica = {
  start(now: number): Promise<void>;
  /** Takes the lead or gives it up when the lease changed hands; what failed of that is tried again with the next call. */
  follow(now: number): Promise<void>;
  /** It has the lease, and remembers all that others stored before. */
  leads(): boolean;
  /** Reads what other replicas wrote: beats, acknowledgements. */
  catchUp(): Promise<void>;
};

export type ReplicaParts = {
  store: Store;
  windows: Windows;
  probeStates: ProbeStates;
  counters: Map<string, { events: number; bad: number }>;
  exported: Map<string, { events: number; bad: number }>;
  lastBeats: Map<string, number>;
  evaluate: Evaluate;
  judges: Judges;
  incidents: Incidents;
  clock: Clock;
  log: Log;
  owner: string;
  leadership: Leadership;
  follower: Follower;
  catalog: () => Catalog;
  /** Puts the running catalog in force again. */
  use: () => Promise<void>;
  /** Hands the targets to the prober, or none to one that does not lead. */
  repace: () => Promise<void>;
  listenSince: (now: number) => void;
};

export const createReplica = (parts: ReplicaParts): Replica => {
  const { store, leadership, log, owner } = parts;
  let place: 'leads' | 'follows' | null = null;
  /** Beats as they are stored. */
  const beats = new Map<string, number>();

  /** Remembering a large past takes longer than a lease lasts. */
  const turn = async (): Promise<void> => {
    await parts.clock.turn();
    await leadership.follow();
  };

  /** One that another clock dated into the future came now: it must not count until that future is over. */
  const hearBeat = (probe: string, at: number): void => {
    if (beats.get(probe) === at) return;
    beats.set(probe, at);
    parts.lastBeats.set(probe, Math.min(at, parts.clock.now()));
  };

  /** Fills the memory from the store; who does not lead leaves out what the leader may still be writing. */
  const remember = async (now: number): Promise<void> => {
    const leads = leadership.isLeader();
    const until = leads ? now + CHECK_SLOT_WIDTH : settledUntil(now);
    parts.windows.keepOnly(new Set());
    const { probes } = parts.catalog();
    const isSpread = (probe: string): boolean => (probes.get(probe)?.locations.length ?? 0) > 1;
    await restore({ ...parts, now, until, leads, isSpread, turn });
    for (const [slo, counter] of parts.counters) parts.exported.set(slo, counter);
    beats.clear();
    for (const [probe, at] of parts.lastBeats) hearBeat(probe, at);
    parts.follower.begin(until);
  };

  const lead = async (now: number): Promise<void> => {
    const [fence = null] = leadership.fence();
    await store.takeOver(fence);
    await remember(now);
  };

  const placeDue = async (): Promise<'leads' | 'follows'> => {
    await leadership.follow();
    return leadership.isLeader() ? 'leads' : 'follows';
  };

  const takeLead = async (now: number): Promise<void> => {
    // Nobody watched between the last word of the leader before and now: that silence is not the targets'.
    parts.listenSince(now);
    await lead(now);
    await parts.use();
    log.info('This replica leads: it probes and judges.', { owner });
  };

  const stepDown = async (now: number): Promise<void> => {
    log.warn('Another replica leads now: this one stops probing and judging.', { owner });
    await parts.repace();
    // What it saw since it lost the lease was never stored.
    await remember(now);
  };

  return {
    async start(now) {
      const due = await placeDue();
      await (due === 'leads' ? lead(now) : remember(now));
      place = due;
    },
    async follow(now) {
      const due = await placeDue();
      if (due === place) return;
      place = null;
      await (due === 'leads' ? takeLead(now) : stepDown(now));
      place = due;
    },
    leads: () => place === 'leads',
    async catchUp() {
      if (!store.shared) return;
      await parts.incidents.restore();
      for (const [probe, at] of await store.beats.all()) hearBeat(probe, at);
    },
  };
};
