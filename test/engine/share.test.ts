import { expect, test } from 'vitest';
import type { CatalogProbe } from '../../src/definition/catalog.ts';
import { createShare } from '../../src/engine/share.ts';

const HOUR = 3_600_000;
const probe = { id: 'shop/checkout/health', intervalMs: HOUR, burst: null } as unknown as CatalogProbe;

test('an hour holds twice what the schedule gives, of each location; what could not be stored is given back', () => {
  const share = createShare();
  const take = (location = 'lagos', at = 0): boolean => share.take(probe, location, at);
  expect([take(), take(), take()]).toEqual([true, true, false]);
  expect([take('oslo'), take('lagos', HOUR)]).toEqual([true, true]);
  share.giveBack(probe.id, 'lagos', 0);
  expect([take(), take()]).toEqual([true, false]);
});

test('a probe that is removed takes its counts with it, and no other', () => {
  const share = createShare();
  const other = { ...probe, id: 'shop/checkout/other' };
  const take = (one: CatalogProbe): boolean[] => [0, 1, 2].map(() => share.take(one, 'lagos', 0));
  expect([take(probe), take(other)]).toEqual([
    [true, true, false],
    [true, true, false],
  ]);
  share.keepOnly(new Set([other.id]));
  expect([take(probe), take(other)]).toEqual([
    [true, true, false],
    [false, false, false],
  ]);
});
