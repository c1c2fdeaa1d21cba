import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { NinesError } from '../errors.ts';
import { createAllowance, usedUp } from './allowance.ts';
import { createBatches } from './batches.ts';
import { runCheck, type RunProbe } from './check.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import { finish } from './finish.ts';
import { hostOf } from './host.ts';
import { intern } from './interning.ts';
import { createLateness } from './lateness.ts';
import { limitsFor, type Limits } from './limits.ts';
import { unknownResult, type CheckResult, type Target } from './probe.ts';
import type { ProberStats } from './prober.ts';
import { BEAT_MS, createPulse } from './pulse.ts';
import { createRoom } from './room.ts';
import { createSchedule, toleranceOf, type Slot } from './schedule.ts';

/** The loop of one probe thread. Targets whose check did not change keep their check in flight. */
export type Runner = {
  set(targets: readonly Target[]): void;
  /** The same bit by bit; the last one begun counts. */
  begin(): StagedTargets;
  stats(): ProberStats;
  stop(): Promise<void>;
};

/** An id alone is the target of that id as it runs now. They replace all others with `apply`. */
export type StagedTargets = { add(targets: readonly (Target | string)[]): void; apply(): void };

export type RunnerParts = {
  clock: Pick<Clock, 'now' | 'monotonic'>;
  probe: RunProbe;
  deliver: (results: readonly CheckResult[]) => void;
  limits?: Limits;
};

type Running = {
  target: Target;
  deadline: Deadline;
  dueAt: number;
  startedAt: number;
  paused: boolean;
  /** It ended, or nobody wants its result any more. */
  isOver: boolean;
  done: Promise<void>;
};

/** A slot that was taken, and the check that it is for. */
type Due = Slot & { host: string; check: Target['check'] };

/** Starts in one go; between two goes the loop serves the sockets. */
const BUDGET = 64;
/** Timers count whole milliseconds: what is due within half of one starts now instead of half a millisecond late. */
const SLACK_MS = 0.5;
/** How often those who wait for room are asked whether it is too late for them. */
const SWEEP_MS = 100;
const SETTLED = Promise.resolve();

/** What is known of a target stays the same object while it is equal: all that was compiled for its check stays too. */
const keepEqual = (known: Target | undefined, target: Target): Target => {
  if (!known || !isDeepStrictEqual(known.check, target.check)) return target;
  return isDeepStrictEqual(known, target) ? known : { ...target, check: known.check };
};

export const createRunner = ({ clock, probe, deliver, limits = limitsFor(null) }: RunnerParts): Runner => {
  const schedule = createSchedule<Target>(clock.now() - clock.monotonic());
  const pulse = createPulse(clock.monotonic(), clock.now());
  const room = createRoom<Due>(limits);
  const allowance = createAllowance();
  const lateness = createLateness();
  const batches = createBatches(deliver);
  const running = new Set<Running>();
  /** Checks whose budget has a request for them in time. */
  const postponed = new Map<string, { due: Due; timeout: NodeJS.Timeout }>();
  const counts = { started: 0, capacity: 0, budget: 0 };
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  const beat = (): void => {
    const now = clock.monotonic();
    if (!pulse.beat(now, clock.now())) return;
    for (const one of running) one.paused = true;
    schedule.pause(now);
  };
  const beating = setInterval(beat, BEAT_MS);

  const end = (one: Running): void => {
    one.isOver = true;
    running.delete(one);
    schedule.done(one.target.id);
  };

  const take = (one: Running, result: CheckResult): void => {
    beat();
    if (one.isOver) return;
    end(one);
    const endedAt = clock.monotonic();
    const stalledMs = pulse.stalled(one.startedAt, endedAt);
    batches.add(finish(result, { ...one, endedAt, stalledMs, intervalMs: one.target.intervalMs }));
  };

  /** Takes a request from the target's budget; or gives the ms until it has one, null when it took or needs none. */
  const spend = ({ budget }: Target): number | null => budget && allowance.take(budget, clock.monotonic());

  const run = async (one: Running, host: string): Promise<void> => {
    const { target, deadline } = one;
    take(one, await runCheck(probe, target, deadline, clock.now(), () => spend(target) === null));
    free(host);
  };

  const isTooLate = ({ id, dueAt }: Due, now: number): boolean => {
    const target = schedule.find(id);
    return !target || now - dueAt > toleranceOf(target.intervalMs);
  };

  // A budget that is just enough gives its next request when the next slot comes, give or take how late each started.
  const postpone = (due: Due, waitMs: number): void => {
    const again = (): void => {
      postponed.delete(due.id);
      admit(due);
    };
    postponed.set(due.id, { due, timeout: setTimeout(again, Math.ceil(waitMs)) });
  };

  const giveUp = ({ id }: Due): void => {
    counts.capacity++;
    schedule.done(id);
  };

  /** Whoever waits for room or for a request and is no longer wanted. */
  const leaveLine = (isGone: (due: Due) => boolean): void => {
    room.remove(isGone).forEach(giveUp);
    for (const [id, { due, timeout }] of postponed) {
      if (!isGone(due)) continue;
      clearTimeout(timeout);
      postponed.delete(id);
      giveUp(due);
    }
  };

  /** Starts a check that has its place; false when there is no check to start any more. */
  const start = (due: Due): boolean => {
    const startedAt = clock.monotonic();
    const target = schedule.find(due.id);
    if (!target || isTooLate(due, startedAt)) {
      giveUp(due);
      return false;
    }
    const waitMs = spend(target);
    if (target.budget && waitMs !== null) {
      if (!isTooLate(due, startedAt + waitMs)) {
        postpone(due, waitMs);
        return false;
      }
      counts.budget++;
      schedule.done(due.id);
      const refused = unknownResult(due.id, clock.now(), 'budget', usedUp(target.budget, waitMs));
      batches.add({ ...refused, coversMs: target.intervalMs });
      return false;
    }
    const deadline = startDeadline(target.timeoutMs);
    const { dueAt } = due;
    const one: Running = {
      target,
      deadline,
      dueAt,
      startedAt,
      paused: false,
      isOver: false,
      done: SETTLED,
    };
    running.add(one);
    counts.started++;
    lateness.add(Math.max(0, startedAt - dueAt));
    one.done = run(one, due.host);
    return true;
  };

  /** A place at this host is free: the next one in line may have it. */
  const free = (host: string): void => {
    for (let next = room.leave(host); next !== null; next = room.leave(next.host)) if (start(next)) return;
  };

  const sweep = (): void => {
    const now = clock.monotonic();
    room.remove((due) => isTooLate(due, now)).forEach(giveUp);
    sweeping = room.waiting() > 0 ? setTimeout(sweep, SWEEP_MS) : undefined;
  };

  const admit = (due: Due): void => {
    if (!room.enter(due.host, due)) sweeping ??= setTimeout(sweep, SWEEP_MS);
    else if (!start(due)) free(due.host);
  };

  const pump = (): void => {
    beat();
    const slots = schedule.take(clock.monotonic() + SLACK_MS, BUDGET);
    for (const slot of slots) {
      const { check } = schedule.find(slot.id) as Target;
      admit({ ...slot, host: hostOf(check), check });
    }
    arm(slots.length === BUDGET);
  };

  const disarm = (): void => {
    clearTimeout(timer);
    clearImmediate(soon);
  };

  const arm = (more: boolean): void => {
    disarm();
    const next = schedule.next();
    if (next === null) return;
    if (more) soon = setImmediate(pump);
    else timer = setTimeout(pump, Math.max(1, next - clock.monotonic()));
  };

  const drop = (one: Running): void => {
    one.deadline.stop();
    end(one);
  };

  const begin = (): StagedTargets => {
    const staged = schedule.begin();
    return {
      add: (slice) => {
        const now = clock.monotonic();
        for (const one of slice) {
          const known = schedule.find(typeof one === 'string' ? one : one.id);
          if (typeof one !== 'string') staged.add(keepEqual(known, intern(one)), now);
          else if (known) staged.add(known, now);
          else throw new NinesError('internal', 'a target was to be kept that does not run');
        }
      },
      apply: () => {
        if (!staged.apply(clock.monotonic())) return;
        const isChanged = (id: string, check: Target['check']): boolean => schedule.find(id)?.check !== check;
        for (const one of running) if (isChanged(one.target.id, one.target.check)) drop(one);
        leaveLine(({ id, check }) => isChanged(id, check));
        arm(false);
      },
    };
  };

  return {
    begin,
    set: (wanted) => {
      const staged = begin();
      staged.add(wanted);
      staged.apply();
    },
    stats: () => {
      const { scheduled, missed } = schedule.stats();
      return {
        scheduled,
        started: counts.started,
        missed: { ...missed, capacity: counts.capacity, budget: counts.budget },
        waiting: room.waiting() + postponed.size,
        inFlight: running.size,
        lateness: lateness.read(),
        stalls: pulse.stats(),
      };
    },
    stop: async () => {
      disarm();
      clearInterval(beating);
      clearTimeout(sweeping);
      leaveLine(() => true);
      const last = [...running];
      last.forEach(drop);
      await Promise.allSettled(last.map(({ done }) => done));
      batches.flush();
    },
  };
};
