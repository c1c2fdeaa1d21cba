import { afterEach, beforeEach, vi } from 'vitest';
import { type RunProbe } from '../../src/probe/check.ts';
import type { Limits } from '../../src/probe/limits.ts';
import { unknownResult, type CheckResult, type Target } from '../../src/probe/probe.ts';
import { createRunner } from '../../src/probe/runner.ts';
import { target } from './http/target.ts';
import { scheduled } from './target.ts';

export const TICK_MS = 1_000;
export const every = (id: string, url = 'http://localhost/', intervalMs = TICK_MS): Target =>
  scheduled(id, target(url), intervalMs, 900);

/** Time that only the test moves; `skip` is what passes while nothing of ours runs. */
export const skip = { monotonic: 0, wall: 0 };
const clock = { now: () => Date.now() + skip.wall, monotonic: () => performance.now() + skip.monotonic };

export const runnerWith = (probe: RunProbe, targets: Target[], limits?: Limits) => {
  const batches: (readonly CheckResult[])[] = [];
  const deliver = (results: readonly CheckResult[]): void => void batches.push(results);
  const runner = createRunner({ clock, probe, deliver, ...(limits && { limits }) });
  runner.set(targets);
  return { runner, batches, results: () => batches.flat() };
};

/** A probe whose checks end after `ms`, or with their deadline. */
export const lasting =
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

const FAKED = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'Date',
  'performance',
] as const;

/** For a whole test file. */
export const useManualTime = (): void => {
  beforeEach(() => {
    Object.assign(skip, { monotonic: 0, wall: 0 });
    vi.useFakeTimers({ now: 1_795_000_000_000, toFake: [...FAKED] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
};
