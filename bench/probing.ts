// 10,000 HTTP targets every 10 s on loopback, in the thread prober:
//   node bench/probing.ts [seconds] [targets] [threads] [--every ms]     --every 1000: 10,000 checks a second
//   node bench/probing.ts [seconds] --saturated [at once]                as many as this thread can, without a schedule
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../src/clock.ts';
import { silentLog } from '../src/log.ts';
import { runCheck } from '../src/probe/check.ts';
import { startDeadline } from '../src/probe/deadline.ts';
import { runProbe } from '../src/probe/index.ts';
import type { CheckResult, Target } from '../src/probe/probe.ts';
import { MISSED } from '../src/probe/prober.ts';
import { benchTarget } from './http-target.ts';
import { createRunner } from '../src/probe/runner.ts';
import { createThreadProber } from '../src/probe/threads.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '10000' }, saturated: { type: 'string' } },
});
const [seconds = 30, count = 10_000, threads = 1] = positionals.map(Number);
const everyMs = Number(flags.every);
const WARM_UP_MS = everyMs;

const server = fork(new URL('./probing-target.ts', import.meta.url));
const [port] = (await once(server, 'message')) as [number];

const targets = Array.from({ length: count }, (_, index): Target => {
  const url = `http://127.0.0.1:${port}/health/${index}`;
  return benchTarget(`bench/service-${index % 100}/probe-${index}`, url, everyMs);
});

/** `atOnce` checks, each followed by the next: what a check costs when nothing waits. */
const saturate = async (atOnce: number): Promise<void> => {
  const end = performance.now() + seconds * 1_000;
  const cpu = process.threadCpuUsage();
  let [checks, failed] = [0, 0];
  const one = async (from: number): Promise<void> => {
    for (let index = from; performance.now() < end; index = (index + atOnce) % targets.length) {
      const next = targets[index] as Target;
      const { outcome } = await runCheck(runProbe, next, startDeadline(next.timeoutMs), Date.now());
      checks++;
      if (outcome !== 'pass') failed++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => one(index)));
  const { user, system } = process.threadCpuUsage(cpu);
  const cpuMs = (user + system) / 1_000;
  process.stdout.write(
    `${checks} checks, ${atOnce} at once, not passed ${failed}: ${Math.round(checks / seconds)} a second, ` +
      `${(cpuMs / checks).toFixed(3)} s of CPU per 1,000\n`,
  );
};

if (flags.saturated !== undefined) {
  await saturate(Number(flags.saturated) || 16);
  server.disconnect();
  process.exit();
}

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
  missed: MISSED.map((reason) => `${reason} ${after.missed[reason] - before.missed[reason]}`).join(', '),
  'stalls of the probing loop': `${after.stalls.count - before.stalls.count}, ${(after.stalls.totalMs - before.stalls.totalMs).toFixed(0)} ms in all`,
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
