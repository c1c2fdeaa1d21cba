import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { NinesError } from '../errors.ts';
import type { GeneratedFile } from '../generate/file.ts';
import { manifestPath, printManifest, printUnfinished, UNFINISHED, type Manifest } from '../generate/manifest.ts';
import { checkPaths, RECORDS } from '../generate/paths.ts';
import { planOf, wantedOf, type Plan, type Refused } from '../generate/plan.ts';
import { takeLock } from './lock.ts';
import { placeIn, unwritable, type Place } from './output.ts';
import {
  checkStaged,
  forget,
  leftStaged,
  makeWay,
  removeEmpty,
  removeStaged,
  stage,
  stagedName,
  type Staged,
} from './stage.ts';
import { syncFolder } from './write.ts';

export type OwnOptions = {
  inScope: (path: string) => boolean;
  adopt: boolean;
  /** After every file that was made ready. */
  onProgress?: (done: number, of: number) => void;
};

const sentence = (refused: readonly Refused[]): string => {
  const blocked = refused.filter(({ kind }) => kind === 'blocked');
  const list = refused.map(({ path, why }) => `\n  ${path}: ${why}`).join('');
  if (blocked.length > 0) return `Nothing was written, because files cannot be put at their places:${list}`;
  return `Nothing was written, because it would replace the work of somebody else; move these files, or take them over with --adopt:${list}`;
};

/** Throws `output_not_ours`, or `output_invalid` where no file can be put at all, with every path. */
export const checkPlan = ({ refuse }: Plan): void => {
  if (refuse.length > 0)
    throw new NinesError(
      refuse.some(({ kind }) => kind === 'blocked') ? 'output_invalid' : 'output_not_ours',
      sentence(refuse),
    );
};

/** Manifests whose text is not what it should be, and those of owners that are gone. */
export const recordChanges = (before: readonly Manifest[], after: readonly Manifest[]) => {
  const old = new Map(before.map((manifest) => [manifest.owner, printManifest(manifest)]));
  const owners = new Set(after.map(({ owner }) => owner));
  return {
    write: after
      .map((manifest) => ({ owner: manifest.owner, path: manifestPath(manifest.owner), text: printManifest(manifest) }))
      .filter(({ owner, text }) => old.get(owner) !== text),
    remove: [...old.keys()].filter((owner) => !owners.has(owner)).map(manifestPath),
  };
};

/** What a run would do in this place. Throws `output_invalid` for files that cannot stand side by side. */
export const planIn = (
  place: Place,
  files: readonly GeneratedFile[],
  { inScope, adopt }: Pick<OwnOptions, 'inScope' | 'adopt'>,
): Plan => {
  checkPaths(files);
  return planOf({ ...place, wanted: wantedOf(files), inScope, adopt });
};

/**
 * Makes the folder hold these files: everything is made ready beside its place first, then moved there, the manifests
 * last. A run that was killed at any instant is finished by the next one. Throws `output_not_ours`, `output_invalid`,
 * `output_locked`, `output_unwritable`; but for a disk that fails in the last step, nothing was changed then.
 */
export const writeOwned = async (dir: string, files: readonly GeneratedFile[], options: OwnOptions): Promise<Plan> => {
  checkPaths(files);
  const made: string[] = [];
  try {
    makeFolder(dir, made);
    const root = realpathSync(dir);
    placeIn(root);
    makeFolder(join(root, RECORDS), made);
    using lock = takeLock(join(root, RECORDS));
    const place = placeIn(root);
    const plan = planIn(place, files, options);
    checkPlan(plan);
    await apply(root, place, plan, files, options, lock.check, made);
    return plan;
  } catch (error) {
    throw unwritable(`${dir} cannot be written`, error);
  } finally {
    removeEmpty(join(dir, RECORDS));
    for (const folder of made.toReversed()) removeEmpty(folder);
  }
};

const makeFolder = (path: string, made: string[]): void => {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first) for (let folder = path; folder.length >= first.length; folder = dirname(folder)) made.unshift(folder);
  } catch (error) {
    throw unwritable(`${path} cannot be made`, error);
  }
};

const apply = async (
  root: string,
  place: Place,
  plan: Plan,
  files: readonly GeneratedFile[],
  options: OwnOptions,
  checkLock: () => void,
  made: string[],
): Promise<void> => {
  const texts = new Map(files.map((file) => [file.path, file.chunks]));
  const records = recordChanges(place.manifests, plan.manifests);
  const ready: Staged[] = [
    ...plan.write.map(({ path, sha256 }) => ({ path, sha256, chunks: texts.get(path) ?? (() => []) })),
    ...records.write.map(({ path, text }) => ({ path, chunks: () => [text] })),
  ];
  for (const path of [UNFINISHED, ...leftStaged(root), ...place.unfinished.map((file) => file.path)])
    removeStaged(root, path);
  if (ready.length + plan.remove.length + records.remove.length > 0) {
    const removed = new Set(plan.remove);
    const ours = [
      ...place.unfinished,
      ...plan.write.map(({ path, sha256 }) => ({ path, sha256 })),
      ...place.manifests.flatMap((manifest) => manifest.files.filter(({ path }) => removed.has(path))),
    ];
    checkStaged(root, [UNFINISHED, ...ready.map(({ path }) => path)]);
    await stage(root, { path: UNFINISHED, chunks: () => [printUnfinished(ours)] }, []);
    renameSync(join(root, stagedName(UNFINISHED)), join(root, UNFINISHED));
    await syncFolder(join(root, RECORDS));
    const begun: string[] = [];
    try {
      for (const [index, file] of ready.entries()) {
        makeWay(root, file.path, made);
        await stage(root, file, begun);
        options.onProgress?.(index + 1, ready.length);
      }
      checkLock();
    } catch (error) {
      const gone = begun.map((path) => forget(join(root, stagedName(path)))).every(Boolean);
      if (gone && place.unfinished.length === 0) forget(join(root, UNFINISHED));
      throw error;
    }
    await moveAll(root, plan, ready, records.remove);
  }
  for (const path of [...plan.remove, ...place.unfinished.map((file) => file.path)])
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
      removeEmpty(join(root, folder));
  rmSync(join(root, UNFINISHED), { force: true });
};

const moveAll = async (root: string, plan: Plan, ready: readonly Staged[], oldRecords: string[]): Promise<void> => {
  const folders = new Set<string>();
  try {
    for (const path of plan.remove) rmSync(join(root, path), { force: true });
    for (const { path } of ready) {
      renameSync(join(root, stagedName(path)), join(root, path));
      folders.add(dirname(join(root, path)));
    }
    for (const path of oldRecords) rmSync(join(root, path), { force: true });
    for (const folder of folders) await syncFolder(folder);
  } catch (error) {
    throw unwritable(`${root} was written in part only; run it again once this is mended`, error);
  }
};
