import { describe, expect, test } from 'vitest';
import { startDeadline } from '../../src/probe/deadline.ts';
import { createHttpProbe } from '../../src/probe/http/index.ts';
import { httpTarget, target } from './http/target.ts';

const HOUR_MS = 3_600_000;

describe('A wall clock that is set while a check runs', () => {
  test.for([
    ['back', -HOUR_MS],
    ['forward', HOUR_MS],
  ] as const)('%s changes no duration: they are of the monotonic clock', async ([, step]) => {
    let wall = 1_795_000_000_000;
    const now = (): number => (wall += step);
    const probe = createHttpProbe({ now, monotonic: () => performance.now() });
    const url = await httpTarget((_, response) => response.end('ok'));
    const { signal, clear } = startDeadline(10_000);
    const { outcome, durationMs, phases } = await probe(target(url), { id: 'a', timeoutMs: 10_000, signal });
    clear();
    expect(outcome).toBe('pass');
    const parts = Object.values(phases);
    expect(parts.length).toBeGreaterThan(1);
    for (const ms of [durationMs, ...parts]) expect(ms >= 0 && ms < 10_000).toBe(true);
    expect(parts.reduce((a, b) => a + b)).toBeLessThanOrEqual(durationMs);
  });
});
