// Holds the generated tests against the generated rules, then changes every rule of the catalog in every way that it knows, and says which changes the generated tests do not notice:
//   node bin/run.js test/fuzz/rule-mutants.ts [SLO] [AT ONCE]
import { generated, promtool } from '../generate/rule-tests.ts';
import { caughtBy, mutantsOf } from '../generate/rule-tests-mutants.ts';
import { measured } from '../generate/rules/catalogs.ts';

const [wanted, atOnce = '2'] = process.argv.slice(2);
const catalog = measured();
let survived = 0;
for (const slo of catalog.slos.values()) {
  if (!slo.served || (wanted !== undefined && slo.id !== wanted)) continue;
  const { rules, tests } = generated({ ...catalog, slos: new Map([[slo.id, slo]]) }, slo.system);
  for (const file of tests) {
    const said = await promtool(rules, file);
    if (said !== '') survived++;
    process.stdout.write(said);
  }
  const mutants = mutantsOf(rules);
  const queue = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const { changed, what } = mutant;
      if ((await caughtBy(rules, tests, mutant)) !== undefined) continue;
      survived++;
      process.stdout.write(`survives: ${slo.id} ${changed.record ?? changed.alert}: ${what}\n  ${changed.expr}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, work));
  process.stdout.write(`${slo.id}: ${mutants.length} mutants\n`);
}
process.exitCode = survived === 0 ? 0 : 1;
