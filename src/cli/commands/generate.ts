import { differencesOf } from '../../files/differences.ts';
import { planIn, writeOwned } from '../../files/own.ts';
import { placeIn } from '../../files/output.ts';
import { differenceText } from '../../generate/diff.ts';
import { count, generatedFor, warn, type Generated } from '../generated.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

/** Writes every file of the catalog; `--check` writes nothing and ends with 2 when a file is not as it should be. */
export const run: Run = async (invocation) => {
  const generated = await generatedFor(invocation);
  const { values } = invocation;
  warn(generated, values);
  const out = typeof values['out'] === 'string' ? values['out'] : '.';
  return values['check']
    ? check(out, generated, values['json'] === true)
    : write(out, generated, values['adopt'] === true, values['json'] === true);
};

const check = (out: string, { files, inScope }: Generated, json: boolean): number => {
  const place = placeIn(out);
  const differences = differencesOf(planIn(place, files, { inScope, adopt: false }), place);
  if (json) printJson({ differences });
  else {
    for (const difference of differences) print(differenceText(difference));
    print(
      differences.length === 0
        ? `${count(files.filter(({ path }) => inScope(path)).length, 'file')}: as the definitions say.`
        : `${count(differences.length, 'file')} not as the definitions say; nines diff shows how, nines generate writes them.`,
    );
  }
  return differences.length === 0 ? 0 : 2;
};

const write = async (out: string, { files, inScope }: Generated, adopt: boolean, json: boolean): Promise<number> => {
  const terminal = process.stderr.isTTY && !json;
  const plan = await writeOwned(out, files, {
    inScope,
    adopt,
    ...(terminal ? { onProgress: (done: number, of: number) => process.stderr.write(`\r${done} of ${of} files`) } : {}),
  }).finally(() => terminal && process.stderr.write('\r\u001B[K'));
  if (json)
    printJson({ written: plan.write.map(({ path }) => path), removed: plan.remove, unchanged: plan.keep.length });
  else
    print(
      `${count(plan.write.length, 'file')} written, ${plan.remove.length} removed, ${plan.keep.length} unchanged in ${out}.`,
    );
  return 0;
};
