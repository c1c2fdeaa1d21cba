// node own-child.ts DIR TEXTS STEP: writes generated files, and is killed by itself with -9 right before the given step
// of the file system; prints how many there were when it came to its end.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { GeneratedFile } from '../../src/generate/file.ts';

const [dir = '', texts = '{}', given = '0'] = process.argv.slice(2);
let steps = 0;

/** Whatever changes a folder counts. */
const counted =
  <Args extends unknown[], Result>(real: (...args: Args) => Result) =>
  (...args: Args): Result => {
    steps++;
    if (steps === Number(given)) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
for (const name of ['mkdirSync', 'renameSync', 'rmSync', 'rmdirSync', 'symlinkSync', 'writeFileSync'] as const)
  Object.assign(fs, { [name]: counted(fs[name] as (...args: unknown[]) => unknown) });
Object.assign(promises, { open: counted(promises.open as (...args: unknown[]) => unknown) });
syncBuiltinESMExports();

const { writeOwned } = await import('../../src/files/own.ts');
const files = Object.entries(JSON.parse(texts) as Record<string, string>).map(([path, text]): GeneratedFile => ({
  path,
  owner: path.split('/')[0] ?? '',
  chunks: () => [text],
}));
await writeOwned(dir, files, { inScope: () => true, adopt: false });
console.log(steps);
