import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NinesError } from '../errors.ts';

const MARK = 'series.db.damaged-';

export const isDamaged = (error: unknown): boolean => error instanceof NinesError && error.code === 'data_corrupt';

/** `20261120T031234Z`: names of files that were put away tell when. */
export const stampOf = (now: number): string => new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Moves series.db and its log away, named by when it was last written. Returns where the file lies now. */
export const putAside = (dir: string): string => {
  const now = statSync(join(dir, 'series.db')).mtimeMs;
  const taken = new Set(readdirSync(dir));
  let name = `${MARK}${stampOf(now)}`;
  for (let n = 2; taken.has(name); n++) name = `${MARK}${stampOf(now)}-${n}`;
  // The log first: left behind, it would be replayed into the fresh file.
  for (const log of ['-wal', '-shm', '-journal'])
    try {
      renameSync(join(dir, `series.db${log}`), join(dir, `${name}${log}`));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  renameSync(join(dir, 'series.db'), join(dir, name));
  return join(dir, name);
};

/** Damaged series that somebody has yet to look at and remove. */
export const seriesAside = (dir: string): string[] =>
  readdirSync(dir)
    .filter((name) => name.startsWith(MARK) && !/-(?:wal|shm|journal)$/.test(name))
    .map((name) => join(dir, name))
    .sort();
