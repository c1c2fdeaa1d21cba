// node bin/run.js bench/start.ts: CPU of `nines --help`, and of `nines serve` with 100 SLOs until it is ready (compile cache warm).
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeDefinitions } from './definitions.ts';

const RUNS = 9;
const TICK_MS = 10;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** User and system time of a living process with all its threads, ms. */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
};

const help = (): number => {
  const script = `const { spawnSync } = require('node:child_process'); spawnSync(process.execPath, ['bin/nines.js', '--help']); const { execSync } = require('node:child_process'); process.stdout.write(execSync('cat /proc/' + process.pid + '/stat').toString())`;
  const stat = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout;
  const fields = stat.split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
};

const serve = async (folder: string): Promise<number> => {
  const child = spawn(
    process.execPath,
    ['bin/nines.js', 'serve', '--config', folder, '--data', join(folder, 'data'), '--port', '9795'],
    { stdio: 'ignore' },
  );
  const answers = async (): Promise<boolean> =>
    (await fetch('http://127.0.0.1:9795/ready').catch(() => null))?.ok ?? false;
  while (!(await answers())) await sleep(20);
  const cpu = cpuOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  return cpu;
};

const folder = writeDefinitions(100, 100, 'http://127.0.0.1:9', '60s');
help();
await serve(folder);
const helps = Array.from({ length: RUNS }, help);
const serves: number[] = [];
for (let run = 0; run < RUNS; run++) serves.push(await serve(folder));
rmSync(folder, { recursive: true });
console.log(`nines --help: ${median(helps)} ms CPU (median of ${RUNS}, resolution ${TICK_MS} ms)`);
console.log(`nines serve, 100 SLOs, until ready: ${median(serves)} ms CPU (median of ${RUNS})`);
