import { describe, expect, it } from 'vitest';
import { load } from '../../src/definition/load.ts';
import type { Catalog } from '../../src/definition/catalog.ts';
import { HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { explainSlo, type Explanation } from '../../src/generate/explain.ts';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';

const NOW = Date.UTC(2026, 10, 18, 12);

const explained = (system = SYSTEM): Explanation => {
  const files = [
    { file: 'shop.yaml', text: system },
    { file: 'policies.yaml', text: POLICIES },
  ];
  const { catalog, problems } = load(files, { profile: 'production', lookup: () => undefined });
  expect(problems).toEqual([]);
  const slo = catalog?.slos.get('shop/checkout/availability');
  return explainSlo(catalog as Catalog, slo!, ['alerts/shop.rules.yml'], NOW);
};

const detection = ({ tiers }: Explanation, name: string): (number | null)[] =>
  (tiers.find((tier) => tier.name === name)?.detection ?? []).map(({ detectMs }) => detectMs && Math.round(detectMs));

describe('nines explain', () => {
  it('says the budget in time and in checks', () => {
    const { budget } = explained();
    expect(budget).toEqual({ windowDays: 30, outageMs: 43.2 * MINUTE, events: { bad: 259, total: 259_200 } });
  });

  // The reference times of 99.9 % over 30 days: threshold × look-back ÷ error ratio.
  it('says when each tier fires at 100, 10 and 1 % errors', () => {
    const slo = explained();
    expect(detection(slo, 'page-fast')).toEqual([51_840, 8 * MINUTE + 38_400, null]);
    expect(detection(slo, 'page-slow')).toEqual([2 * MINUTE + 9_600, 21 * MINUTE + 36_000, 3 * HOUR + 36 * MINUTE]);
    expect(slo.tiers.map(({ threshold }) => threshold)).toEqual([0.0144, 0.006, 0.003, 0.001]);
  });

  it('counts the bad checks that a tier waits for, and says never where its look-back holds too few', () => {
    const rare = explained(SYSTEM.replaceAll('every: 10s', 'every: 2m'));
    expect(detection(rare, 'page-fast')).toEqual([6 * MINUTE, HOUR, null]);
    const rarer = explained(SYSTEM.replaceAll('every: 10s', 'every: 30m'));
    expect(detection(rarer, 'page-fast')).toEqual([null, null, null]);
  });

  it('says who is called when, up to the level that the service allows', () => {
    const { called } = explained();
    expect(called.map(({ severity }) => severity)).toEqual(['critical', 'warning']);
    const levels = called[0]?.steps.map(({ level, afterMs }) => [level, afterMs / SECOND]);
    expect(levels?.at(0)?.[0]).toBeLessThanOrEqual(2);
    expect(called[0]?.steps.every(({ channels }) => channels.length > 0)).toBe(true);
  });

  it('names the generated files', () => expect(explained().files).toEqual(['alerts/shop.rules.yml']));
});
