import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import type { Slo } from '../../src/slo/slo.ts';
import type { Window } from '../../src/slo/window.ts';
import { SYSTEM } from '../harness/definitions.ts';
import { quote } from '../../src/promql/print.ts';
import { ruleTestFiles } from '../../src/generate/rule-tests/index.ts';
import { shopCatalog, written } from './catalogs.ts';

const linesOf = (catalog: Catalog): Set<string> =>
  new Set([...written(ruleTestFiles, catalog).values()].flatMap((text) => text.split('\n')));

/** Of the groups that are evaluated first, one is named. */
const isOrder = (line: string): boolean => /^ +- nines-\S+-fast$/.test(line);

describe('tests of SLOs that are told alike', () => {
  it('say of each what they say of it alone', () => {
    const catalog = shopCatalog();
    const first = [...catalog.slos.values()].find(({ indicator }) => indicator.kind === 'probe');
    if (!first) throw new Error('the shop has no SLO of a probe');
    const window: Window = { kind: 'calendar', unit: 'month' };
    const changes: readonly Partial<Slo>[] = [
      {},
      { objective: 987_000 },
      { window },
      { tiers: first.tiers.map((tier) => ({ ...tier, factor: tier.factor / 2 })) },
      { minBad: first.minBad + 7 },
      { noData: { afterMs: 1_800_000, severity: 'critical' } },
      { settleLagMs: 420_000 },
      { indicator: { kind: 'incident-clock', goalMs: 60_000, clock: 'recover' } as unknown as Slo['indicator'] },
      { indicator: { kind: 'time-slice', sliceMs: 600_000, source: { kind: 'other' } } as unknown as Slo['indicator'] },
    ];
    const slos = changes.map((change, index) => ({ ...first, id: `shop/checkout/like-${index}`, ...change }));
    const together = linesOf({ ...catalog, slos: new Map(slos.map((slo) => [slo.id, slo])) });
    for (const slo of slos) {
      const alone = linesOf({ ...catalog, slos: new Map([[slo.id, slo]]) });
      expect([slo.id, [...alone].filter((line) => !together.has(line) && !isOrder(line))]).toEqual([slo.id, []]);
    }
  });

  it('differ in nothing but the names of their systems', () => {
    const twin = SYSTEM.replaceAll(/\bshop\b/g, 'stall');
    const texts = written(ruleTestFiles, shopCatalog({ more: twin }));
    const alone = written(ruleTestFiles, shopCatalog());
    expect(alone.size).toBe(3);
    for (const [path, text] of alone) {
      expect(texts.get(path)).toBe(text);
      expect(texts.get(path.replace('shop', 'stall'))).toBe(text.replaceAll(/\bshop\b/g, 'stall'));
    }
  });

  it.each(['staging', "it's", 'Größe', 'a"b', 'x\u0085y'])(
    'are read as they are meant in the environment %j',
    (environment) => {
      const catalog = shopCatalog();
      const slos = new Map([...catalog.slos].map(([id, slo]) => [id, { ...slo, environment }]));
      const other = [...written(ruleTestFiles, { ...catalog, slos }).values()].map((text) =>
        JSON.stringify(load(text)),
      );
      const named = [...written(ruleTestFiles, catalog).values()].map((text) => JSON.stringify(load(text)));
      const inside = (text: string): string => JSON.stringify(quote(text)).slice(1, -1);
      expect(other).toEqual(
        named.map((text) =>
          text.replaceAll(`environment=${inside('production')}`, () => `environment=${inside(environment)}`),
        ),
      );
    },
  );
});
