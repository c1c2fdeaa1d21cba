import { describe, expect, test } from 'vitest';
import type { RunProbe } from '../../src/probe/check.ts';
import { NO_STATS } from '../../src/probe/hand-over.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { unknownResult, type CheckResult, type Target } from '../../src/probe/probe.ts';
import { httpTarget, target } from './http/target.ts';
import { scheduled } from './target.ts';

const START = 1_795_000_000_000;

const every = (id: string, intervalMs: number, url = 'http://localhost/'): Target =>
  scheduled(id, target(url), intervalMs, 1_000);

const passing: RunProbe = async (_, { id }) => ({ ...unknownResult(id, 0, 'ok', ''), outcome: 'pass' });

const probing = async (targets: Target[], probe: RunProbe = passing) => {
  const clock = { at: START, now: () => clock.at };
  const prober = createInlineProber({ clock, probe });
  const results: CheckResult[] = [];
  prober.onResults((batch) => results.push(...batch));
  await prober.set(targets);
  const advance = async (ms: number): Promise<void> => {
    await prober.advanceTo(clock.at + ms);
    clock.at += ms;
  };
  return { prober, results, advance };
};

describe('The prober for tests', () => {
  test('runs what is due, in order, once per interval, and delivers before it settles', async () => {
    const { results, advance, prober } = await probing([every('a', 10_000), every('b', 15_000)]);
    await advance(60_000);
    expect(results.filter(({ probe }) => probe === 'a')).toHaveLength(6);
    expect(results.filter(({ probe }) => probe === 'b')).toHaveLength(4);
    const instants = results.map(({ at }) => at);
    expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    expect(instants.every((at) => Number.isInteger(at) && at >= START && at <= START + 60_000)).toBe(true);
    const inTime = { counts: NO_STATS.lateness.counts.with(0, 10), sumMs: 0 };
    expect(await prober.stats()).toEqual({ ...NO_STATS, scheduled: 10, started: 10, lateness: inTime });
  });

  test('is the same on every run', async () => {
    const run = async () => {
      const { results, advance } = await probing([every('a', 7_000), every('b', 3_000)]);
      await advance(100_000);
      return results;
    };
    expect(await run()).toEqual(await run());
  });

  test('visits real targets when no other probe is given', async () => {
    const url = await httpTarget((_, response) => response.end('ok'));
    const clock = { now: () => START };
    const prober = createInlineProber({ clock });
    const results: CheckResult[] = [];
    prober.onResults((batch) => results.push(...batch));
    await prober.set([every('a', 10_000, url)]);
    await prober.advanceTo(START + 10_000);
    expect(results).toMatchObject([{ probe: 'a', outcome: 'pass', status: 200 }]);
  });

  test('turns a probe that throws into an unknown result', async () => {
    const { results, advance } = await probing([every('a', 10_000)], () => Promise.reject(new TypeError('secret')));
    await advance(10_000);
    expect(results).toMatchObject([
      { outcome: 'unknown', reason: 'internal', detail: 'the check ended with TypeError inside the prober' },
    ]);
  });

  test('keeps request budgets on its own clock', async () => {
    const budget = { id: 'shop/api', requests: 2, perMs: 60_000 };
    const { results, advance, prober } = await probing([{ ...every('a', 10_000), budget }]);
    await advance(120_000);
    const outcomes = results.map(({ outcome, reason }) => `${outcome} ${reason}`);
    const refused = Array.from({ length: 4 }, () => 'unknown budget');
    expect(outcomes).toEqual(['pass ok', 'pass ok', ...refused, 'pass ok', 'pass ok', ...refused]);
    expect(results[2]).toMatchObject({
      detail: 'the request budget api (2 per 1m) is used up; next free in 40s',
      coversMs: 10_000,
    });
    expect(await prober.stats()).toMatchObject({ scheduled: 12, started: 4, missed: { budget: 8 } });
  });

  test('delivers nothing of a target that left, and nothing after it stopped', async () => {
    const { prober, results, advance } = await probing([every('a', 1_000)]);
    await prober.set([]);
    await advance(10_000);
    expect(results).toEqual([]);
    await prober.set([every('a', 1_000)]);
    await prober.stop();
    await advance(10_000);
    expect(results).toEqual([]);
  });
});
