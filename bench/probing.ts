// 10,000 HTTP targets every 10 s on loopback, in the thread prober: node bench/probing.ts [seconds] [targets] [threads]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../src/clock.ts';
import { silentLog } from '../src/log.ts';
import { runProbe } from '../src/probe/index.ts';
import type { CheckResult, Target } from '../src/probe/probe.ts';
import { benchTarget } from './http-target.ts';
import { createRunner } from '../src/probe/runner.ts';
import { createThreadProber } from '../src/probe/threads.ts';

const [seconds = 30, count = 10_000, threads = 1] = process.argv.slice(2).map(Number);
const WARM_UP_MS = 10_000;

const server = fork(new URL('./probing-target.ts', import.meta.url));
const [port] = (await once(server, 'message')) as [number];

const targets = Array.from({ length: count }, (_, index): Target => {
  const url = `http://127.0.0.1:${port}/health/${index}`;
  return benchTarget(`bench/service-${index % 100}/probe-${index}`, url, 10_000);
});

const percentile = (sorted: Float64Array, share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2);

const spread = (values: number[]): string => {
  const sorted = Float64Array.from(values).sort();
  return [0.5, 0.99, 0.999, 1].map((share) => percentile(sorted, share)).join(' / ');
};

const TICK_MS = 10;

/** CPU ms of the probe threads alone, by their names; NaN where there is no /proc. */
const threadCpu = (): number => {
  try {
    return readdirSync('/proc/self/task')
      .map((task) => readFileSync(`/proc/self/task/${task}/stat`, 'utf8'))
      .filter((stat) => stat.includes('(probe-'))
      .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
      .reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS, 0);
  } catch {
    return Number.NaN;
  }
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heldBytes = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** What the loop of a probe thread holds for its targets once each was checked, measured in this thread. */
const bytesPerTarget = async (): Promise<number> => {
  const before = heldBytes();
  const runner = createRunner({ clock: systemClock, probe: runProbe, deliver: () => undefined });
  runner.set(structuredClone(targets));
  await wait(WARM_UP_MS + 1_000);
  const held = (heldBytes() - before) / targets.length;
  await runner.stop();
  return held;
};

const prober = createThreadProber({ log: silentLog, threads });
let results: CheckResult[] = [];
prober.onResults((batch) => results.push(...batch));
await prober.set(targets);
await wait(WARM_UP_MS);
results = [];
const before = await prober.stats();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const threadsBefore = threadCpu();
const allBefore = process.cpuUsage();
const mainBefore = process.threadCpuUsage();
const startedAt = performance.now();
await wait(seconds * 1_000);
const wallMs = performance.now() - startedAt;
const all = process.cpuUsage(allBefore);
const threadsMs = threadCpu() - threadsBefore;
const main = process.threadCpuUsage(mainBefore);
delay.disable();
const after = await prober.stats();
await prober.stop();
const held = await bytesPerTarget();
server.disconnect();

const mainMs = (main.user + main.system) / 1_000;
const probeMs = (all.user + all.system) / 1_000 - mainMs;
const failed = results.filter(({ outcome }) => outcome !== 'pass');
const rows = {
  checks: `${results.length} in ${(wallMs / 1_000).toFixed(1)} s, not passed ${failed.length} ${failed[0]?.detail ?? ''}`,
  missed: `late ${after.missed.late - before.missed.late}, overlap ${after.missed.overlap - before.missed.overlap}`,
  suspect: `${results.filter(({ suspect }) => suspect).length}`,
  'lateness ms p50 / p99 / p99.9 / max': spread(results.map(({ lateMs }) => lateMs)),
  'duration ms p50 / p99 / p99.9 / max': spread(results.map(({ durationMs }) => durationMs)),
  'CPU but for the main thread': `${((100 * probeMs) / wallMs).toFixed(1)} % of a core, ${(probeMs / results.length).toFixed(3)} s per 1,000`,
  'CPU of the probe threads': `${((100 * threadsMs) / wallMs).toFixed(1)} % of a core, ${(threadsMs / results.length).toFixed(3)} s per 1,000`,
  'CPU of the main thread': `${((100 * mainMs) / wallMs).toFixed(1)} % of a core`,
  'main loop delay ms p50 / p99 / max': [delay.percentile(50), delay.percentile(99), delay.max]
    .map((ns) => (ns / 1e6).toFixed(2))
    .join(' / '),
  'memory per target': `${Math.round(held)} bytes of heap and buffers`,
};
for (const [name, value] of Object.entries(rows)) process.stdout.write(`${name.padEnd(38)} ${value}\n`);
