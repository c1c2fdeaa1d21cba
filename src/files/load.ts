import type { Problem } from '../definition/catalog.ts';
import { load, type Loaded } from '../definition/load.ts';
import { loadRequirements, type Requirement } from '../definition/requirements.ts';
import { createLookup, readDefinitions, readRunbookNames } from './read.ts';

export type LoadedFolder = Loaded & {
  /** Rows of requirements.yaml; null where there is none. */
  requirements: readonly Requirement[] | null;
};

const NOTHING = 'no system is defined here; write one, or name another folder with --config';

/** A folder of definitions → its catalog, or all mistakes of all its files. Throws `definition_unreadable`. */
export const loadFolder = async (
  dir: string,
  context: { profile: string; env: Readonly<Record<string, string | undefined>> },
): Promise<LoadedFolder> => {
  const { files, requirements: given } = await readDefinitions(dir);
  const runbooks = await readRunbookNames(dir);
  const read = given ? loadRequirements(given) : { requirements: null, problems: [] as Problem[] };
  const ids = read.requirements && { requirements: new Set(read.requirements.map(({ id }) => id)) };
  const loaded = load(files, { profile: context.profile, lookup: createLookup(context.env), runbooks, ...ids });
  const { requirements } = read;
  if (loaded.catalog?.systems.size === 0)
    return { catalog: null, problems: [{ file: dir, line: 1, column: 1, message: NOTHING }], requirements };
  if (read.problems.length === 0) return { ...loaded, requirements };
  return { catalog: null, problems: [...loaded.problems, ...read.problems], requirements };
};
