import { expect, test } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { MINUTE, SECOND } from '../../src/duration.ts';
import { createFollower, type FollowerParts } from '../../src/engine/follower.ts';
import { createWindows } from '../../src/engine/windows.ts';
import { openMemoryStore } from '../../src/store/open.ts';
import { aSlo } from '../slo/a-slo.ts';

const NOW = Date.UTC(2026, 10, 18, 3);
const slot = (sli: string, start: number) => ({ sli, start, width: 10 * SECOND, good: 1, total: 1, covered: MINUTE });

test('a replica that follows also sees what settles late, each slot once', async () => {
  const store = await openMemoryStore();
  const windows = createWindows();
  const slos = new Map([
    ['checks', { ...aSlo(), id: 'checks', settleLagMs: 0 }],
    ['slices', { ...aSlo(), id: 'slices', settleLagMs: 70 * SECOND }],
  ]);
  const follower = createFollower({
    store,
    windows,
    probeStates: {},
    judges: { adopt: () => {} },
    adjustments: { use: async () => {} },
    evaluate: { adopt: () => undefined },
    incidents: { restore: async () => undefined },
    catalog: () => ({ slos, probes: new Map() }) as Partial<Catalog>,
  } as unknown as FollowerParts);
  follower.begin(NOW);
  for (let now = NOW; now <= NOW + 10 * MINUTE; now += 10 * SECOND) {
    store.slots.add([slot('checks', now)]);
    // A minute is stored 10 s after its end, where it began.
    if ((now - 70 * SECOND - NOW) % MINUTE === 0 && now > NOW + MINUTE)
      store.slots.add([slot('slices', now - 70 * SECOND)]);
    await follower.refresh(now);
  }
  const end = NOW + 10 * MINUTE;
  expect(windows.lookBack('checks', 30 * MINUTE, end).total).toBeGreaterThanOrEqual(57);
  expect(windows.lookBack('slices', 30 * MINUTE, end).total).toBe(9);
  await store.close();
});
