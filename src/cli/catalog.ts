import type { Catalog } from '../definition/catalog.ts';
import { NinesError } from '../errors.ts';
import { loadFolder, type LoadedFolder } from '../files/load.ts';
import { configOf } from './config.ts';
import type { Invocation } from './table.ts';

/** The definitions that a command works with. Throws `definition_invalid` where they have mistakes, `definition_unreadable`. */
export const catalogOf = async (
  invocation: Invocation,
): Promise<{ catalog: Catalog; requirements: LoadedFolder['requirements'] }> => {
  const config = configOf(invocation);
  const { catalog, problems, requirements } = await loadFolder(config.configDir, config);
  if (catalog) return { catalog, requirements };
  const mistakes = `${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}`;
  throw new NinesError('definition_invalid', `The definitions have ${mistakes}; nines check lists them.`);
};
