import { expect, test } from 'vitest';
import type { Catalog, CatalogProbe } from '../../src/definition/catalog.ts';
import { createBursts } from '../../src/engine/bursts.ts';
import type { Store } from '../../src/store/store.ts';

const MINUTE = 60_000;
const probe = {
  id: 'shop/checkout/health',
  system: 'shop',
  service: 'shop/checkout',
  intervalMs: 10_000,
  notConfigured: null,
  burst: { intervalMs: 2_000, forMs: MINUTE, after: ['deploy'] },
} as unknown as CatalogProbe;

test('a pace that could not be handed over is handed over with the next look', async () => {
  const catalog = { probes: new Map([[probe.id, probe]]) } as unknown as Catalog;
  const deploy = { kind: 'deploy', system: 'shop', service: null, at: 0 };
  const store = { happenings: { read: async () => [deploy] } } as unknown as Store;
  const bursts = createBursts({ catalog: () => catalog, store });
  const paces: number[] = [];
  const failing = async (): Promise<void> => {
    paces.push(bursts.intervalOf(probe));
    throw new Error('the prober is busy');
  };
  const repace = async (): Promise<void> => void paces.push(bursts.intervalOf(probe));

  await expect(bursts.look(1_000, failing)).rejects.toThrow('the prober is busy');
  expect(bursts.intervalOf(probe)).toBe(10_000);
  await bursts.look(2_000, repace);
  await bursts.look(3_000, repace);
  expect(paces).toEqual([2_000, 2_000]);
  // Also on the way back.
  await expect(bursts.look(MINUTE, failing)).rejects.toThrow('the prober is busy');
  await bursts.look(MINUTE + 1_000, repace);
  expect(paces).toEqual([2_000, 2_000, 10_000, 10_000]);
});
