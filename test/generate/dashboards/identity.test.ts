import { expect, it } from 'vitest';
import { dashboardFiles } from '../../../src/generate/dashboards/index.ts';
import { systemUid } from '../../../src/generate/dashboards/uid.ts';
import { DEFAULT_OPTIONS, textOf } from '../../../src/generate/file.ts';
import { panelId, type JsonObject } from '../../../src/generate/finish.ts';
import { catalogOfShop, dashboardsOf, SHOP } from './catalog.ts';
import { faultsIn, panelsOf } from './lint.ts';

const SYSTEM = 'dashboards/nines-system-shop.json';

/** Id of each panel, by row and title. */
const idsOf = (dashboard: JsonObject): ReadonlyMap<string, number> =>
  new Map(panelsOf(dashboard).map(({ title, type, id }) => [`${type === 'row'} ${title}`, id]));

it('keeps the id of every panel when others come, go or change places', () => {
  const before = idsOf(dashboardsOf(catalogOfShop()).get(SYSTEM)!);
  const more = SHOP.replace(
    '    conditions:\n',
    `      - id: another
        name: Another
        objective: 99
        window: week
        indicator: { kind: probe, probes: [name] }
    conditions:
`,
  );
  const after = idsOf(dashboardsOf(catalogOfShop(more)).get(SYSTEM)!);
  expect(after.size).toBeGreaterThan(before.size);
  expect([...before].filter(([title, id]) => after.get(title) !== id)).toEqual([]);
});

it('makes ids of the key alone, as Grafana can store them', () => {
  expect(panelId('budget-left')).toBe(panelId('budget-left'));
  expect(panelId('budget-left')).not.toBe(panelId('budget-lasts'));
  const many = Array.from({ length: 1_000 }, (_, index) => panelId(`panel-${index}`));
  expect(many.every((id) => Number.isInteger(id) && id >= 1 && id < 2 ** 31)).toBe(true);
});

it('cuts a long uid and keeps it apart from others that begin like it', () => {
  const long = 'a-system-with-a-name-that-goes-on-and-on';
  expect(systemUid(`${long}-one`)).toMatch(/^[a-z0-9-]{1,40}$/);
  expect(systemUid(`${long}-one`)).not.toBe(systemUid(`${long}-two`));
  expect(systemUid('shop')).toBe('nines-system-shop');
});

it('writes the same bytes every time, and belongs to its system', () => {
  const files = [...dashboardFiles(catalogOfShop(), DEFAULT_OPTIONS)];
  const again = [...dashboardFiles(catalogOfShop(), DEFAULT_OPTIONS)];
  expect(files.map(textOf)).toEqual(again.map(textOf));
  for (const file of files) {
    expect(file.owner).toBe(file.path === SYSTEM ? 'shop' : 'shared');
    expect(textOf(file)).toMatch(/^\{\n {2}"uid": "[^]*\n\}\n$/);
  }
});

// `vitest -u` writes it anew; what changes is for people to see.
it('is written as test/golden shows', async () => {
  const detail = [...dashboardFiles(catalogOfShop(), DEFAULT_OPTIONS)].find(({ path }) => path.includes('slo-detail'))!;
  await expect(textOf(detail)).toMatchFileSnapshot('../../golden/dashboards/nines-slo-detail.json');
});

it('stays small for a system with more than a picture can hold, and tells equal names apart', () => {
  const many = (count: number): string =>
    Array.from(
      { length: count },
      (_, index) => `      - id: more-${index}
        name: More
        objective: 99
        window: week
        indicator: { kind: probe, probes: [name] }
`,
    ).join('');
  const shopWith = (count: number): JsonObject =>
    dashboardsOf(catalogOfShop(SHOP.replace('    conditions:\n', `${many(count)}    conditions:\n`))).get(SYSTEM)!;
  expect(panelsOf(shopWith(500)).length).toBeLessThan(50);
  const several = shopWith(8);
  expect(panelsOf(several).length).toBeGreaterThan(40);
  expect(faultsIn(several)).toEqual([]);
});
