import type { Log } from '../log.ts';
import { addStats, NO_STATS } from './hand-over.ts';
import { hashOf } from './hash.ts';
import type { CheckResult, Target } from './probe.ts';
import type { Prober } from './prober.ts';
import { createShard, type Shard } from './shard.ts';

/** Run from sources it is `thread.ts`, from the package `thread.js`. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

// Another hash than the phase's: else each thread would have a part of the interval to itself.
const shardOf = (id: string, threads: number): number => Math.floor(hashOf(`thread of ${id}`) * threads);

export type ThreadProberParts = { log: Log; threads?: number; entry?: URL };

/** The prober of `serve`: checks run in threads of their own, each target always in the same one. */
export const createThreadProber = ({ log, threads = 1, entry = ENTRY }: ThreadProberParts): Prober => {
  const listeners: ((results: readonly CheckResult[]) => void)[] = [];
  const deliver = (results: readonly CheckResult[]): void => {
    for (const listener of listeners) listener(results);
  };
  const shards = Array.from({ length: threads }, (_, index) =>
    createShard({ name: `probe-${index}`, entry, log, deliver }),
  );

  let turn = 0;
  return {
    set: async (targets) => {
      const shares: Target[][] = shards.map(() => []);
      for (const target of targets) shares[shardOf(target.id, threads)]?.push(target);
      await Promise.all(shards.map((shard, index) => shard.set(shares[index] ?? [])));
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
