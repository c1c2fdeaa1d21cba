import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { runProbe } from '../../src/probe/index.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { slotsOf } from '../../src/slo/indicator.ts';
import { target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const BLOCK_MS = 100;
const indicator = { kind: 'latency', probes: ['a'], thresholdMs: 100 } as const;

test('A loop that is blocked flags the checks that it held up and no others', { retry: 2 }, async () => {
  const worker = new Worker(new URL('./slow-target.ts', import.meta.url));
  const [port] = (await once(worker, 'message')) as [number];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const results: CheckResult[] = [];
  const deliver = (batch: readonly CheckResult[]): void => {
    results.push(...batch);
    if (results.length >= 200) resolve();
  };
  const runner = createRunner({ clock: systemClock, probe: runProbe, deliver });
  runner.set(
    Array.from({ length: 20 }, (_, index) =>
      scheduled(`shop/api/${index}`, target(`http://127.0.0.1:${port}/`), 300, 300),
    ),
  );
  const blocks: { from: number; to: number }[] = [];
  const blocking = setInterval(() => {
    const from = systemClock.now();
    const until = performance.now() + BLOCK_MS;
    while (performance.now() < until);
    blocks.push({ from, to: systemClock.now() });
  }, 500);
  await enough;
  clearInterval(blocking);
  await runner.stop();
  await worker.terminate();

  const heldUp = ({ at, durationMs }: CheckResult): number =>
    blocks.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at + durationMs, to) - Math.max(at, from)), 0);
  const done = results.filter(({ outcome }) => outcome === 'pass');
  const affected = done.filter((result) => heldUp(result) > 50);
  const others = done.filter((result) => heldUp(result) === 0);
  expect(affected.length).toBeGreaterThan(5);
  expect(others.length).toBeGreaterThan(50);
  // Epoch ms are whole, and the heartbeat may be up to 5 ms old when the loop is blocked.
  expect(affected.filter((result) => !result.suspect || result.stalledMs < heldUp(result) - 10)).toEqual([]);
  expect(others.filter(({ suspect }) => suspect)).toEqual([]);
  // Without what was our own stall each of them was as fast as it is.
  const bad = done
    .flatMap((result) => slotsOf(indicator, { ...result, intervalMs: 300, probes: 1 }))
    .filter(({ good, total }) => good < total);
  expect(bad).toEqual([]);
});
