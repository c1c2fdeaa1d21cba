// 100,000 HTTP targets on loopback in the thread prober alone: what they need, and what a reload of all of them holds up.
//   node bench/fleet.ts [targets] [every ms] [seconds]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLog } from '../src/log.ts';
import { intern } from '../src/probe/interning.ts';
import type { CheckResult, Target } from '../src/probe/probe.ts';
import { createThreadProber } from '../src/probe/threads.ts';
import { benchTarget } from './http-target.ts';

const [count = 100_000, everyMs = 60_000, seconds = 60] = process.argv.slice(2).map(Number);

const server = fork(new URL('./probing-target.ts', import.meta.url));
const [port] = (await once(server, 'message')) as [number];

const fleet = (path: string): Target[] =>
  Array.from({ length: count }, (_, index) =>
    // As the engine makes them.
    intern(
      benchTarget(`bench/service-${index % 100}/probe-${index}`, `http://127.0.0.1:${port}/${path}/${index}`, everyMs),
    ),
  );

const rss = (): string => `${Math.round(process.memoryUsage.rss() / 1024 ** 2)} MB`;
const say = (name: string, value: string): void => void process.stdout.write(`${name.padEnd(42)} ${value}\n`);

say('RSS before', rss());
const prober = createThreadProber({ log: silentLog });
let [checks, failed, suspect] = [0, 0, 0];
let late: number[] = [];
prober.onResults((batch: readonly CheckResult[]) => {
  checks += batch.length;
  for (const one of batch) {
    late.push(one.lateMs);
    if (one.outcome !== 'pass') failed++;
    if (one.suspect) suspect++;
  }
});

/** What the main loop and the probe thread's loop stood still for while `work` ran. */
const handOver = async (name: string, targets: readonly Target[]): Promise<void> => {
  await wait(1_000);
  const before = (await prober.stats()).stalls;
  const suspectBefore = suspect;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await wait(20);
  const from = performance.now();
  await prober.set(targets);
  const tookMs = performance.now() - from;
  await wait(200);
  await wait(20);
  delay.disable();
  const { count: stalls, totalMs } = (await prober.stats()).stalls;
  say(
    name,
    `${tookMs.toFixed(0)} ms; main loop at most ${(delay.max / 1e6).toFixed(1)} ms; ` +
      `stalls of the probe thread ${stalls - before.count}, ${(totalMs - before.totalMs).toFixed(0)} ms in all; ` +
      `suspect ${suspect - suspectBefore}`,
  );
};

await handOver('first hand-over', fleet('health'));
await wait(seconds * 1_000);
const sorted = Float64Array.from(late).sort();
const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(2);
late = [];
say('checks', `${checks}, not passed ${failed}, suspect ${suspect}`);
say('lateness ms p50 / p99 / p99.9', [0.5, 0.99, 0.999].map(at).join(' / '));
say('RSS while probing', rss());
await handOver('the same again', fleet('health'));
await handOver('all of them changed', fleet('ready'));
await handOver('back, half of them', fleet('health').slice(count / 2));
say('RSS afterwards', rss());
await prober.stop();
server.disconnect();
