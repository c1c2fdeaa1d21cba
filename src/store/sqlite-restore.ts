import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { NinesError } from '../errors.ts';
import { PARTS, extractBackup, readBackup } from './backup.ts';
import { openLocked } from './sqlite-locked.ts';
import { BEFORE, RESTORED, adoptRestored, syncFolder } from './restored.ts';
import { isDamaged, stampOf } from './series-damage.ts';
import { UNFINISHED } from './sqlite-open.ts';
import { preparePlace } from './sqlite-place.ts';
import { verifyCopy, type Finding, type Holds, type Verified } from './sqlite-verify.ts';

/** What was restored, and where the data from before lies (null when there was none). */
export type Restored = {
  takenAt: number;
  bytes: number;
  holds: Holds;
  /** Rows of the backup that contradict each other. */
  doubts: readonly Finding[];
  before: string | null;
};

/** Null where there is nothing to lock, or only rubble: a damaged file is what a restore is for. */
const lock = (file: string): DatabaseSync | null => {
  if (!existsSync(file)) return null;
  try {
    return openLocked(file);
  } catch (error) {
    if (isDamaged(error)) return null;
    throw error;
  }
};

/** Damaged pages are refused; rows that contradict each other were so before, and are told. */
const refuseDamaged = (path: string, { findings, holds }: Verified): { holds: Holds; doubts: readonly Finding[] } => {
  const wrong = findings.filter(({ ok }) => !ok);
  const damaged = wrong.find(({ what }) => PARTS.some((part) => part === what));
  if (!damaged && holds) return { holds, doubts: wrong };
  const { what = path, text = 'cannot be read', code = null } = damaged ?? {};
  throw new NinesError(
    code === 'data_too_new' ? 'data_too_new' : 'data_corrupt',
    `${path} is not restored, and the data is as it was: ${text.startsWith(what) ? text : `${what} ${text}`}`,
  );
};

/** A backup, looked through: every byte against its manifest, every page, every invariant. Throws like `readBackup`. */
export const verifyBackup = async (
  path: string,
  place: string,
): Promise<Verified & { takenAt: number; bytes: number }> => {
  const contents = await readBackup(path);
  const beside = await mkdtemp(join(place, UNFINISHED));
  try {
    await extractBackup(path, contents, beside);
    return { ...verifyCopy(beside), takenAt: contents.takenAt, bytes: contents.bytes };
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
};

/**
 * Puts the data of a proved backup in place. A crash at any instant leaves the old data or the new; the old data is
 * kept. Throws `data_locked` while a server runs on it, `conflict` when there is data and no `force`, `not_found`,
 * `data_corrupt`, `data_too_new`.
 */
export const restoreDirectory = async (path: string, dir: string, now: number, force: boolean): Promise<Restored> => {
  await preparePlace(dir);
  adoptRestored(dir);
  const present = PARTS.filter((name) => existsSync(join(dir, name)));
  if (present.length > 0 && !force)
    throw new NinesError(
      'conflict',
      `${dir} holds data already: --force puts it aside, into a folder of its own, and restores the backup in its place.`,
    );
  const locks = present.map((name) => lock(join(dir, name)));
  let stamp = stampOf(now);
  for (let n = 2; existsSync(join(dir, BEFORE + stamp)); n++) stamp = `${stampOf(now)}-${n}`;
  let beside = '';
  let judged: ReturnType<typeof refuseDamaged>;
  let contents: Awaited<ReturnType<typeof readBackup>>;
  try {
    contents = await readBackup(path);
    beside = await mkdtemp(join(dir, UNFINISHED));
    await extractBackup(path, contents, beside);
    judged = refuseDamaged(path, verifyCopy(beside));
    syncFolder(beside);
  } catch (error) {
    if (beside) await rm(beside, { recursive: true, force: true });
    throw error;
  } finally {
    // Closing tidies the logs by their names, so it comes before anything else is put there.
    for (const held of locks) held?.close();
  }
  await rename(beside, join(dir, RESTORED + stamp));
  syncFolder(dir);
  adoptRestored(dir);
  return {
    takenAt: contents.takenAt,
    bytes: contents.bytes,
    ...judged,
    before: present.length > 0 ? join(dir, BEFORE + stamp) : null,
  };
};
