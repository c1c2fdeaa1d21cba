// One round of our prober in a process of its own, so that its CPU time is its own: `saturated N` or `paced RATE SECONDS`.
import { readFileSync } from 'node:fs';
import { systemClock } from '../src/clock.ts';
import { runCheck } from '../src/probe/check.ts';
import { startDeadline } from '../src/probe/deadline.ts';
import { runProbe } from '../src/probe/index.ts';
import type { CheckResult } from '../src/probe/probe.ts';
import { createRunner } from '../src/probe/runner.ts';
import { benchTarget } from './http-target.ts';

const [url = '', caFile = '', mode = '', amount = '', seconds = '10'] = process.argv.slice(2);
const ca = caFile === '-' ? null : readFileSync(caFile, 'utf8');
const CONCURRENCY = 32;

const failed = { count: 0, first: '' };
const count = (result: CheckResult): void => {
  if (result.outcome === 'pass') return;
  failed.count++;
  failed.first ||= result.detail;
};

const saturated = async (checks: number): Promise<number> => {
  const target = benchTarget('bench/a/b', url, 10_000, ca);
  let left = checks;
  const work = async (): Promise<void> => {
    while (left-- > 0) count(await runCheck(runProbe, target, startDeadline(5_000), Date.now()));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return checks;
};

const paced = async (rate: number, span: number): Promise<number> => {
  let done = 0;
  const deliver = (results: readonly CheckResult[]): void => {
    done += results.length;
    for (const one of results) count(one);
  };
  const runner = createRunner({ clock: systemClock, probe: runProbe, deliver });
  runner.set(Array.from({ length: rate }, (_, index) => benchTarget(`bench/service/probe-${index}`, url, 1_000, ca)));
  await new Promise((resolve) => setTimeout(resolve, span * 1_000));
  await runner.stop();
  return done;
};

// Everything is compiled and every connection path has been taken once before it counts.
await saturated(3_000);
const from = process.cpuUsage();
const began = performance.now();
const checks = mode === 'saturated' ? await saturated(Number(amount)) : await paced(Number(amount), Number(seconds));
const { user, system } = process.cpuUsage(from);
const wall = (performance.now() - began) / 1_000;
console.log(JSON.stringify({ checks, cpu: (user + system) / 1e6, wall, failed: failed.count, why: failed.first }));
