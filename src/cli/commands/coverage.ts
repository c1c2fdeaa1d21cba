import { coverage } from '../../definition/coverage.ts';
import { readProofs } from '../../files/proofs.ts';
import { NinesError } from '../../errors.ts';
import { catalogOf } from '../catalog.ts';
import { configOf } from '../config.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

/** A requirement counts when a definition names it in `covers` and a test or lab scenario proves it. */
export const run: Run = async (invocation) => {
  const { catalog, requirements } = await catalogOf(invocation);
  if (!requirements)
    throw new NinesError('not_found', `There is no requirements.yaml in ${configOf(invocation).configDir}.`);
  const result = coverage(requirements, catalog.covered, readProofs());
  if (invocation.values['json']) printJson(result);
  else {
    for (const { id, why } of result.missing) print(`${id}  ${why}`);
    print(`${result.covered} of ${result.checkable} checkable requirements are covered (${result.total} in all).`);
  }
  return 0;
};
