import { Worker } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createAsked } from './asked.ts';
import { addStats, NO_STATS, type FromThread, type ThreadData, type ToThread } from './hand-over.ts';
import type { CheckResult, Target } from './probe.ts';
import type { ProberStats } from './prober.ts';
import { createSending, type Many } from './sending.ts';

/** One probe thread with its share of the targets, kept alive: when it ends unasked it is started again with them. */
export type Shard = {
  set(targets: Many<Target>): Promise<void>;
  check(target: Target): Promise<CheckResult>;
  stats(): Promise<ProberStats>;
  stop(): Promise<void>;
};

export type ShardParts = {
  name: string;
  entry: URL;
  log: Log;
  data: ThreadData;
  deliver: (results: readonly CheckResult[]) => void;
};

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
/** A thread that lived that long did not end because of how it started. */
const SETTLED_MS = 60_000;
const STOP_WAIT_MS = 2_000;
/**
 * Checks leave hardly anything that lives, yet sockets that are open during a collection are copied: a small space for
 * young objects makes each collection a millisecond instead of ten, and the thread tens of MB smaller.
 */
const YOUNG = { maxYoungGenerationSizeMb: 6 };

export const createShard = ({ name, entry, log, data, deliver }: ShardParts): Shard => {
  let worker: Worker | null = null;
  let restart: NodeJS.Timeout | undefined;
  let settled: NodeJS.Timeout | undefined;
  let waitMs = FIRST_WAIT_MS;
  let stopping = false;
  let asking: ((stats: ProberStats) => void)[] = [];
  const asked = createAsked(systemClock.now);
  // Counters of the threads that ended, and the last known ones of the thread that runs.
  let before = NO_STATS;
  let current = NO_STATS;

  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const tell = (message: ToThread): void => worker?.postMessage(message);

  const sending = createSending(tell);

  const answerStats = (): void => {
    for (const answer of asking.splice(0)) answer(addStats(before, current));
  };

  const hear = (message: FromThread): void => {
    if (message.kind === 'results') {
      deliver(message.results);
    } else if (message.kind === 'checked') {
      asked.answer(message.ticket, message.result);
    } else if (message.kind === 'stats') {
      current = message.stats;
      answerStats();
    } else {
      sending.taken();
    }
  };

  const onExit = (error: unknown): void => {
    worker = null;
    asked.abandon();
    clearTimeout(settled);
    before = addStats(before, { ...current, waiting: 0, inFlight: 0 });
    current = NO_STATS;
    answerStats();
    if (stopping) return;
    log.error('A probe thread ended and is started again.', { thread: name, error, waitMs });
    restart = setTimeout(spawn, waitMs);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  };

  const spawn = (): void => {
    let failure: unknown = null;
    worker = new Worker(entry, { name, workerData: data, resourceLimits: YOUNG });
    worker.on('message', hear);
    worker.on('error', (error) => (failure = error));
    worker.once('exit', () => onExit(failure));
    settled = setTimeout(() => (waitMs = FIRST_WAIT_MS), SETTLED_MS).unref();
    sending.restart();
  };
  spawn();

  return {
    set: sending.set,
    check: (target) => {
      const answer = asked.ask(target, (ticket) => tell({ kind: 'check', ticket, target }));
      if (!worker) asked.abandon();
      return answer;
    },
    stats: () => {
      const { promise, resolve } = Promise.withResolvers<ProberStats>();
      asking.push(resolve);
      if (worker) tell({ kind: 'stats' });
      else answerStats();
      return promise;
    },
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      sending.stop();
      const last = worker;
      if (!last) return;
      const ended = new Promise<void>((resolve) => last.once('exit', () => resolve()));
      const kill = setTimeout(() => void last.terminate(), STOP_WAIT_MS);
      tell({ kind: 'stop' });
      await ended;
      clearTimeout(kill);
    },
  };
};
