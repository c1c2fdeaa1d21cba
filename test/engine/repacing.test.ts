import { expect, test } from 'vitest';
import type { Catalog, CatalogProbe } from '../../src/definition/catalog.ts';
import { createRepacing } from '../../src/engine/repacing.ts';
import type { Target } from '../../src/probe/probe.ts';
import { target } from '../probe/http/target.ts';
import { scheduled } from '../probe/target.ts';

const catalogOf = (name: string, count: number): Catalog => {
  const ids = Array.from({ length: count }, (_, index) => `${name}/api/${index}`);
  const probes = new Map(ids.map((id) => [id, { id } as CatalogProbe]));
  return { probes } as unknown as Catalog;
};

test('A catalog that comes while an older one is handed over takes its place, and both callers wait for it', async () => {
  let catalog = catalogOf('old', 5_000);
  const sets: (readonly Target[])[] = [];
  const gathered: string[] = [];
  let revealed = 0;
  const repace = createRepacing({
    catalog: () => catalog,
    target: ({ id }) => {
      revealed++;
      return scheduled(id, target('http://x/'), 1_000, 900);
    },
    bursts: { paced: (one) => one },
    locations: {
      begin: (of) => ({ add: () => true, apply: () => void gathered.push([...of.probes.keys()][0] ?? 'none') }),
    },
    prober: { set: async (targets) => void sets.push(targets) },
    leads: () => true,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const older = repace();
  expect(revealed).toBe(100);
  catalog = catalogOf('new', 250);
  const newer = repace();
  await older;
  expect(sets.map((targets) => [targets.length, targets[0]?.id])).toEqual([[250, 'new/api/0']]);
  expect(gathered).toEqual(['new/api/0']);
  expect(revealed).toBe(350);
  await newer;
});
