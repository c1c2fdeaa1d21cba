import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NinesError } from '../errors.ts';
import { RECORDS } from '../generate/paths.ts';
import { codeOf, unwritable } from './output.ts';

/** Beside its place, so that a rename puts it there in one step; hidden, so that no pattern for rules matches it. */
export const stagedName = (path: string): string =>
  posix.join(posix.dirname(path), `.${posix.basename(path)}.nines-new`);

export type Staged = { path: string; chunks: () => Iterable<string>; sha256?: string };

/** What cannot be removed must not hide why it had to be. */
export const forget = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // The next run tries again.
  }
};

export const removeEmpty = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {
    // Something lies in it, or it is gone: either is fine.
  }
};

/** Manifests that a killed run had made ready. */
export const leftStaged = (root: string): string[] =>
  readdirSync(join(root, RECORDS))
    .map((name) => /^\.(.+)\.nines-new$/.exec(name)?.[1])
    .flatMap((name) => (name ? [`${RECORDS}/${name}`] : []));

/** The folders of a file, one by one from the output folder on: one that vanished is not made again. */
export const makeWay = (root: string, path: string, made: string[]): void => {
  const steps = path.split('/').slice(0, -1);
  for (let length = 1; length <= steps.length; length++) {
    const folder = join(root, ...steps.slice(0, length));
    try {
      mkdirSync(folder);
      made.push(folder);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw unwritable(`${folder} cannot be made`, error);
    }
  }
};

// Characters; pieces are as small as a line.
const WRITE_AT_ONCE = 65_536;

export const stage = async (root: string, { path, chunks, sha256 }: Staged): Promise<void> => {
  const hash = createHash('sha256');
  try {
    await using file = await open(join(root, stagedName(path)), 'w', 0o666);
    let held = '';
    for (const chunk of chunks()) {
      held += chunk;
      if (held.length < WRITE_AT_ONCE) continue;
      hash.update(held);
      await file.writeFile(held);
      held = '';
    }
    hash.update(held);
    await file.writeFile(held);
    await file.sync();
  } catch (error) {
    throw unwritable(`${join(root, path)} cannot be written`, error);
  }
  if (sha256 !== undefined && hash.digest('hex') !== sha256)
    throw new NinesError('internal', `${path} came out differently the second time it was made; please report it.`);
};
