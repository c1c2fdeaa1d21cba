// node bin/run.js bench/serve.ts [TARGETS] [SECONDS]: the whole server, every target probed each 10 s, all stored and judged.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { writeDefinitions } from './definitions.ts';

if (isMainThread) await main();
else {
  const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1', () =>
    parentPort?.postMessage((server.address() as { port: number }).port),
  );
}

async function main(): Promise<void> {
  const targets = Number(process.argv[2] ?? 10_000);
  const seconds = Number(process.argv[3] ?? 40);
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const folder = writeDefinitions(targets, targets, `http://127.0.0.1:${port}`, '10s');
  const child = spawn(
    process.execPath,
    ['bin/nines.js', 'serve', '--config', folder, '--data', join(folder, 'data'), '--port', '9796'],
    { stdio: 'ignore' },
  );
  const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:9796${path}`)).text();
  while (!(await fetch('http://127.0.0.1:9796/ready').catch(() => null))?.ok) await sleep(100);
  const status = (): { cpu: number; rss: number } => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, rss: Number(fields[21]) * 4096 };
  };
  await sleep(15_000);
  await get('/metrics');
  const before = status();
  await sleep(seconds * 1_000);
  const after = status();
  const metrics = await get('/metrics');
  const value = (name: string): string => metrics.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm'))?.[1] ?? '?';
  const sum = (name: string): number =>
    [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\S+)`, 'gm'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  console.log(
    `${targets} targets and SLOs, every 10 s, ${seconds} s: CPU ${((after.cpu - before.cpu) / (seconds * 10)).toFixed(1)} % of a core (all threads)`,
  );
  console.log(
    `main-loop delay p99 ${(Number(value('nines_event_loop_delay_seconds')) * 1000).toFixed(1)} ms; resident ${(after.rss / 1e6).toFixed(0)} MB, ${(after.rss / targets / 1000).toFixed(1)} kB per target and SLO`,
  );
  console.log(`checks ${sum('nines_checks_total')}, missed ${sum('nines_checks_missed_total')}`);
  child.kill('SIGKILL');
  await worker.terminate();
  rmSync(folder, { recursive: true });
}
