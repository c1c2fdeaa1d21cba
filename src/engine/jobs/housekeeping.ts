import cron, { type ScheduledTask } from 'node-cron';
import type { Clock } from '../../clock.ts';
import { DAY, HOUR, MINUTE } from '../../duration.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Store } from '../../store/store.ts';

/** UTC only: node-cron skips runs in a time zone's gaps, and keeps no memory of them; we store the last run. */
type Chore = { name: string; cron: string; everyMs: number; run: (now: number) => Promise<void> };

export type Housekeeping = {
  /** Runs what was missed while we were down, then goes on by the calendar. */
  start(): Promise<void>;
  /** Runs one chore now; unknown names do nothing. */
  run(name: 'roll-up' | 'ledger' | 'retention', now: number): Promise<void>;
  stop(): Promise<void>;
};

export type HousekeepingParts = {
  store: Store;
  clock: Clock;
  log: Log;
  /** Of several replicas only one does the chores. */
  isLeader: () => boolean;
  closeLedger: (now: number) => Promise<void>;
  /** Every system with its retention in ms. */
  retention: () => ReadonlyMap<string, number>;
};

export const createHousekeeping = (parts: HousekeepingParts): Housekeeping => {
  const { store, clock, log } = parts;
  const chores: readonly Chore[] = [
    { name: 'roll-up', cron: '5 * * * * *', everyMs: MINUTE, run: (now) => store.slots.rollUp(now) },
    { name: 'ledger', cron: '20 1 * * * *', everyMs: HOUR, run: parts.closeLedger },
    {
      name: 'retention',
      cron: '40 17 3 * * *',
      everyMs: DAY,
      run: async (now) => {
        const { systems } = await store.retain(now, parts.retention());
        const rows = systems.flatMap(({ tables }) => tables).reduce((sum, { deleted }) => sum + deleted, 0);
        log.info('What was kept long enough is deleted.', { rows });
      },
    },
  ];
  let tasks: ScheduledTask[] = [];
  let atStart: Promise<void> = Promise.resolve();

  const run = async (chore: Chore, now: number): Promise<void> => {
    if (!parts.isLeader()) return;
    try {
      await chore.run(now);
      await store.commit(store.facts.setting(`last-run:${chore.name}`, String(now)));
    } catch (error) {
      log.error('Housekeeping failed; it runs again at its next time.', {
        chore: chore.name,
        reason: messageOf(error),
      });
    }
  };

  return {
    async start() {
      for (const chore of chores) {
        // A database that is away at this moment must not keep the ticks from beginning.
        const last = Number((await store.facts.get(`last-run:${chore.name}`).catch(() => null)) ?? 0);
        if (clock.now() - last < chore.everyMs) continue;
        const running = run(chore, clock.now());
        // Deleting a year may take a while, and nobody is paged before the first tick.
        if (chore.name === 'retention') atStart = running;
        else await running;
      }
      tasks = chores.map((chore) =>
        cron.schedule(chore.cron, () => run(chore, clock.now()), {
          name: chore.name,
          timezone: 'UTC',
          noOverlap: true,
          suppressMissedWarning: true,
        }),
      );
    },
    async run(name, now) {
      const chore = chores.find((one) => one.name === name);
      if (chore) await run(chore, now);
    },
    async stop() {
      for (const task of tasks) await task.destroy();
      await atStart;
    },
  };
};
