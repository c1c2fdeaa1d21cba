import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../src/log.ts';
import { createThreadProber } from '../../src/probe/threads.ts';
import { httpTarget, rawTarget, target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const probing = (threads = 1) => {
  const prober = createThreadProber({ log: silentLog, threads });
  onTestFinished(() => prober.stop());
  return prober;
};

test('A check that is asked for is done in a thread, tells what it saw, and is of no schedule', async () => {
  const url = await httpTarget((_, response) => response.end('ok'));
  const prober = probing(2);
  const scheduledResults: unknown[] = [];
  prober.onResults((results) => scheduledResults.push(...results));
  const asked = ['a', 'b', 'c'].map((id) => prober.check(scheduled(id, target(url), 60_000, 5_000)));
  const results = await Promise.all(asked);
  expect(results.map(({ probe, outcome, status }) => [probe, outcome, status])).toEqual([
    ['a', 'pass', 200],
    ['b', 'pass', 200],
    ['c', 'pass', 200],
  ]);
  expect(results.map(({ facts }) => facts?.['http_status_code'])).toEqual([200, 200, 200]);
  expect(scheduledResults).toEqual([]);
  expect((await prober.stats()).started).toBe(0);
});

test('A check that is under way when the prober ends is unknown, and nobody waits for ever', async () => {
  const { promise: visited, resolve } = Promise.withResolvers<void>();
  const url = await rawTarget(() => resolve());
  const prober = probing();
  const asked = prober.check(scheduled('a', target(url), 60_000, 30_000));
  await visited;
  await prober.stop();
  expect(await asked).toMatchObject({ outcome: 'unknown', reason: 'paused' });
  expect(await prober.check(scheduled('b', target(url), 60_000, 30_000))).toMatchObject({ outcome: 'unknown' });
});
