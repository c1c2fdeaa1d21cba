import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/definition/catalog.ts';
import { isMissing } from '../generate/rules/promtool.ts';
import { measured, shipped } from '../generate/rules/catalogs.ts';
import { generated, promtool } from '../generate/rule-tests.ts';

/** The catalog with one of its SLOs alone. */
const only = (catalog: Catalog, id: string): Catalog => ({
  ...catalog,
  slos: new Map([...catalog.slos].filter(([own]) => own === id)),
});

const KINDS = [...measured().slos.values()].filter(({ served }) => served).map(({ id }) => id);

describe.skipIf(isMissing)('generated tests of generated rules', () => {
  it('hold for the shipped catalog', { timeout: 600_000 }, async () => {
    const { rules, tests } = generated(shipped(), 'duru-notes');
    for (const file of tests) expect(await promtool(rules, file)).toBe('');
  });

  it.each(KINDS)('hold for %s', { timeout: 600_000 }, async (id) => {
    const { rules, tests } = generated(only(measured(), id), 'shop');
    for (const file of tests) expect(await promtool(rules, file)).toBe('');
  });
});
