import { open } from 'node:fs/promises';
import { backup, type DatabaseSync } from 'node:sqlite';
import { sqliteError } from './sqlite-errors.ts';

// 400 KB at a time: a commit that waits behind a step waits about a millisecond.
const PAGES_AT_ONCE = 100;
// The last step makes the copy durable while commits wait: little may be left to write by then.
const STEPS_PER_SYNC = 20;
const ATTEMPTS = 100;

// Node gives up, with this "error", when its first step falls into a transaction of the source (nothing is copied then).
const isTooEarly = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === 0;

/**
 * SQLite's online backup (https://www.sqlite.org/backup.html) in steps beside the work of the thread: what is committed
 * meanwhile is in the copy too. `target` is made, readable by its owner alone. Throws NinesError.
 */
export const copyDatabase = async (database: DatabaseSync, file: string, target: string): Promise<void> => {
  await using made = await open(target, 'wx', 0o600);
  let steps = 0;
  let isSyncing = false;
  let syncing: Promise<void> = Promise.resolve();
  const sync = async (): Promise<void> => {
    isSyncing = true;
    // Whether the copy is durable is for its last step to say.
    await made.datasync().catch(() => undefined);
    isSyncing = false;
  };
  const progress = (): void => {
    if (++steps % STEPS_PER_SYNC === 0 && !isSyncing) syncing = sync();
  };
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await backup(database, target, { rate: PAGES_AT_ONCE, progress });
        return;
      } catch (error) {
        if (!isTooEarly(error) || attempt === ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    throw sqliteError(error, file);
  } finally {
    await syncing;
  }
};
