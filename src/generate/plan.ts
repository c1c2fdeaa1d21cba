import { digestOf, type GeneratedFile } from './file.ts';
import type { Begun, Manifest } from './manifest.ts';
import { folded } from './paths.ts';

/** What lies at a path: nothing, a file with this SHA-256, or what is no file of ours to replace, in words. */
export type OnDisk = { kind: 'missing' } | { kind: 'file'; sha256: string } | { kind: 'blocked'; why: string };

/** `sha256` goes through the whole text, unless that is known by then. */
export type Wanted = { path: string; owner: string; sha256: () => string };

/** SHA-256 of texts by path. Whoever goes through a text anyway puts its digest here, and it is not made again for that. */
export type Digests = Map<string, string>;

export const wantedOf = (files: readonly GeneratedFile[], known: Digests): Wanted[] =>
  files.map((file) => ({
    path: file.path,
    owner: file.owner,
    sha256: () => {
      const sha256 = known.get(file.path) ?? digestOf(file);
      known.set(file.path, sha256);
      return sha256;
    },
  }));

export type PlanInput = {
  wanted: readonly Wanted[];
  manifests: readonly Manifest[];
  /** What a run that did not come to its end was about to write: ours as well. */
  unfinished: readonly Begun[];
  /** What lies at a path now; asked for every wanted and every recorded path within `inScope`. */
  onDisk: (path: string) => OnDisk;
  /** Paths that this run is about; all others stay as they are, and recorded as they are. */
  inScope: (path: string) => boolean;
  /** Also replace, and remove, what others wrote or changed. */
  adopt: boolean;
};

/** `foreign`: it was there before us. `edited`: ours, and changed since. `blocked`: no file can be put there. */
export type Refused = { path: string; kind: 'foreign' | 'edited' | 'blocked'; why: string };

/**
 * Every path at most once over `write`, `remove`, `keep` and `refuse`. By path. Where nothing lies, what is wanted goes
 * there whatever it is: such a text is not made for the plan.
 */
export type Plan = {
  /** `missing`: nothing lies there. `changed`: an older text of ours. `adopted`: the text of somebody else. */
  write: readonly (Wanted & { over: 'missing' | 'changed' | 'adopted' })[];
  /** Ours, unchanged, and no longer generated. Done before anything is written. */
  remove: readonly string[];
  /** As it should be already. */
  keep: readonly Wanted[];
  /** When there is one, nothing may be written at all. */
  refuse: readonly Refused[];
  /** What every owner has afterwards, with every digest; owners without files are left out. */
  manifests: () => readonly Manifest[];
};

const FOREIGN = 'was not written by Nines';
const EDITED = 'was changed since Nines wrote it';
const order = <T extends { path: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.path < b.path ? -1 : 1));

/** What one run does, decided before anything is touched. Pure. */
export const planOf = ({ wanted, manifests, unfinished, onDisk, inScope, adopt }: PlanInput): Plan => {
  const recorded = [...manifests.flatMap(({ files }) => files), ...unfinished];
  // By folded path: where case does not count, a file that changed the case of its name is the same one.
  const known = Map.groupBy(recorded, ({ path }) => folded(path));
  const isOurs = (path: string, sha256: string): boolean =>
    known.get(folded(path))?.some((one) => one.sha256 === sha256) ?? false;
  // A run that did not come to its end vouches for what it wrote, not for what lay there before.
  const settled = new Set(manifests.flatMap(({ files }) => files.map(({ path }) => path)));
  const wasOurs = (path: string): boolean => known.get(folded(path))?.some((one) => settled.has(one.path)) ?? false;
  const refuse: Refused[] = [];

  const mine = wanted.filter(({ path }) => inScope(path));
  const paths = new Set(mine.map(({ path }) => path));
  const remove = new Set<string>();
  for (const path of new Set(recorded.map((one) => one.path))) {
    if (paths.has(path) || !inScope(path)) continue;
    const there = onDisk(path);
    // A folder or a link in its place is not what we wrote; there is nothing of ours left to remove.
    if (there.kind !== 'file') continue;
    if (isOurs(path, there.sha256) || (adopt && settled.has(path))) remove.add(path);
    else if (settled.has(path)) refuse.push({ path, kind: 'edited', why: `${EDITED}, and is no longer generated` });
  }

  const makesWay = new Set([...remove].map(folded));
  const write: Plan['write'][number][] = [];
  const keep: Wanted[] = [];
  for (const file of mine) {
    const there = onDisk(file.path);
    if (there.kind === 'blocked') refuse.push({ path: file.path, kind: 'blocked', why: there.why });
    else if (there.kind === 'missing') write.push({ ...file, over: 'missing' });
    else if (there.sha256 === file.sha256() && !makesWay.has(folded(file.path))) keep.push(file);
    else if (there.sha256 === file.sha256() || isOurs(file.path, there.sha256))
      write.push({ ...file, over: 'changed' });
    else if (adopt) write.push({ ...file, over: 'adopted' });
    else if (wasOurs(file.path)) refuse.push({ path: file.path, kind: 'edited', why: EDITED });
    else refuse.push({ path: file.path, kind: 'foreign', why: FOREIGN });
  }
  return {
    write: order(write),
    remove: [...remove].toSorted(),
    keep: order(keep),
    refuse: order(refuse),
    manifests: () => manifestsAfter(mine, manifests, inScope),
  };
};

const manifestsAfter = (
  mine: readonly Wanted[],
  before: readonly Manifest[],
  inScope: (path: string) => boolean,
): Manifest[] => {
  const owners = new Map<string, Map<string, string>>();
  const put = (owner: string, path: string, sha256: string): void => {
    const files = owners.get(owner) ?? new Map<string, string>();
    owners.set(owner, files.set(path, sha256));
  };
  for (const { owner, files } of before)
    for (const { path, sha256 } of files) if (!inScope(path)) put(owner, path, sha256);
  for (const { owner, path, sha256 } of mine) put(owner, path, sha256());
  return [...owners]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([owner, files]) => ({
      owner,
      files: order([...files].map(([path, sha256]) => ({ path, sha256 }))),
    }));
};
