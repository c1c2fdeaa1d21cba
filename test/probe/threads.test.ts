import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardOf } from '../../src/probe/threads.ts';

const budget = { id: 'shop/api', requests: 100, perMs: 60_000 };

test('Targets are shared evenly by the threads, but for those of one request budget, which stay together', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `shop/service-${index % 50}/probe-${index}`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), (threads) => {
      const counts = Array.from({ length: threads }, () => 0);
      for (const id of ids) counts[shardOf({ id, budget: null }, threads)]!++;
      expect(Math.min(...counts)).toBeGreaterThan((0.85 * ids.length) / threads);
      expect(new Set(ids.map((id) => shardOf({ id, budget }, threads))).size).toBe(1);
    }),
  );
});
