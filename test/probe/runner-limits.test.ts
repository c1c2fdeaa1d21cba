import { describe, expect, test, vi } from 'vitest';
import type { RunProbe } from '../../src/probe/check.ts';
import type { Target } from '../../src/probe/probe.ts';
import { every, lasting, runnerWith, skip, TICK_MS, useManualTime } from './runner.ts';

useManualTime();

const at = (host: string, count: number): Target[] =>
  Array.from({ length: count }, (_, index) => every(`${host}-${index}`, `http://${host}/${index}`));

const missedOf = ({ missed }: { missed: Readonly<Record<string, number>> }): number =>
  Object.values(missed).reduce((a, b) => a + b);

describe('So many checks run at once', () => {
  test('in all, and those that find no room in time are counted as missed', async () => {
    let most = 0;
    const { runner } = runnerWith(lasting(400), at('a', 30), { total: 5, perHost: 5 });
    for (let i = 0; i < 400; i++) {
      await vi.advanceTimersByTimeAsync(10);
      most = Math.max(most, runner.stats().inFlight);
    }
    const stats = runner.stats();
    expect(most).toBe(5);
    expect(stats.missed.capacity).toBeGreaterThan(30);
    expect(stats.started).toBeGreaterThan(40);
    expect(stats.missed).toMatchObject({ late: 0, pause: 0 });
    expect(stats.scheduled).toBe(stats.started + stats.waiting + missedOf(stats));
    await runner.stop();
  });

  test('at one host, and another host is not kept waiting', async () => {
    const { runner, results } = runnerWith(lasting(800), [...at('hangs.example', 20), ...at('fine.example', 5)], {
      total: 100,
      perHost: 2,
    });
    await vi.advanceTimersByTimeAsync(4 * TICK_MS);
    const perHost = (host: string): number => results().filter(({ probe }) => probe.startsWith(host)).length;
    expect(perHost('hangs.example')).toBeLessThanOrEqual(2 * 5);
    expect(runner.stats().missed.capacity).toBeGreaterThan(40);
    const lates = results().filter(({ probe, lateMs }) => probe.startsWith('fine') && lateMs > 0.5);
    expect(perHost('fine.example')).toBeGreaterThanOrEqual(3);
    expect(lates.every(({ lateMs }) => lateMs <= TICK_MS / 2)).toBe(true);
    await runner.stop();
  });

  test('and one that waited says how late it started', async () => {
    const { runner, results } = runnerWith(lasting(50), at('a', 20), { total: 1, perHost: 1 });
    await vi.advanceTimersByTimeAsync(4 * TICK_MS);
    expect(Math.max(...results().map(({ lateMs }) => lateMs))).toBeGreaterThan(20);
    const { lateness, started } = runner.stats();
    expect(lateness.counts.reduce((a, b) => a + b)).toBe(started);
    expect(lateness.sumMs).toBeGreaterThan(20);
    await runner.stop();
  });

  test('and targets that leave while they wait are not started', async () => {
    const { runner } = runnerWith(lasting(900), at('a', 20), { total: 1, perHost: 1 });
    while (runner.stats().waiting === 0) await vi.advanceTimersByTimeAsync(10);
    runner.set([]);
    const { started } = runner.stats();
    await vi.advanceTimersByTimeAsync(2 * TICK_MS);
    expect(runner.stats()).toMatchObject({ started, waiting: 0, inFlight: 0 });
    await runner.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('A request budget that is used up', () => {
  const budget = { id: 'shop/api', requests: 3, perMs: 10 * TICK_MS };
  const sharing = (): Target[] => ['a', 'b'].map((id) => ({ ...every(id), budget }));

  test('starts no check, and says when the next request is free', async () => {
    const { runner, results } = runnerWith(lasting(5), [...sharing(), every('c')]);
    await vi.advanceTimersByTimeAsync(9 * TICK_MS);
    const counted = results().filter(({ probe }) => probe !== 'c');
    expect(counted.filter(({ outcome }) => outcome === 'pass')).toHaveLength(3);
    const refused = counted.filter(({ reason }) => reason === 'budget');
    expect(refused.length).toBeGreaterThanOrEqual(13);
    expect(refused.every(({ outcome, durationMs }) => outcome === 'unknown' && durationMs === 0)).toBe(true);
    expect(refused[0]?.detail).toMatch(/^the request budget api \(3 per 10s\) is used up; next free in \d+s$/);
    expect(runner.stats().missed).toEqual({ late: 0, pause: 0, overlap: 0, capacity: 0, budget: refused.length });
    expect(results().filter(({ probe, outcome }) => probe === 'c' && outcome === 'pass').length).toBeGreaterThan(7);
    await runner.stop();
  });

  test('counts each further try, and has none left for another check', async () => {
    const failing: RunProbe = async (check, context) => ({
      ...(await lasting(5)(check, context)),
      outcome: 'fail',
      reason: 'status',
    });
    const retries = { count: 5, waitMs: 10 };
    const { runner, results } = runnerWith(failing, [{ ...every('a'), budget, retries }]);
    await vi.advanceTimersByTimeAsync(3 * TICK_MS);
    expect(results()[0]).toMatchObject({ outcome: 'fail', reason: 'status', attempts: 3 });
    expect(results()[1]).toMatchObject({ outcome: 'unknown', reason: 'budget' });
    await runner.stop();
  });

  test('never is, when it is just enough for the checks of its span, however early or late they start', async () => {
    const enough = { id: 'shop/api', requests: 4, perMs: 4 * TICK_MS };
    const { runner, results } = runnerWith(lasting(5), [{ ...every('a'), budget: enough }]);
    for (let second = 0; second < 100; second++) {
      await vi.advanceTimersByTimeAsync(TICK_MS);
      // The timer for the next slot is set: the check starts so much late, and the one a span later in time.
      skip.monotonic += second % 3 === 0 ? 7 : 0;
    }
    const lates = results().map(({ lateMs }) => lateMs);
    expect(Math.max(...lates)).toBeGreaterThan(5);
    expect(Math.min(...lates)).toBeLessThan(1);
    expect(results().length).toBeGreaterThanOrEqual(99);
    expect(results().filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    await runner.stop();
  });

  test('leaves nothing behind when a check that waits for it is no longer wanted', async () => {
    const next = { id: 'shop/api', requests: 1, perMs: 1_300 };
    const { runner } = runnerWith(lasting(5), [{ ...every('a'), budget: next }]);
    for (let ms = 0; ms < 5_000 && runner.stats().waiting === 0; ms++) await vi.advanceTimersByTimeAsync(1);
    const { started, waiting } = runner.stats();
    expect(waiting).toBe(1);
    runner.set([every('a', 'http://other.example/')]);
    expect(runner.stats()).toMatchObject({ waiting: 0, started, missed: { capacity: 1 } });
    await runner.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives one again when its span has passed, also after a reload', async () => {
    const { runner, results } = runnerWith(lasting(5), sharing());
    await vi.advanceTimersByTimeAsync(5 * TICK_MS);
    runner.set(sharing());
    await vi.advanceTimersByTimeAsync(15 * TICK_MS);
    const starts = results().flatMap(({ outcome, at: start }) => (outcome === 'pass' ? [start] : []));
    expect(starts).toHaveLength(6);
    expect(starts[3]! - starts[0]!).toBeGreaterThanOrEqual(10 * TICK_MS - 1);
    await runner.stop();
  });
});
