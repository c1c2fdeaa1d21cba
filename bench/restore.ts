// What a start reads back: 90 days of 1,000 SLIs with a check every 10 s. Wall and CPU until the engine's memory is rebuilt.
//   node bin/run.js bench/restore.ts [SLIs] [DIRECTORY]   the directory is filled (under a minute) unless it is, and kept
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { DAY, HOUR } from '../src/duration.ts';
import { createProbeStates } from '../src/engine/probe-states.ts';
import { restore, type RestoreParts } from '../src/engine/restore.ts';
import { createWindows } from '../src/engine/windows.ts';
import { silentLog } from '../src/log.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { writeHistory } from './restore-data.ts';

const NOW = Date.UTC(2026, 10, 20, 13, 37, 20);
const KEPT = 90;
const [count = '1000', given] = process.argv.slice(2);
const slis = Number(count);

const say = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(64)} ${value.toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`);

/** CPU of the main thread and of all others (the store's, and what collects garbage), ms. */
const cpu = (): { main: number; others: number } => {
  const [all, main] = [process.cpuUsage(), process.threadCpuUsage()].map(({ user, system }) => (user + system) / 1_000);
  return { main: main ?? 0, others: (all ?? 0) - (main ?? 0) };
};

const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  const from = performance.now();
  const before = cpu();
  await work();
  const after = cpu();
  say(`${what}: wall`, performance.now() - from, 'ms');
  say('  CPU of the main loop', after.main - before.main, 'ms');
  say('  CPU of the store thread and the rest', after.others - before.others, 'ms');
};

/** The longest that one turn of the loop computes, ms of CPU: others on the machine do not show. */
const longestHold = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = cpu().main;
  let done = false;
  const look = (): void => {
    const main = cpu().main;
    longest = Math.max(longest, main - last);
    last = cpu().main;
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await work();
  done = true;
  return longest;
};

const restored = (store: Store): Promise<void> =>
  restore({
    store,
    windows: createWindows(),
    probeStates: createProbeStates(),
    counters: new Map(),
    lastBeats: new Map(),
    // Neither has anything to remember here.
    judges: { adopt: () => {} },
    evaluate: { adopt: () => {} } as unknown as RestoreParts['evaluate'],
    incidents: { restore: async () => {} } as unknown as RestoreParts['incidents'],
    now: NOW,
    until: NOW + 10_000,
    isSpread: () => false,
    leads: true,
    turn: systemClock.turn,
  });

const dir = given ?? mkdtempSync(join(tmpdir(), 'nines-bench-'));
mkdirSync(dir, { recursive: true });
if (!existsSync(join(dir, 'series.db'))) await writeHistory(dir, NOW, KEPT, slis);

const opened: Store[] = [];
await timed('opening the store', async () => opened.push(await openStore({ dir, databaseUrl: null, log: silentLog })));
const [store] = opened;
if (store) {
  await store.takeOver(null);
  await timed(`restoring ${KEPT} days of ${slis} SLIs`, () => restored(store));
  await timed('  once more', () => restored(store));
  say('  longest turn of the loop', await longestHold(() => restored(store)), 'ms CPU');
  for (const [what, width] of [
    ['hours', HOUR],
    ['days', DAY],
  ] as const) {
    const rounds = 50;
    const from = performance.now();
    const before = cpu();
    for (let round = 0; round < rounds; round++)
      await store.slots.read(`bench/service-${1 + ((round * 37) % slis)}/availability`, width, NOW - 28 * DAY, NOW);
    say(`28 days of ${what} of one SLI: wall`, (performance.now() - from) / rounds, 'ms');
    say('  of it CPU of the main loop', (cpu().main - before.main) / rounds, 'ms');
  }
  await store.close();
}
if (!given) rmSync(dir, { recursive: true, force: true });
