import { coverage } from '../../definition/coverage.ts';
import { readProofs } from '../../files/proofs.ts';
import { loadFolder } from '../../files/load.ts';
import { NinesError } from '../../errors.ts';
import { configOf } from '../config.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

/** A requirement counts when a definition names it in `covers` and a test or lab scenario proves it. */
export const run: Run = async (invocation) => {
  const config = configOf(invocation);
  const { catalog, problems, requirements } = await loadFolder(config.configDir, config);
  if (!requirements) throw new NinesError('not_found', `There is no requirements.yaml in ${config.configDir}.`);
  if (!catalog)
    throw new NinesError(
      'definition_invalid',
      `The definitions have ${problems.length} mistakes; nines check lists them.`,
    );
  const result = coverage(requirements, catalog.covered, readProofs());
  if (invocation.values['json']) printJson(result);
  else {
    for (const { id, why } of result.missing) print(`${id}  ${why}`);
    print(`${result.covered} of ${result.checkable} checkable requirements are covered (${result.total} in all).`);
  }
  return 0;
};
