import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { runCheck, type RunProbe } from './check.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import type { CheckResult, Target } from './probe.ts';
import type { ProberStats } from './prober.ts';
import { BEAT_MS, createPulse, isSuspect } from './pulse.ts';
import { createSchedule, type Slot } from './schedule.ts';

/** The loop of one probe thread. Targets that did not change keep their place and their check in flight. */
export type Runner = { set(targets: readonly Target[]): void; stats(): ProberStats; stop(): Promise<void> };

export type RunnerParts = {
  clock: Pick<Clock, 'now' | 'monotonic'>;
  probe: RunProbe;
  deliver: (results: readonly CheckResult[]) => void;
};

type Running = {
  target: Target;
  deadline: Deadline;
  dueAt: number;
  startedAt: number;
  paused: boolean;
  done: Promise<void>;
};

/** Starts in one go; between two goes the loop serves the sockets. */
const BUDGET = 64;
/** Timers count whole milliseconds: what is due within half of one starts now instead of half a millisecond late. */
const SLACK_MS = 0.5;
const BATCH_MS = 100;

/** What the prober knows better than the probe: when it was due, and whether the loop could be trusted. */
const finish = (result: CheckResult, running: Running, endedAt: number, stalledMs: number): CheckResult => {
  const lateMs = Math.max(0, running.startedAt - running.dueAt);
  const suspect = isSuspect(stalledMs, endedAt - running.startedAt);
  if (!running.paused) return { ...result, lateMs, stalledMs, suspect };
  const detail = 'the prober was paused while the check ran';
  return { ...result, outcome: 'unknown', reason: 'paused', detail, lateMs, stalledMs, suspect: true };
};

export const createRunner = ({ clock, probe, deliver }: RunnerParts): Runner => {
  const schedule = createSchedule(clock.now() - clock.monotonic());
  const pulse = createPulse(clock.monotonic(), clock.now());
  const running = new Map<string, Running>();
  let targets = new Map<string, Target>();
  let batch: CheckResult[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let sending: NodeJS.Timeout | undefined;

  const beat = (): void => {
    if (!pulse.beat(clock.monotonic(), clock.now())) return;
    for (const one of running.values()) one.paused = true;
  };
  const beating = setInterval(beat, BEAT_MS);

  const send = (): void => {
    clearTimeout(sending);
    sending = undefined;
    if (batch.length === 0) return;
    const results = batch;
    batch = [];
    deliver(results);
  };

  const take = (one: Running, result: CheckResult): void => {
    beat();
    if (running.get(one.target.id) !== one) return;
    running.delete(one.target.id);
    schedule.done(one.target.id);
    const endedAt = clock.monotonic();
    batch.push(finish(result, one, endedAt, pulse.stalled(one.startedAt, endedAt)));
    sending ??= setTimeout(send, BATCH_MS);
  };

  const start = (target: Target, { id, dueAt }: Slot): void => {
    const deadline = startDeadline(target.timeoutMs);
    const startedAt = clock.monotonic();
    const one: Running = { target, deadline, dueAt, startedAt, paused: false, done: Promise.resolve() };
    running.set(id, one);
    const run = async (): Promise<void> => take(one, await runCheck(probe, target, deadline, clock.now()));
    one.done = run();
  };

  const pump = (): void => {
    beat();
    const slots = schedule.take(clock.monotonic() + SLACK_MS, BUDGET);
    for (const slot of slots) start(targets.get(slot.id) as Target, slot);
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

  const drop = (id: string): void => {
    running.get(id)?.deadline.stop();
    running.delete(id);
    schedule.done(id);
  };

  return {
    set: (wanted) => {
      // An unchanged target stays the same object: what is compiled for it, and its check in flight, stay too.
      const kept = wanted.map((target) => {
        const known = targets.get(target.id);
        return known && isDeepStrictEqual(known, target) ? known : target;
      });
      targets = new Map(kept.map((target) => [target.id, target]));
      for (const [id, { target }] of running) if (targets.get(id) !== target) drop(id);
      schedule.set(kept, clock.monotonic());
      arm(false);
    },
    stats: () => ({ ...schedule.stats(), inFlight: running.size }),
    stop: async () => {
      disarm();
      clearInterval(beating);
      const last = [...running.values()];
      for (const { target } of last) drop(target.id);
      await Promise.allSettled(last.map(({ done }) => done));
      send();
    },
  };
};
