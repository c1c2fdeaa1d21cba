import type { Clock } from '../clock.ts';
import { createAllowance, usedUp } from './allowance.ts';
import { checkAsked } from './asked.ts';
import { runCheck, type RunProbe } from './check.ts';
import { startDeadline } from './deadline.ts';
import { NO_STATS } from './hand-over.ts';
import { runProbe } from './index.ts';
import { createLateness } from './lateness.ts';
import { unknownResult, type CheckResult, type Target } from './probe.ts';
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
  const allowance = createAllowance();
  const lateness = createLateness();
  const listeners: ((results: readonly CheckResult[]) => void)[] = [];
  let targets = new Map<string, Target>();
  const stopping = new AbortController();
  let inFlight = 0;
  let refused = 0;

  const spend = ({ budget }: Target, at: number): number | null => budget && allowance.take(budget, at);

  const visit = async (target: Target, at: number): Promise<CheckResult> => {
    inFlight++;
    lateness.add(0);
    const mayAgain = (): boolean => spend(target, at) === null;
    const result = await runCheck(probe, target, startDeadline(target.timeoutMs), at, mayAgain);
    inFlight--;
    return result;
  };

  const refuse = (budget: NonNullable<Target['budget']>, waitMs: number, id: string, at: number): CheckResult => {
    refused++;
    return unknownResult(id, at, 'budget', usedUp(budget, waitMs));
  };

  const check = async (target: Target, at: number): Promise<void> => {
    const { id, budget, intervalMs } = target;
    const waitMs = spend(target, at);
    const result = budget && waitMs !== null ? refuse(budget, waitMs, id, at) : await visit(target, at);
    schedule.done(id);
    if (!stopping.signal.aborted && targets.get(id) === target)
      for (const listener of listeners) listener([{ ...result, coversMs: intervalMs }]);
  };

  return {
    set: async (wanted) => {
      schedule.set(wanted, clock.now());
      targets = new Map(wanted.map((target) => [target.id, target]));
    },
    onResults: (listener) => void listeners.push(listener),
    check: (target) => checkAsked(probe, target, clock.now()),
    stats: async () => {
      const { scheduled, taken, missed } = schedule.stats();
      const all = { ...NO_STATS.missed, ...missed, budget: refused };
      return { ...NO_STATS, scheduled, started: taken - refused, missed: all, inFlight, lateness: lateness.read() };
    },
    stop: async () => {
      stopping.abort();
    },
    advanceTo: async (now) => {
      for (let due = schedule.next(); due !== null && due <= now && !stopping.signal.aborted; due = schedule.next())
        for (const { id, dueAt } of schedule.take(due, 1)) await check(targets.get(id) as Target, dueAt);
    },
  };
};
