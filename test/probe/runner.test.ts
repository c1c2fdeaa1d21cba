import { describe, expect, test, vi } from 'vitest';
import { every, lasting, runnerWith, skip, TICK_MS, useManualTime } from './runner.ts';

useManualTime();

describe('The loop of a probe thread', () => {
  test('runs each target once per interval and delivers in batches', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `probe-${index}`);
    const { runner, batches, results } = runnerWith(
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
    const { runner } = runnerWith(lasting(1e9, signals), [{ ...every('a'), timeoutMs: 10_000 }]);
    await vi.advanceTimersByTimeAsync(3 * TICK_MS);
    expect(signals).toHaveLength(1);
    expect(runner.stats()).toMatchObject({ started: 1, missed: { overlap: 2 }, inFlight: 1 });
    await runner.stop();
  });

  test('calls what was in flight over a pause unknown', async () => {
    const { runner, results } = runnerWith(lasting(400), [every('a')]);
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
    const { runner } = runnerWith(lasting(5), [every('a'), every('b')]);
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
    const { runner, results } = runnerWith(lasting(50), [every('a')]);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(1);
    skip.monotonic += 200;
    skip.wall += 200;
    await vi.advanceTimersByTimeAsync(200);
    expect(results()).toMatchObject([{ outcome: 'pass', suspect: true }]);
    expect(results()[0]?.stalledMs).toBeGreaterThan(190);
    const { stalls } = runner.stats();
    expect(stalls).toMatchObject({ count: 1, totalMs: stalls.longestMs });
    expect(stalls.longestMs).toBeGreaterThan(190);
    await runner.stop();
  });

  test('marks no check that ended before the loop stood still, or started after it', async () => {
    const { runner, results } = runnerWith(lasting(50), [every('a')]);
    while (results().length === 0) await vi.advanceTimersByTimeAsync(1);
    skip.monotonic += 200;
    skip.wall += 200;
    while (results().length === 1) await vi.advanceTimersByTimeAsync(1);
    expect(results().map(({ suspect, stalledMs }) => [suspect, stalledMs])).toEqual([
      [false, 0],
      [false, 0],
    ]);
    await runner.stop();
  });

  test('a wall clock that is set moves no slot', async () => {
    const starts: number[] = [];
    const { runner } = runnerWith(
      (check, context) => {
        starts.push(performance.now());
        return lasting(50)(check, context);
      },
      [every('a')],
    );
    for (const step of [-3_600_000, 900, -900, 3_600_000]) {
      await vi.advanceTimersByTimeAsync(TICK_MS);
      skip.wall += step;
    }
    await vi.advanceTimersByTimeAsync(2 * TICK_MS);
    expect(starts.length).toBeGreaterThanOrEqual(5);
    for (let i = 1; i < starts.length; i++) expect(Math.abs(starts[i]! - starts[i - 1]! - TICK_MS)).toBeLessThan(3);
    await runner.stop();
  });
});

describe('When the targets change', () => {
  test('an equal target keeps its check in flight, another one loses it', async () => {
    const signals: AbortSignal[] = [];
    const { runner, results } = runnerWith(lasting(300, signals), [every('a')]);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(1);
    runner.set([every('a'), every('b')]);
    expect(signals[0]?.aborted).toBe(false);
    runner.set([every('a', 'http://other.example/')]);
    expect(signals[0]?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(250);
    expect(results()).toEqual([]);
    await runner.stop();
  });

  test('a check in flight outlives another interval, stands for the one it was started at, and is not doubled', async () => {
    const signals: AbortSignal[] = [];
    const { runner, results } = runnerWith(lasting(300, signals), [every('a')]);
    while (runner.stats().inFlight === 0) await vi.advanceTimersByTimeAsync(1);
    runner.set([every('a', undefined, 500)]);
    await vi.advanceTimersByTimeAsync(1);
    runner.set([every('a')]);
    runner.set([every('a', undefined, 500)]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    while (results().length < 2) await vi.advanceTimersByTimeAsync(10);
    expect(results().map(({ outcome, coversMs }) => [outcome, coversMs])).toEqual([
      ['pass', TICK_MS],
      ['pass', 500],
    ]);
    await runner.stop();
  });

  test('stopping ends every check and delivers nothing more', async () => {
    const signals: AbortSignal[] = [];
    const { runner, results } = runnerWith(lasting(800, signals), [every('a'), every('b')]);
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
