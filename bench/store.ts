// node bin/run.js bench/store.ts [--postgres]: what the store does on this machine and disk. Numbers, not assertions.
// CPU is this process's; --postgres starts a private server, whose own comes on top.
import { mkdtempSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DAY, HOUR, MINUTE, SECOND } from '../src/duration.ts';
import { silentLog } from '../src/log.ts';
import { openStore } from '../src/store/open.ts';
import type { SliSlot, Store, StoredResult } from '../src/store/store.ts';
import { createPostgres } from '../test/real/postgres-server.ts';

const START = Date.UTC(2026, 5, 2);
const FINE = 10 * SECOND;
const say = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(58)} ${value.toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`);

const timed = async (work: () => Promise<void>): Promise<{ seconds: number; cpu: number }> => {
  const from = performance.now();
  const cpuFrom = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuFrom);
  return { seconds: (performance.now() - from) / 1_000, cpu: (user + system) / 1e6 };
};

const slot = (sli: number, start: number, width = FINE): SliSlot => ({
  sli: `system/service-${sli}/availability`,
  start,
  width,
  good: 1,
  total: 1,
  covered: width,
});
const result = (probe: number, at: number): StoredResult => ({
  probe: `system/service-${probe}/health`,
  at,
  durationMs: 12.345,
  outcome: 'pass',
  reason: 'ok',
  detail: '',
  status: 200,
  phases: '{"resolve":1.2,"connect":2.3,"tls":9.1,"processing":20.5,"transfer":0.4}',
  certificateExpiresAt: START + 90 * DAY,
  location: 'main',
  address: null,
  degraded: false,
  attempts: 1,
  readings: '{}',
  stalledMs: 0,
});

const server = process.argv.includes('--postgres') ? await createPostgres() : null;
let schemas = 0;

const withStore = async (work: (store: Store) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-bench-'));
  const schema = `bench_${++schemas}`;
  await server?.admin(`CREATE SCHEMA ${schema}`);
  const store = await openStore({ dir, databaseUrl: server?.url({ schema }) ?? null, log: silentLog });
  await store.takeOver(null);
  await work(store);
  await store.close();
  await server?.admin(`DROP SCHEMA ${schema} CASCADE`);
  rmSync(dir, { recursive: true, force: true });
};

const commits = (atOnce: number, count: number): Promise<void> =>
  withStore(async (store) => {
    let n = 0;
    const lane = async (): Promise<void> => {
      while (n < count) await store.commit(store.facts.setting(`fact ${n++}`, 'value'));
    };
    const { seconds, cpu } = await timed(async () => void (await Promise.all(Array.from({ length: atOnce }, lane))));
    say(`durable commits, ${atOnce} waiting at once`, count / seconds, '/s');
    say('  CPU per commit', (cpu / count) * 1e6, 'µs');
  });

const batch = (): Promise<void> =>
  withStore(async (store) => {
    const rows = 1_000;
    const rounds = 20;
    const { seconds } = await timed(async () => {
      for (let round = 0; round < rounds; round++)
        await store.commit(
          Array.from({ length: rows }, (_, i) => store.facts.setting(`${round} ${i}`, 'value')).flat(),
        );
    });
    say('durable rows, commits of 1,000', (rows * rounds) / seconds, '/s');
  });

const slots = (): Promise<void> =>
  withStore(async (store) => {
    const count = 200_000;
    const all = Array.from({ length: count }, (_, i) => slot(i % 100, START + Math.floor(i / 100) * MINUTE, MINUTE));
    const { seconds, cpu } = await timed(() => store.slots.replace(all));
    say('slots written', count / seconds, '/s');
    say('  CPU per slot', (cpu / count) * 1e6, 'µs');
  });

const reading = (): Promise<void> =>
  withStore(async (store) => {
    const days = 28;
    const count = (days * DAY) / MINUTE;
    const other = Array.from({ length: 5 }, (_, sli) =>
      Array.from({ length: count }, (_, i) => slot(sli, START + i * MINUTE, MINUTE)),
    ).flat();
    await store.slots.replace(other);
    await store.slots.rollUp(START + 2 * days * DAY);
    const sli = slot(0, START).sli;
    for (const [what, width] of [
      ['minutes', MINUTE],
      ['hours', HOUR],
    ] as const) {
      const rounds = 20;
      const { seconds } = await timed(async () => {
        for (let round = 0; round < rounds; round++) await store.slots.read(sli, width, START, START + days * DAY);
      });
      say(`reading 28 days of ${what} of one SLI`, (seconds / rounds) * 1_000, 'ms');
    }
  });

/** The statements of one incident's change, one after the other: what a round trip costs. */
const twenty = (): Promise<void> =>
  withStore(async (store) => {
    const rounds = 200;
    const { seconds } = await timed(async () => {
      for (let round = 0; round < rounds; round++)
        await store.commit(Array.from({ length: 20 }, (_, i) => store.facts.setting(`${i}`, `${round}`)).flat());
    });
    say('durable commit of 20 statements', (seconds / rounds) * 1_000, 'ms');
  });

const size = (): Promise<void> =>
  withStore(async (store) => {
    const slis = 50;
    const bytes: number[] = [];
    for (let day = 0; day < 3; day++) {
      for (let hour = day * 24; hour < (day + 1) * 24; hour++) {
        for (let at = 0; at < HOUR; at += FINE)
          store.slots.add(Array.from({ length: slis }, (_, sli) => slot(sli, START + hour * HOUR + at)));
        await store.slots.rollUp(START + (hour + 1) * HOUR);
        await store.retain(START + (hour + 1) * HOUR, new Map([['shop', 40 * DAY]]));
      }
      bytes.push((await store.info()).bytes);
    }
    say('bytes per SLO after one day (6 h of 10 s slots, logs)', (bytes[0] ?? 0) / slis, 'B');
    say('  more with each further day', ((bytes[2] ?? 0) - (bytes[0] ?? 0)) / 2 / slis, 'B');
  });

/** 1,000 checks a second of 10,000 probes, as serve stores them: buffered, flushed each second, with pages in between. */
const probing = (): Promise<void> =>
  withStore(async (store) => {
    const seconds = 60;
    for (let sli = 0; sli < 10_000; sli++) store.slots.add([slot(sli, START - FINE)]);
    await store.slots.flush();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const latencies: number[] = [];
    const cpuFrom = process.cpuUsage();
    delay.enable();
    for (let second = 0; second < seconds; second++) {
      const at = START + second * SECOND;
      const probes = Array.from({ length: 1_000 }, (_, i) => (second % 10) * 1_000 + i);
      store.slots.add(probes.map((probe) => slot(probe, at - (at % FINE))));
      store.results.add(probes.map((probe) => result(probe, at)));
      const flushed = store.slots.flush();
      const from = performance.now();
      await store.commit(store.facts.setting('page', String(second)));
      latencies.push(performance.now() - from);
      await flushed;
      await wait(200);
    }
    delay.disable();
    const { user, system } = process.cpuUsage(cpuFrom);
    latencies.sort((a, b) => a - b);
    say('1,000 checks/s stored: CPU per second of checks', (user + system) / 1e3 / seconds, 'ms');
    say('  main loop delay p99 (1 ms timer included)', delay.percentile(99) / 1e6, 'ms');
    say('  main loop delay max', delay.max / 1e6, 'ms');
    say('  durable commit behind a flush, median', latencies[seconds / 2] ?? 0, 'ms');
    say('  durable commit behind a flush, worst', latencies.at(-1) ?? 0, 'ms');
    const rolled = await timed(() => store.slots.rollUp(START + MINUTE));
    say('  roll-up of one minute of 10,000 SLIs, CPU', rolled.cpu * 1_000, 'ms');
    const read = await timed(async () => void (await store.slots.readAll(FINE, START, START + HOUR)));
    say('  reading 70,000 slots back, CPU', read.cpu * 1_000, 'ms');
  });

await commits(1, 1_000);
await commits(10, 5_000);
await commits(100, 20_000);
await batch();
await twenty();
await slots();
await reading();
if (server === null) await size();
await probing();
await server?.remove();
