import type { Clock } from '../clock.ts';
import { checkAsked } from './asked.ts';
import { runCheck, type RunProbe } from './check.ts';
import { startDeadline } from './deadline.ts';
import { runProbe } from './index.ts';
import type { CheckResult, Target } from './probe.ts';
import type { Prober } from './prober.ts';
import { createSchedule } from './schedule.ts';

export type InlineProber = Prober & {
  /** Runs every check that is due up to `now` (epoch ms), one after the other; their results arrive before it settles. */
  advanceTo(now: number): Promise<void>;
};

/**
 * A prober on the given clock, for tests: time passes only by `advanceTo`, checks start exactly at their slots and
 * results carry the slot as `at`. Deadlines are real time, since real sockets may hang.
 */
export const createInlineProber = ({
  clock,
  probe = runProbe,
}: {
  clock: Pick<Clock, 'now'>;
  probe?: RunProbe;
}): InlineProber => {
  const schedule = createSchedule(0);
  const listeners: ((results: readonly CheckResult[]) => void)[] = [];
  let targets = new Map<string, Target>();
  const stopping = new AbortController();
  let inFlight = 0;

  const check = async (target: Target, at: number): Promise<void> => {
    inFlight++;
    const result = await runCheck(probe, target, startDeadline(target.timeoutMs), at);
    inFlight--;
    schedule.done(target.id);
    if (!stopping.signal.aborted && targets.get(target.id) === target)
      for (const listener of listeners) listener([result]);
  };

  return {
    set: async (wanted) => {
      schedule.set(wanted, clock.now());
      targets = new Map(wanted.map((target) => [target.id, target]));
    },
    onResults: (listener) => void listeners.push(listener),
    check: (target) => checkAsked(probe, target, clock.now()),
    stats: async () => ({ ...schedule.stats(), inFlight }),
    stop: async () => {
      stopping.abort();
    },
    advanceTo: async (now) => {
      for (let due = schedule.next(); due !== null && due <= now && !stopping.signal.aborted; due = schedule.next())
        for (const { id, dueAt } of schedule.take(due, 1)) await check(targets.get(id) as Target, dueAt);
    },
  };
};
