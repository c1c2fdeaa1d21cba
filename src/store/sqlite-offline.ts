import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NinesError } from '../errors.ts';
import { PARTS, backupOf, type Backup } from './backup.ts';
import { copyDatabase } from './sqlite-copy.ts';
import { openLocked } from './sqlite-locked.ts';
import { UNFINISHED } from './sqlite-open.ts';
import { preparePlace } from './sqlite-place.ts';
import { adoptRestored } from './restored.ts';
import { verifyDirectory, type Verified } from './sqlite-verify.ts';

/** `verifyDirectory` of a data directory that no server uses. */
export const verifyData = (dir: string): Verified => {
  adoptRestored(dir);
  return verifyDirectory(dir);
};

/** A backup of a data directory that no server uses. Throws `not_found`, `data_locked`, `data_corrupt`, `data_full`. */
export const backUpDirectory = async (dir: string, takenAt: number): Promise<Backup> => {
  await preparePlace(dir);
  adoptRestored(dir);
  for (const name of PARTS)
    if (!(await stat(join(dir, name)).catch(() => null)))
      throw new NinesError('not_found', `${dir} holds no ${name}: name the data folder of Nines with --data.`);
  using nines = openLocked(join(dir, 'nines.db'));
  using series = openLocked(join(dir, 'series.db'));
  const into = await mkdtemp(join(dir, UNFINISHED));
  const release = (): Promise<void> => rm(into, { recursive: true, force: true });
  try {
    await copyDatabase(series, join(dir, 'series.db'), join(into, 'series.db'));
    await copyDatabase(nines, join(dir, 'nines.db'), join(into, 'nines.db'));
  } catch (error) {
    await release();
    throw error;
  }
  return backupOf({ dir: into, release }, takenAt);
};
