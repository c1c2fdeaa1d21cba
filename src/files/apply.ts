import { renameSync, rmSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import {
  manifestPath,
  printManifest,
  printUnfinished,
  UNFINISHED,
  type Begun,
  type Manifest,
} from '../generate/manifest.ts';
import { RECORDS } from '../generate/paths.ts';
import type { Digests, Plan } from '../generate/plan.ts';
import { unwritable, type Place } from './output.ts';
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

/** A plan that refuses nothing, and where it is carried out. */
export type Run = {
  root: string;
  place: Place;
  plan: Plan;
  texts: ReadonlyMap<string, Staged['chunks']>;
  /** Gets the digests of the texts that are written. */
  known: Digests;
  /** Throws when this run is no longer the only one. */
  checkLock: () => void;
  /** Gets the folders that are made. */
  made: string[];
  /** After every file that was made ready. */
  onProgress?: (done: number, of: number) => void;
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

const hasWork = ({ place, plan }: Run): boolean => {
  if (plan.write.length + plan.remove.length > 0) return true;
  const { write, remove } = recordChanges(place.manifests, plan.manifests());
  return write.length + remove.length > 0;
};

/** Refuses before anything is made where something of others lies in the way of what may be made. */
const checkWay = ({ root, place, plan }: Run): void => {
  const owners = new Set([...place.manifests, ...plan.write, ...plan.keep].map(({ owner }) => owner));
  checkStaged(root, [UNFINISHED, ...plan.write.map(({ path }) => path), ...[...owners].map(manifestPath)]);
};

const note = async (root: string, files: readonly Begun[]): Promise<void> => {
  await stage(root, { path: UNFINISHED, chunks: () => [printUnfinished(files)] }, []);
  renameSync(join(root, stagedName(UNFINISHED)), join(root, UNFINISHED));
  await syncFolder(join(root, RECORDS));
};

type Ready = { paths: readonly string[]; oldRecords: readonly string[] };

/**
 * Everything beside its place. What this run is about to write is noted before its first file; and where new texts are, once
 * more before the first of them gets its name, because only then their digests are known.
 */
const makeReady = async (run: Run): Promise<Ready> => {
  const { root, place, plan, texts, known, checkLock, made, onProgress } = run;
  const removed = new Set(plan.remove);
  const before: Begun[] = [
    ...place.unfinished,
    ...place.manifests.flatMap((manifest) => manifest.files.filter(({ path }) => removed.has(path))),
  ];
  const about = (isKnown: (file: Plan['write'][number]) => boolean): Begun[] =>
    plan.write.map((file) => (isKnown(file) ? { path: file.path, sha256: file.sha256() } : { path: file.path }));
  const isOld = ({ over }: Plan['write'][number]): boolean => over !== 'missing';
  await note(root, [...before, ...about(isOld)]);
  const paths: string[] = [];
  const makeOne = (file: Staged): Promise<string> => {
    makeWay(root, file.path, made);
    return stage(root, file, paths);
  };
  try {
    for (const [index, { path }] of plan.write.entries()) {
      const sha256 = known.get(path);
      const chunks = texts.get(path) ?? (() => []);
      known.set(path, await makeOne({ path, chunks, ...(sha256 === undefined ? {} : { sha256 }) }));
      onProgress?.(index + 1, plan.write.length);
    }
    const records = recordChanges(place.manifests, plan.manifests());
    for (const { path, text } of records.write) await makeOne({ path, chunks: () => [text] });
    checkLock();
    if (!plan.write.every(isOld)) await note(root, [...before, ...about(() => true)]);
    checkLock();
    return { paths, oldRecords: records.remove };
  } catch (error) {
    const gone = paths.map((path) => forget(join(root, stagedName(path)))).every(Boolean);
    if (gone && place.unfinished.length === 0) forget(join(root, UNFINISHED));
    throw error;
  }
};

const moveAll = async (root: string, remove: readonly string[], { paths, oldRecords }: Ready): Promise<void> => {
  const folders = new Set<string>();
  try {
    for (const path of remove) rmSync(join(root, path), { force: true });
    for (const path of paths) {
      renameSync(join(root, stagedName(path)), join(root, path));
      folders.add(dirname(join(root, path)));
    }
    for (const path of oldRecords) rmSync(join(root, path), { force: true });
    for (const folder of folders) await syncFolder(folder);
  } catch (error) {
    throw unwritable(`${root} was written in part only; run it again once this is mended`, error);
  }
};

/** Carries a plan out: all is made ready beside its place first, then moved there, the manifests last. */
export const apply = async (run: Run): Promise<void> => {
  const { root, place, plan } = run;
  for (const path of [UNFINISHED, ...leftStaged(root), ...place.unfinished.map((file) => file.path)])
    removeStaged(root, path);
  if (hasWork(run)) {
    checkWay(run);
    await moveAll(root, plan.remove, await makeReady(run));
  }
  for (const path of [...plan.remove, ...place.unfinished.map((file) => file.path)])
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
      removeEmpty(join(root, folder));
  rmSync(join(root, UNFINISHED), { force: true });
};
