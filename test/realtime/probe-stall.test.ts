import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { runProbe } from '../../src/probe/index.ts';
import type { CheckResult } from '../../src/probe/probe.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const BLOCK_MS = 100;

test('A loop that is blocked flags the checks that it held up and no others', async () => {
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
  const blocking = setInterval(() => {
    const until = performance.now() + BLOCK_MS;
    while (performance.now() < until);
  }, 500);
  // A busy machine stalls us beside that: a witness of its own sees every gap.
  const gaps: { from: number; to: number }[] = [];
  let last = systemClock.now();
  const witness = setInterval(() => {
    const now = systemClock.now();
    if (now - last > 4) gaps.push({ from: last, to: now });
    last = now;
  }, 2);
  await enough;
  clearInterval(blocking);
  clearInterval(witness);
  await runner.stop();
  await worker.terminate();

  /** Ms of a check that lie in gaps of at least this length. */
  const heldUp = ({ at, durationMs }: CheckResult, least: number): number =>
    gaps
      .filter(({ from, to }) => to - from >= least)
      .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(at + durationMs, to) - Math.max(at, from)), 0);
  const blocked = (result: CheckResult): number => heldUp(result, BLOCK_MS / 2);
  const affected = results.filter((result) => blocked(result) > Math.max(50, result.durationMs / 5));
  const others = results.filter((result) => heldUp(result, 0) === 0);
  expect(affected.length).toBeGreaterThan(5);
  // The heartbeat may be 5 ms old when the loop is blocked, and epoch ms are whole.
  expect(affected.filter((result) => !result.suspect || result.stalledMs < 0.8 * blocked(result))).toEqual([]);
  expect(others.filter(({ suspect }) => suspect)).toEqual([]);
});
