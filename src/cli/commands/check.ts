import { problemText } from '../../definition/catalog.ts';
import { schemaText } from '../../definition/schema.ts';
import { loadFolder } from '../../files/load.ts';
import { configOf } from '../config.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

/** All mistakes of all files at once; exit code 1 when there is one. Warnings do not fail. */
export const run: Run = async (invocation) => {
  if (invocation.values['schema']) {
    process.stdout.write(schemaText());
    return 0;
  }
  const config = configOf(invocation);
  const { catalog, problems } = await loadFolder(config.configDir, config);
  if (invocation.values['json']) {
    printJson({ valid: catalog !== null, problems, warnings: catalog?.warnings ?? [] });
    return catalog ? 0 : 1;
  }
  for (const problem of problems) print(problemText(problem));
  for (const warning of catalog?.warnings ?? []) print(`${problemText(warning)} (warning)`);
  if (!catalog) {
    print(`${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'}.`);
    return 1;
  }
  print(
    `${catalog.systems.size} systems, ${catalog.services.size} services, ${catalog.probes.size} probes, ${catalog.slos.size} SLOs, ${catalog.conditions.size} conditions: no mistakes.`,
  );
  return 0;
};
