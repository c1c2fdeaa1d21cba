import type { Log } from '../log.ts';
import { addStats, NO_STATS } from './hand-over.ts';
import { hashOf } from './hash.ts';
import { limitsFor, openFiles, shareOf } from './limits.ts';
import type { CheckResult, Target } from './probe.ts';
import type { Prober } from './prober.ts';
import type { Many } from './sending.ts';
import { createShard, type Shard } from './shard.ts';

/** Run from sources it is `thread.ts`, from the package `thread.js`. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

/**
 * The thread of a target; targets with one request budget share it, for each thread counts for itself. Another hash than
 * the phase's: else each thread would have a part of the interval to itself.
 */
export const shardOf = ({ id, budget }: Pick<Target, 'id' | 'budget'>, threads: number): number =>
  Math.floor(hashOf(`thread of ${budget?.id ?? id}`) * threads);

/** Told apart only while they are handed over: a pass over a whole fleet would hold up the loop. */
const shareOfThread = (targets: readonly Target[], index: number, threads: number): Many<Target> => ({
  *values() {
    for (const target of targets) if (threads === 1 || shardOf(target, threads) === index) yield target;
  },
});

/** `files`: how many this process may have open; null = it cannot be told. */
export type ThreadProberParts = { log: Log; threads?: number; entry?: URL; files?: number | null };

/** The prober of `serve`: checks run in threads of their own, each target always in the same one. */
export const createThreadProber = ({
  log,
  threads = 1,
  entry = ENTRY,
  files = openFiles(),
}: ThreadProberParts): Prober => {
  const listeners: ((results: readonly CheckResult[]) => void)[] = [];
  const deliver = (results: readonly CheckResult[]): void => {
    for (const listener of listeners) listener(results);
  };
  const limits = limitsFor(files);
  const data = { limits: shareOf(limits, threads) };
  const shards = Array.from({ length: threads }, (_, index) =>
    createShard({ name: `probe-${index}`, entry, log, data, deliver }),
  );

  let turn = 0;
  return {
    set: async (targets) => {
      if (targets.length > limits.total)
        log.warn('There are more probes than checks that may run at once: some will be missed when many hang.', {
          probes: targets.length,
          atOnce: limits.total,
          openFiles: files,
        });
      await Promise.all(shards.map((shard, index) => shard.set(shareOfThread(targets, index, threads))));
    },
    onResults: (listener) => void listeners.push(listener),
    // In turn: what people name is of no thread.
    check: (target) => (shards[turn++ % threads] as Shard).check(target),
    stats: async () => {
      const all = await Promise.all(shards.map((shard) => shard.stats()));
      return all.reduce(addStats, NO_STATS);
    },
    stop: async () => {
      await Promise.all(shards.map((shard) => shard.stop()));
    },
  };
};
