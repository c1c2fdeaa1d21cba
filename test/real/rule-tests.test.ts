import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { isMissing } from '../generate/rules/promtool.ts';
import { measured, shipped } from '../generate/rules/catalogs.ts';
import { caughtBy, mutantsOf } from '../generate/rule-tests-mutants.ts';
import { generated, promtool } from '../generate/rule-tests.ts';

/** The catalog with one of its SLOs alone. */
const only = (catalog: Catalog, id: string): Catalog => ({
  ...catalog,
  slos: new Map([...catalog.slos].filter(([own]) => own === id)),
});

// The other kinds, and all mutants: test/fuzz/rule-mutants.ts.
const KINDS = ['shop/checkout/up'];

describe.skipIf(isMissing)('generated tests of generated rules', () => {
  it('hold for the shipped catalog', { timeout: 600_000 }, async () => {
    const { rules, tests } = generated(shipped(), 'duru-notes');
    const said = await Promise.all(tests.map((file) => promtool(rules, file)));
    expect(said).toEqual(['', '', '']);
  });

  it.each(KINDS)('hold for %s', { timeout: 600_000 }, async (id) => {
    const { rules, tests } = generated(only(measured(), id), 'shop');
    const said = await Promise.all(tests.map((file) => promtool(rules, file)));
    expect(said).toEqual(['', '', '']);
  });

  // Every so many of them; each must fail a test.
  it('notice changed rules', { timeout: 600_000 }, async () => {
    const { rules, tests } = generated(only(measured(), 'shop/checkout/up'), 'shop');
    const sample = mutantsOf(rules).filter((_, index) => index % 31 === 5);
    const survivors: string[] = [];
    for (const mutant of sample)
      if ((await caughtBy(rules, tests, mutant)) === undefined)
        survivors.push(`${mutant.changed.record ?? mutant.changed.alert}: ${mutant.what}`);
    expect(sample.length).toBeGreaterThan(3);
    expect(survivors).toEqual([]);
  });
});
