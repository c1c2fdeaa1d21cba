import { problemText } from '../../definition/catalog.ts';
import { schemaText } from '../../definition/schema.ts';
import { NinesError } from '../../errors.ts';
import { loadFolder } from '../../files/load.ts';
import { counted } from '../../generate/live/finding.ts';
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
  if (invocation.values['days'] !== undefined && invocation.values['prometheus'] === undefined)
    throw new NinesError(
      'invalid_request',
      '--days counts alerts in the past of a Prometheus; name that with --prometheus URL.',
    );
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
    print(`${counted(problems.length, 'mistake')}.`);
    return 1;
  }
  const { systems, services, probes, slos, conditions } = catalog;
  print(
    `${counted(systems.size, 'system')}, ${counted(services.size, 'service')}, ${counted(probes.size, 'probe')}, ${counted(slos.size, 'SLO')}, ${counted(conditions.size, 'condition')}: no mistakes.`,
  );
  if (!live) return 0;
  const check = await live.checkPrometheus(catalog, config, invocation.values);
  live.printPrometheusCheck(check);
  return check.exitCode;
};
