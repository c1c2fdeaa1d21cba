import type { Clock } from '../clock.ts';
import type { Catalog } from '../definition/catalog.ts';
import { SECOND } from '../duration.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Bursts } from './bursts.ts';
import type { Follower } from './follower.ts';
import type { Incidents } from './incidents.ts';
import type { Ingest } from './ingest.ts';
import type { Deliver } from './jobs/deliver.ts';
import { escalate } from './jobs/escalate.ts';
import type { Evaluate } from './jobs/evaluate.ts';
import type { Judges } from './judges.ts';
import { prove } from './jobs/prove.ts';
import type { Pull } from './jobs/pull.ts';
import type { StoreWatch } from './jobs/store-watch.ts';
import type { Undelivered } from './jobs/undelivered.ts';
import type { Change } from './nines.ts';
import type { Observer } from './observer.ts';
import type { Replica } from './replica.ts';
import type { ProbeStates } from './probe-states.ts';
import type { Traces } from './traces.ts';

export type TickParts = {
  clock: Clock;
  log: Log;
  store: Store;
  observer: Observer;
  catalog: () => Catalog;
  follower: Follower;
  incidents: Incidents;
  probeStates: ProbeStates;
  ingest: Ingest;
  evaluate: Evaluate;
  judges: Judges;
  deliver: Deliver;
  pull: Pull;
  undelivered: Undelivered;
  storeWatch: StoreWatch;
  bursts: Bursts;
  traces: Traces;
  tell: (change: Change) => void;
  followClock: (now: number) => void;
  flush: (now: number) => Promise<void>;
  replica: Replica;
  /** Hands the targets to the prober anew: some are due more or less often than before. */
  repace: () => Promise<void>;
};

export type Tick = {
  run(): Promise<void>;
  /** Every SLO is judged with the next tick. */
  judgeAll(): void;
  ready(): { ready: boolean; reason: string | null };
};

/** Every SLO is judged at least this often, also without new data: time alone clears look-backs. */
const JUDGE_ALL = 10 * SECOND;

/** The step whose failure means that the store cannot be written. */
const STORING = 'Storing';

/** All that is due at one instant, in order. A step that fails keeps no other from its work. */
export const createTick = (parts: TickParts): Tick => {
  const { store, observer, log, clock } = parts;
  let done = false;
  let trouble: string | null = null;
  let failed: string | null = null;
  let storeFailed: string | null = null;
  let storeInTrouble = false;
  let judgedAllAt = 0;

  const step = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const said = `${what}: ${messageOf(error)}`;
      failed ??= said;
      if (what === STORING) storeFailed ??= said;
      log.error(`${what} failed; it is tried again on the next tick.`, { reason: error });
    }
  };

  const lead = async (now: number): Promise<void> => {
    await step('Catching up', parts.replica.catchUp);
    parts.ingest.beats(now);
    parts.pull.run(now);
    const dirty = parts.ingest.takeDirty();
    const all = Math.abs(now - judgedAllAt) >= JUDGE_ALL;
    if (all) judgedAllAt = now;
    if (all) await step('Bursts', () => parts.bursts.look(now, parts.repace));
    // First what time alone has made due, so that after a pause an alert meets the incident as it really stands.
    await step('Proof', () => prove(parts, parts.catalog(), now));
    await step('Escalation', () => escalate(parts.incidents, now));
    await step('Evaluation', () =>
      observer.span('evaluation', {}, () => parts.evaluate.run(now, all ? null : dirty), parts.traces.newestChecks()),
    );
    await step('Judges', () => parts.judges.review(now));
    await step('Delivery', () => parts.deliver.run(now));
    await step('Fallback', () => parts.undelivered.run(now));
    await step(STORING, () => parts.flush(now));
    // A quiet tick writes nothing, so it proves nothing; and what failed before may have nothing to do with the store.
    if (all || failed !== null || storeInTrouble)
      await step(STORING, () => store.commit(store.facts.setting('proved', String(now))));
    storeInTrouble = storeFailed !== null;
    observer.stored(!storeInTrouble);
    if (storeFailed === null) parts.storeWatch.succeeded();
    else await parts.storeWatch.failed(now, storeFailed);
    if (all || dirty.size > 0) parts.tell({ topic: 'slos' });
  };

  const assist = async (now: number): Promise<void> => {
    await step('Following', async () => {
      if (await parts.follower.refresh(now)) for (const topic of ['slos', 'probes'] as const) parts.tell({ topic });
    });
    await step('Delivery', () => parts.deliver.run(now));
    // What it could not write when it led is the next leader's: it counts anew should it ever lead again.
    parts.storeWatch.succeeded();
    storeInTrouble = false;
    observer.stored(failed === null);
  };

  return {
    async run() {
      const now = clock.now();
      parts.followClock(now);
      const begun = clock.monotonic();
      failed = null;
      storeFailed = null;
      await step('Leadership', () => parts.replica.follow(now));
      observer.leads(parts.replica.leads());
      await (parts.replica.leads() ? lead(now) : assist(now));
      trouble = failed;
      done = true;
      observer.tick((clock.monotonic() - begun) / 1000);
    },
    judgeAll: () => void (judgedAllAt = 0),
    ready: () => ({ ready: done && trouble === null, reason: done ? trouble : 'starting' }),
  };
};
