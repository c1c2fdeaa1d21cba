import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NinesError } from '../errors.ts';
import { piecesOf } from '../generate/file.ts';
import { RECORDS } from '../generate/paths.ts';
import { codeOf, statOf, unwritable } from './output.ts';

/** Beside its place, so that a rename puts it there in one step; hidden, so that no pattern for rules matches it. */
export const stagedName = (path: string): string =>
  posix.join(posix.dirname(path), `.${posix.basename(path)}.nines-new`);

export type Staged = { path: string; chunks: () => Iterable<string>; sha256?: string };

/** Whether it is gone: what cannot be removed must not hide why it had to be, and the next run tries again. */
export const forget = (path: string): boolean => {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
};

/** What a killed run had made ready. Never a link or a folder: no run makes those. */
export const removeStaged = (root: string, path: string): void => {
  const staged = join(root, stagedName(path));
  if (statOf(staged)?.isFile()) rmSync(staged, { force: true });
};

const inTheWay = (paths: readonly string[]): NinesError =>
  new NinesError(
    'output_not_ours',
    `Nothing was written, because these files, which somebody else wrote, are where Nines makes its own ready; move them:${paths.map((path) => `\n  ${path}`).join('')}`,
  );

/** Refuses to start where files would be made ready in the place of others. Throws `output_not_ours` with every path. */
export const checkStaged = (root: string, paths: readonly string[]): void => {
  const taken = paths.map(stagedName).filter((path) => statOf(join(root, path)));
  if (taken.length > 0) throw inTheWay(taken);
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

/**
 * Makes a file ready beside its place, and adds it to `begun` as soon as it is there: never through, or over, one of others.
 * Resolves with the SHA-256 of its text, which must be `sha256` where that is given.
 */
export const stage = async (root: string, { path, chunks, sha256 }: Staged, begun: string[]): Promise<string> => {
  const hash = createHash('sha256');
  try {
    await using file = await open(join(root, stagedName(path)), 'wx', 0o666);
    begun.push(path);
    for (const piece of piecesOf(chunks())) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw inTheWay([stagedName(path)]);
    throw unwritable(`${join(root, path)} cannot be written`, error);
  }
  const made = hash.digest('hex');
  if (sha256 !== undefined && made !== sha256)
    throw new NinesError('internal', `${path} came out differently the second time it was made; please report it.`);
  return made;
};
