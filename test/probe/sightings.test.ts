import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR, SECOND } from '../../src/duration.ts';
import { createSightings } from '../../src/probe/sightings.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';

const FRESH = 25 * SECOND;
const START = Date.UTC(2026, 10, 18, 3);
const result = (at: number, outcome: CheckResult['outcome']): CheckResult => ({
  ...unknownResult('shop/api/health', at, outcome === 'pass' ? 'ok' : 'status', ''),
  outcome,
});

describe('What locations saw', () => {
  test('is their word while it is fresh, and silence afterwards', () => {
    const sightings = createSightings();
    sightings.see('frankfurt', result(START, 'fail'), FRESH);
    const at = (now: number) => sightings.words('shop/api/health', ['frankfurt'], now, FRESH)[0]?.outcome;
    expect([at(START - 1), at(START), at(START + FRESH), at(START + FRESH + 1)]).toEqual([
      'silent',
      'fail',
      'fail',
      'silent',
    ]);
    sightings.see('frankfurt', result(START + FRESH, 'unknown'), FRESH);
    expect(at(START + FRESH + 1)).toBe('silent');
  });

  test('is known for every check of the last hours', () => {
    const outcomes = fc.array(fc.constantFrom('pass' as const, 'fail' as const, null), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(outcomes, (seen) => {
        const sightings = createSightings();
        const told = seen.flatMap((outcome, index) => (outcome ? [result(START + index * 10_000, outcome)] : []));
        for (const one of told) sightings.see('frankfurt', one, FRESH);
        for (const { at, outcome } of told)
          expect(sightings.words('shop/api/health', ['frankfurt'], at, FRESH)[0]?.outcome).toBe(outcome);
      }),
    );
  });

  test('is the same when a batch is told again, and however long the probe lives', () => {
    const sightings = createSightings();
    const told = Array.from({ length: 300 }, (_, index) =>
      result(START + index * 10_000, index < 10 ? 'fail' : 'pass'),
    );
    for (let again = 0; again < 5; again++) for (const one of told) sightings.see('frankfurt', one, FRESH);
    for (const { at, outcome } of told)
      expect(sightings.words('shop/api/health', ['frankfurt'], at, FRESH)[0]?.outcome).toBe(outcome);
  });

  test('goes with a wall clock that is set', () => {
    const sightings = createSightings();
    sightings.see('frankfurt', result(START, 'pass'), FRESH);
    sightings.clockSet(-HOUR);
    expect(sightings.words('shop/api/health', ['frankfurt'], START - HOUR, FRESH)).toMatchObject([{ outcome: 'pass' }]);
  });
});
