import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLoopDelay } from '../../src/metrics/loop-delay.ts';

const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

it('a blocked event loop is seen, also when it blocks right after a reading', { retry: 2 }, async () => {
  const delay = createLoopDelay();
  await sleep(50);
  delay.p99();
  block(200);
  await sleep(50);
  expect(delay.p99()).toBeGreaterThan(100);
  delay.stop();
});
