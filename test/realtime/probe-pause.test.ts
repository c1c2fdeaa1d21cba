import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Told } from './pausing-prober.ts';

const PAUSE_MS = 3_000;

test.skipIf(process.platform === 'win32')(
  'A process that was stopped for 3 s does not make up for it, blames nobody, and counts what it missed',
  async () => {
    const child = fork(new URL('./pausing-prober.ts', import.meta.url));
    const told = async (): Promise<Told> => {
      child.send('tell');
      return ((await once(child, 'message')) as [Told])[0];
    };
    await once(child, 'message');
    await sleep(1_000);
    const before = await told();
    child.kill('SIGSTOP');
    await sleep(PAUSE_MS);
    child.kill('SIGCONT');
    await sleep(1_000);
    const after = await told();
    child.kill('SIGKILL');

    // 500 checks every 500 ms: each of them missed about six slots.
    const paused = after.stats.missed.pause - before.stats.missed.pause;
    expect(paused).toBeGreaterThan(500 * 5);
    const later = after.starts.slice(before.starts.length);
    const gaps = later.map((at, index) => at - (later[index - 1] ?? at));
    const awake = later[gaps.indexOf(Math.max(...gaps))]!;
    // 100 per 100 ms, 250 when the machine is slow: later ones are too late. A burst would be 500.
    expect(later.filter((at) => at >= awake && at < awake + 100).length).toBeLessThan(300);
    expect(after.outcomes.filter((outcome) => outcome === 'unknown paused').length).toBeGreaterThan(5);
    expect(after.outcomes.filter((outcome) => !['unknown paused', 'pass ok'].includes(outcome))).toEqual([]);
  },
);
