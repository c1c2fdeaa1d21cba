import { problemText } from '../../definition/catalog.ts';
import { schemaText } from '../../definition/schema.ts';
import { loadFolder } from '../../files/load.ts';
import { configOf } from '../config.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

/**
 * All mistakes of all files at once; exit code 1 when there is one. Warnings do not fail. `--prometheus` also asks whether
 * that server can serve the rules: 1 with an error, 2 when the rules loaded there are others.
 */
export const run: Run = async (invocation) => {
  if (invocation.values['schema']) {
    process.stdout.write(schemaText());
    return 0;
  }
  const config = configOf(invocation);
  const { catalog, problems } = await loadFolder(config.configDir, config);
  const isAsked = catalog !== null && invocation.values['prometheus'] !== undefined;
  const live = isAsked ? await import('./check-prometheus.ts') : null;
  if (invocation.values['json']) {
    const prometheus = catalog && live ? await live.checkPrometheus(catalog, config, invocation.values) : undefined;
    printJson({ valid: catalog !== null, problems, warnings: catalog?.warnings ?? [], prometheus });
    return prometheus?.exitCode ?? (catalog ? 0 : 1);
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
  if (!live) return 0;
  const check = await live.checkPrometheus(catalog, config, invocation.values);
  live.printPrometheusCheck(check);
  return check.exitCode;
};
