import type { NinesError } from '../errors.ts';
import type { Statement } from './sql.ts';

type List = readonly Statement[];
type Waiting = { list: List; resolve(): void; reject(error: unknown): void };

// A group that fails is tried one by one, and its rows stay locked until it is stored: neither must take long.
const LISTS_AT_ONCE = 64;
const STATEMENTS_AT_ONCE = 500;

/** Commits in order of arrival. What arrives while one is being written is written together, with one fsync. */
export const createCommitQueue = (
  together: (lists: readonly List[]) => Promise<readonly (NinesError | null)[]>,
): ((list: List) => Promise<void>) => {
  const waiting: Waiting[] = [];
  let running = false;

  const take = (): Waiting[] => {
    let statements = 0;
    const end = waiting.findIndex(({ list }, at) => {
      statements += list.length;
      return at > 0 && (at >= LISTS_AT_ONCE || statements > STATEMENTS_AT_ONCE);
    });
    return waiting.splice(0, end < 0 ? waiting.length : end);
  };
  const write = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await together(group.map(({ list }) => list));
      for (const [at, { resolve, reject }] of group.entries()) {
        const error = answers[at] ?? null;
        if (error === null) resolve();
        else reject(error);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) await write(take());
    running = false;
  };
  return (list) =>
    new Promise((resolve, reject) => {
      waiting.push({ list, resolve, reject });
      if (!running) void run();
    });
};
