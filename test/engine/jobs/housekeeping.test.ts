import { expect, test } from 'vitest';
import { createHousekeeping } from '../../../src/engine/jobs/housekeeping.ts';
import { NinesError } from '../../../src/errors.ts';
import { createLog } from '../../../src/log.ts';
import { openMemoryStore } from '../../../src/store/open.ts';
import { manualClock } from '../../harness/manual-clock.ts';

test('a store that is away when Nines starts is told, and the chores wait for their next time', async () => {
  const clock = manualClock();
  const lines: string[] = [];
  const store = await openMemoryStore();
  const away = (): Promise<never> => Promise.reject(new NinesError('store_unavailable', 'The database is away.'));
  const housekeeping = createHousekeeping({
    store: { ...store, facts: { ...store.facts, get: away }, commit: away },
    clock,
    log: createLog((line) => lines.push(line), clock.now),
    isLeader: () => true,
    closeLedger: away,
    retention: () => new Map(),
  });
  await expect(housekeeping.start()).resolves.toBeUndefined();
  expect(lines.some((line) => line.includes('Housekeeping failed'))).toBe(true);
  await housekeeping.stop();
  await store.close();
});
