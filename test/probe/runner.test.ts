import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { unknownResult, type RunProbe } from '../../src/probe/check.ts';
import type { CheckResult, Target } from '../../src/probe/probe.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { target } from './http/target.ts';
import { scheduled } from './target.ts';

const TICK_MS = 1_000;
const every = (id: string, url = 'http://localhost/'): Target => scheduled(id, target(url), TICK_MS, 900);

/** Time that only the test moves; `skip` is what passes while nothing of ours runs. */
const skip = { monotonic: 0, wall: 0 };
const clock = { now: () => Date.now() + skip.wall, monotonic: () => performance.now() + skip.monotonic };

const running = (probe: RunProbe, targets: Target[]) => {
  const batches: (readonly CheckResult[])[] = [];
  const runner = createRunner({ clock, probe, deliver: (results) => void batches.push(results) });
  runner.set(targets);
  return { runner, batches, results: () => batches.flat() };
};

/** A probe whose checks end after `ms`, or with their deadline. */
const lasting =
  (ms: number, signals: AbortSignal[] = []): RunProbe =>
  (_, { id, signal }) => {
    signals.push(signal);
    const { promise, resolve } = Promise.withResolvers<CheckResult>();
    const passed: CheckResult = { ...unknownResult(id, 0, 'ok', ''), outcome: 'pass' };
    const timer = setTimeout(() => resolve(passed), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve({ ...passed, outcome: 'fail', reason: 'timeout' });
    });
    return promise;
  };

beforeEach(() => {
  Object.assign(skip, { monotonic: 0, wall: 0 });
  vi.useFakeTimers({
    now: 1_795_000_000_000,
    toFake: [
      'setTimeout',
      'setInterval',
      'setImmediate',
      'clearTimeout',
      'clearInterval',
      'clearImmediate',
      'Date',
      'performance',
    ],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('The loop of a probe thread', () => {
  test('runs each target once per interval and delivers in batches', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `probe-${index}`);
    const { runner, batches, results } = running(
      lasting(5),
      ids.map((id) => every(id)),
    );
    await vi.advanceTimersByTimeAsync(3 * TICK_MS + 200);
    const perId = ids.map((id) => results().filter(({ probe }) => probe === id).length);
    expect(Math.min(...perId)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...perId)).toBeLessThanOrEqual(4);
    expect(batches.length).toBeLessThan(40);
    expect(Math.max(...results().map(({ lateMs }) => lateMs))).toBeLessThan(3);
    expect(results().some(({ suspect }) => suspect)).toBe(false);
    await runner.stop();
  });

  test('never starts a target that still runs, and counts what it missed', async () => {
    const signals: AbortSignal[] = [];
    const { runner } = running(lasting(1e9, signals), [{ ...every('a'), timeoutMs: 10_000 }]);
    await vi.advanceTimersByTimeAsync(3 * TICK_MS);
    expect(signals).toHaveLength(1);
    expect(runner.stats()).toMatchObject({ started: 1, missed: { overlap: 2 }, inFlight: 1 });
    await runner.stop();
  });

  test('calls what was in flight over a pause unknown', async () => {
    const { runner, results } = running(lasting(400), [every('a')]);
    await vi.advanceTimersByTimeAsync(TICK_MS);
    expect(runner.stats().inFlight + results().length).toBeGreaterThan(0);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(10);
    skip.wall += 60_000;
    await vi.advanceTimersByTimeAsync(600);
    expect(results().at(-1)).toMatchObject({
      outcome: 'unknown',
      reason: 'paused',
      detail: 'the prober was paused while the check ran',
    });
    await vi.advanceTimersByTimeAsync(TICK_MS);
    expect(results().at(-1)).toMatchObject({ outcome: 'pass' });
    await runner.stop();
  });

  test('does not make up for the slots of a pause', async () => {
    const { runner } = running(lasting(5), [every('a'), every('b')]);
    await vi.advanceTimersByTimeAsync(TICK_MS);
    const before = runner.stats();
    skip.monotonic += 600 * TICK_MS;
    skip.wall += 600 * TICK_MS;
    await vi.advanceTimersByTimeAsync(TICK_MS);
    const after = runner.stats();
    expect(after.started - before.started).toBeLessThanOrEqual(4);
    expect(after.missed.pause).toBeGreaterThanOrEqual(2 * 598);
    expect(after.missed.late).toBe(before.missed.late);
    await runner.stop();
  });

  test('marks a check during which the loop stood still', async () => {
    const { runner, results } = running(lasting(50), [every('a')]);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(1);
    skip.monotonic += 200;
    skip.wall += 200;
    await vi.advanceTimersByTimeAsync(200);
    expect(results()).toMatchObject([{ outcome: 'pass', suspect: true }]);
    await runner.stop();
  });
});

describe('When the targets change', () => {
  test('an equal target keeps its check in flight, another one loses it', async () => {
    const signals: AbortSignal[] = [];
    const { runner, results } = running(lasting(300, signals), [every('a')]);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(1);
    runner.set([every('a'), every('b')]);
    expect(signals[0]?.aborted).toBe(false);
    runner.set([every('a', 'http://other.example/')]);
    expect(signals[0]?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(250);
    expect(results()).toEqual([]);
    await runner.stop();
  });

  test('stopping ends every check and delivers nothing more', async () => {
    const signals: AbortSignal[] = [];
    const { runner, results } = running(lasting(800, signals), [every('a'), every('b')]);
    await vi.advanceTimersByTimeAsync(TICK_MS - 1);
    const stopping = runner.stop();
    await vi.advanceTimersByTimeAsync(1);
    await stopping;
    const delivered = results().length;
    await vi.advanceTimersByTimeAsync(5 * TICK_MS);
    expect(results()).toHaveLength(delivered);
    expect(signals.length).toBeGreaterThan(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
