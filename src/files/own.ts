import { mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NinesError } from '../errors.ts';
import type { GeneratedFile } from '../generate/file.ts';
import { checkPaths, RECORDS } from '../generate/paths.ts';
import { planOf, wantedOf, type Digests, type Plan, type Refused } from '../generate/plan.ts';
import { apply, type Run } from './apply.ts';
import { takeLock } from './lock.ts';
import { placeIn, unwritable, type Place } from './output.ts';
import { removeEmpty } from './stage.ts';

export type OwnOptions = { inScope: (path: string) => boolean; adopt: boolean } & Pick<Run, 'onProgress'>;

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

/** What a run would do in this place. Throws `output_invalid` for files that cannot stand side by side. */
export const planIn = (
  place: Place,
  files: readonly GeneratedFile[],
  { inScope, adopt }: Pick<OwnOptions, 'inScope' | 'adopt'>,
  known: Digests = new Map(),
): Plan => {
  checkPaths(files);
  return planOf({ ...place, wanted: wantedOf(files, known), inScope, adopt });
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
    const known: Digests = new Map();
    const plan = planIn(place, files, options, known);
    checkPlan(plan);
    const texts = new Map(files.map((file) => [file.path, file.chunks]));
    await apply({ ...options, root, place, plan, texts, known, made, checkLock: lock.check });
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
