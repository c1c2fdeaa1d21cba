import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { messageOf, NinesError } from '../errors.ts';
import {
  ownerOf,
  parseManifest,
  parseUnfinished,
  UNFINISHED,
  type Begun,
  type Manifest,
} from '../generate/manifest.ts';
import { RECORDS } from '../generate/paths.ts';
import type { OnDisk } from '../generate/plan.ts';

/** Where generated files lie: a folder, or a folder in a commit. */
export type Place = {
  manifests: readonly Manifest[];
  unfinished: readonly Begun[];
  onDisk: (path: string) => OnDisk;
  /** Text of what `onDisk` calls a file; null for all else. */
  textOf: (path: string) => string | null;
};

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is gone, or was never there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file is where a folder should be',
  ENOTDIR: 'a file is where a folder should be',
};

/** What the file system said about a path, as `output_unwritable`; errors of ours pass as they are. */
export const unwritable = (what: string, error: unknown): NinesError =>
  error instanceof NinesError
    ? error
    : new NinesError('output_unwritable', `${what}: ${REASONS[codeOf(error)] ?? messageOf(error)}.`, { cause: error });

export const sha256Of = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export const statOf = (path: string): Stats | undefined => {
  try {
    return lstatSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unwritable(`${path} cannot be read`, error);
  }
};

const isWithin = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

/** What is on the way to `path` from `root` that is no folder; undefined when its folder is there. */
const obstacle = (root: string, path: string): OnDisk | undefined => {
  const steps = path.split('/').slice(0, -1);
  for (let length = 1; length <= steps.length; length++) {
    const folder = steps.slice(0, length).join('/');
    const stat = statOf(join(root, folder));
    if (!stat) return { kind: 'missing' };
    if (stat.isSymbolicLink()) {
      let target: string | undefined;
      try {
        target = realpathSync(join(root, folder));
      } catch {
        return { kind: 'blocked', why: `${folder} is a link that leads nowhere` };
      }
      if (!isWithin(root, target))
        return { kind: 'blocked', why: `${folder} is a link that leads out of the output folder` };
    } else if (!stat.isDirectory()) return { kind: 'blocked', why: `${folder} is a file, and should be a folder` };
  }
  return undefined;
};

const lookAt = (root: string, path: string): OnDisk => {
  const inTheWay = obstacle(root, path);
  if (inTheWay) return inTheWay;
  const stat = statOf(join(root, path));
  if (!stat) return { kind: 'missing' };
  if (stat.isDirectory()) return { kind: 'blocked', why: 'is a folder' };
  if (stat.isSymbolicLink()) return { kind: 'blocked', why: 'is a link' };
  if (!stat.isFile()) return { kind: 'blocked', why: 'is no ordinary file' };
  return { kind: 'file', sha256: sha256Of(readAt(root, path)) };
};

const readAt = (root: string, path: string): Buffer => {
  try {
    return readFileSync(join(root, path));
  } catch (error) {
    throw unwritable(`${join(root, path)} cannot be read`, error);
  }
};

/**
 * An output folder as it is now; one that does not exist is empty. Throws `output_invalid` for damaged records and
 * `output_unwritable` for what cannot be read.
 */
export const placeIn = (dir: string): Place => {
  const stat = statOf(dir);
  const root = stat ? realpathSync(dir) : dir;
  const records = lookAt(root, `${RECORDS}/x`);
  if (records.kind === 'blocked') throw new NinesError('output_invalid', `In ${dir}, ${records.why}.`);
  const names = statOf(join(root, RECORDS)) ? readdirSync(join(root, RECORDS)).toSorted() : [];
  const manifests = names
    .filter((name) => ownerOf(name) !== undefined && !name.startsWith('.'))
    .map((name) => parseManifest(`${RECORDS}/${name}`, readAt(root, `${RECORDS}/${name}`).toString('utf8')));
  const unfinished = statOf(join(root, UNFINISHED)) ? parseUnfinished(readAt(root, UNFINISHED).toString('utf8')) : [];
  const seen = new Map<string, OnDisk>();
  const onDisk = (path: string): OnDisk => {
    const there = seen.get(path) ?? lookAt(root, path);
    seen.set(path, there);
    return there;
  };
  return {
    manifests,
    unfinished,
    onDisk,
    textOf: (path) => (onDisk(path).kind === 'file' ? readAt(root, path).toString('utf8') : null),
  };
};
