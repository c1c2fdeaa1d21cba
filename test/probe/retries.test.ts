import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCheck, type RunProbe } from '../../src/probe/check.ts';
import { startDeadline } from '../../src/probe/deadline.ts';
import { unknownResult, type CheckResult, type Target } from '../../src/probe/probe.ts';
import { target } from './http/target.ts';
import { scheduled } from './target.ts';

const START = 1_795_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({
    now: START,
    toFake: ['setTimeout', 'setImmediate', 'clearTimeout', 'clearImmediate', 'Date', 'performance'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How a try ends, and after how many ms. */
type Try = { outcome: CheckResult['outcome']; ms: number; degraded?: boolean };
type Started = { at: number; timeoutMs: number };

/** Plays these tries in order, the last one for ever; a try ends with its deadline at the latest. */
const playing = (tries: readonly Try[], started: Started[]): RunProbe => {
  const begin = performance.now();
  return async (_, { id, timeoutMs, signal }) => {
    const { outcome, ms, degraded = false } = tries[Math.min(started.length, tries.length - 1)] as Try;
    started.push({ at: performance.now() - begin, timeoutMs });
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve());
    await promise;
    const detail = outcome === 'fail' ? `status was ${500 + started.length}, expected 2xx` : degraded ? 'slow' : '';
    const reason = outcome === 'fail' ? 'status' : outcome === 'pass' ? 'ok' : 'limited';
    return { ...unknownResult(id, 0, reason, detail), outcome, degraded, durationMs: ms, status: 500 + started.length };
  };
};

const targetWith = (count: number, waitMs: number, timeoutMs: number, id = 'shop/api/health'): Target => ({
  ...scheduled(id, target('http://localhost/'), 60_000, timeoutMs),
  retries: { count, waitMs },
});

const checked = async (tries: readonly Try[], to: Target) => {
  const started: Started[] = [];
  const run = runCheck(playing(tries, started), to, startDeadline(to.timeoutMs), START);
  const begin = performance.now();
  let took = Number.NaN;
  const done = run.then((result) => {
    took = performance.now() - begin;
    return result;
  });
  await vi.advanceTimersByTimeAsync(to.timeoutMs + 100);
  return { result: await done, started, took };
};

const bad: Try = { outcome: 'fail', ms: 10 };
const good: Try = { outcome: 'pass', ms: 20 };

describe('A check with retries', () => {
  test('that passes at once took one try and has nothing to tell', async () => {
    const { result } = await checked([good], targetWith(2, 100, 5_000));
    expect(result).toMatchObject({ outcome: 'pass', attempts: 1, detail: '' });
  });

  test('that fails first and then passes has passed, and says what was before', async () => {
    const { result, started } = await checked([bad, good], targetWith(2, 100, 5_000));
    expect(result).toMatchObject({
      probe: 'shop/api/health',
      at: START,
      outcome: 'pass',
      attempts: 2,
      durationMs: 20,
      detail: 'passed at try 2 of 3; before: status was 501, expected 2xx',
    });
    expect(started).toHaveLength(2);
  });

  test('that passes degraded at last says in what, and what was before', async () => {
    const { result } = await checked([bad, bad, { ...good, degraded: true }], targetWith(2, 100, 5_000));
    expect(result).toMatchObject({
      degraded: true,
      attempts: 3,
      detail: 'slow; passed at try 3 of 3; before: status was 502, expected 2xx',
    });
  });

  test('that never passes failed with the numbers of its last try', async () => {
    const { result } = await checked([bad], targetWith(2, 100, 5_000));
    expect(result).toMatchObject({ outcome: 'fail', attempts: 3, status: 503, detail: 'status was 503, expected 2xx' });
  });

  test('is not tried again when it is limited or unknown', async () => {
    const { result, started } = await checked([{ outcome: 'unknown', ms: 1 }, good], targetWith(5, 100, 5_000));
    expect(result).toMatchObject({ outcome: 'unknown', attempts: 1 });
    expect(started).toHaveLength(1);
  });

  test('ends without a further try when its wait would outlast it', async () => {
    const { result, took } = await checked([bad], targetWith(5, 2_000, 900));
    expect(result).toMatchObject({ outcome: 'fail', attempts: 1 });
    expect(took).toBeLessThan(100);
  });

  test('waits as long on every run, and not as long as its neighbours', async () => {
    const starts = async (id: string): Promise<number | undefined> => {
      const { started } = await checked([bad, good], targetWith(1, 1_000, 5_000, id));
      return started[1]?.at;
    };
    const ids = Array.from({ length: 20 }, (_, index) => `shop/api/probe-${index}`);
    const first: (number | undefined)[] = [];
    for (const id of ids) first.push(await starts(id));
    expect(await starts('shop/api/probe-7')).toBe(first[7]);
    expect(new Set(first).size).toBeGreaterThan(15);
    for (const at of first) expect(at).toBeGreaterThanOrEqual(509);
    for (const at of first) expect(at).toBeLessThanOrEqual(1_011);
  });

  test('that was stopped is not tried again', async () => {
    const started: Started[] = [];
    const deadline = startDeadline(5_000);
    const run = runCheck(playing([bad], started), targetWith(5, 1_000, 5_000), deadline, START);
    await vi.advanceTimersByTimeAsync(20);
    deadline.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(await run).toMatchObject({ outcome: 'fail', attempts: 1 });
    expect(started).toHaveLength(1);
  });

  test('never makes more tries than allowed, and none beyond its deadline', async () => {
    const oneTry: fc.Arbitrary<Try> = fc.record({
      outcome: fc.constantFrom('pass', 'fail', 'unknown'),
      ms: fc.nat(2_000),
    });
    const tries = fc.array(oneTry, { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(tries, fc.nat(5), fc.nat(1_000), fc.integer({ min: 1, max: 4_000 }), async (...given) => {
        const [played, count, waitMs, timeoutMs] = given;
        const { result, started, took } = await checked(played, targetWith(count, waitMs, timeoutMs));
        expect(started.length).toBeLessThanOrEqual(1 + count);
        expect(result.attempts).toBe(started.length);
        expect(took).toBeLessThanOrEqual(timeoutMs + 2);
        for (const { at, timeoutMs: left } of started) expect(at + left).toBeLessThanOrEqual(timeoutMs + 1);
        const ended = played.slice(0, started.length - 1);
        expect(ended.every(({ outcome }) => outcome === 'fail')).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
