import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A restore is decided by one rename: the folder with the new files gets this name (and a stamp). From then on the new
 * files count, and whoever opens the directory next finishes the move.
 */
export const RESTORED = 'restored-';
export const BEFORE = 'before-restore-';

const FILES = ['series.db', 'nines.db'];
const LOGS = ['', '-wal', '-shm', '-journal'];

/** Makes renames in a folder durable; some systems cannot open a folder, and then it is theirs. */
export const syncFolder = (dir: string): void => {
  try {
    const folder = openSync(dir, 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL'].includes(code)) throw error;
  }
};

/**
 * Finishes a restore that was decided: old files go to `before-restore-<stamp>`, new ones take their place. Can be
 * broken off anywhere and done again. Nobody may have the files open.
 */
export const adoptRestored = (dir: string): void => {
  for (const name of readdirSync(dir).filter((name) => name.startsWith(RESTORED))) {
    const from = join(dir, name);
    const old = join(dir, BEFORE + name.slice(RESTORED.length));
    for (const file of FILES) {
      if (!existsSync(join(from, file))) continue;
      // As long as the new file is not in place, what lies there is old. Its log must not survive it.
      for (const part of LOGS.map((log) => file + log)) {
        if (!existsSync(join(dir, part))) continue;
        mkdirSync(old, { mode: 0o700, recursive: true });
        renameSync(join(dir, part), join(old, part));
      }
      if (existsSync(old)) syncFolder(old);
      renameSync(join(from, file), join(dir, file));
    }
    syncFolder(dir);
    rmSync(from, { recursive: true });
  }
};
