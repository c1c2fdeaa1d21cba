import { afterEach, describe, expect, test } from 'vitest';
import { silentLog, type Log } from '../../src/log.ts';
import type { CheckResult, Target } from '../../src/probe/probe.ts';
import { createThreadProber, type ThreadProberParts } from '../../src/probe/threads.ts';
import { httpTarget, target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const every = (id: string, url: string, intervalMs = 200): Target => scheduled(id, target(url), intervalMs, 5_000);

const probing = (parts: Partial<ThreadProberParts> = {}) => {
  const results: CheckResult[] = [];
  const prober = createThreadProber({ log: silentLog, ...parts });
  prober.onResults((batch) => results.push(...batch));
  return { prober, results, seen: () => new Set(results.map(({ probe }) => probe)) };
};

afterEach(() => {
  delete process.env['PROBE_THREAD_CRASHED'];
});

const SOON = { timeout: 10_000 };

describe('The prober in threads', () => {
  test('checks every target, whichever thread it falls to', async () => {
    const url = await httpTarget((_, response) => response.end('ok'));
    const ids = Array.from({ length: 20 }, (_, index) => `shop/api/probe-${index}`);
    const { prober, results, seen } = probing({ threads: 2 });
    await prober.set(ids.map((id) => every(id, url)));
    await expect.poll(() => seen().size, SOON).toBe(20);
    expect(results.every(({ outcome, status }) => outcome === 'pass' && status === 200)).toBe(true);
    const { scheduled, started, missed, waiting } = await prober.stats();
    expect(started).toBeGreaterThanOrEqual(20);
    expect(scheduled).toBe(started + waiting + Object.values(missed).reduce((a, b) => a + b));
    await prober.stop();
  });

  test('delivers nothing after it stopped', async () => {
    const url = await httpTarget((_, response) => response.end('ok'));
    const { prober, results } = probing();
    await prober.set([every('a', url)]);
    await expect.poll(() => results.length, SOON).toBeGreaterThan(0);
    await prober.stop();
    const delivered = results.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(results).toHaveLength(delivered);
  });

  test('says so when more probes may hang than checks may run at once', async () => {
    const warned: unknown[] = [];
    const log: Log = { ...silentLog, warn: (message, facts) => void warned.push([message, facts]) };
    const { prober } = probing({ log, files: 20 });
    const targets = Array.from({ length: 11 }, (_, index) => every(`probe-${index}`, 'http://127.0.0.1:1', 10_000));
    await prober.set(targets.slice(1));
    expect(warned).toEqual([]);
    await prober.set(targets);
    const sentence = 'There are more probes than checks that may run at once: some will be missed when many hang.';
    expect(warned).toEqual([[sentence, { probes: 11, atOnce: 10, openFiles: 20 }]]);
    await prober.stop();
  });

  test('starts a thread that crashed again, with its targets, and says so', async () => {
    const url = await httpTarget((_, response) => response.end('ok'));
    const errors: unknown[] = [];
    const log: Log = {
      ...silentLog,
      error: (message, facts) => {
        errors.push([message, facts]);
        process.env['PROBE_THREAD_CRASHED'] = '1';
      },
    };
    const entry = new URL('./crashing-thread.ts', import.meta.url);
    const { prober, seen, results } = probing({ log, entry });
    await prober.set([every('a', url), every('b', url)]);
    await expect.poll(() => seen().has('a') && seen().has('b'), SOON).toBe(true);
    const facts = { thread: 'probe-0', error: expect.objectContaining({ message: 'crashed' }), waitMs: 100 };
    expect(errors).toEqual([['A probe thread ended and is started again.', facts]]);
    expect((await prober.stats()).started).toBeGreaterThanOrEqual(results.length);
    await prober.stop();
  });
});
