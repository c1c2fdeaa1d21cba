import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAllowance, usedUp } from '../../src/probe/allowance.ts';
import { MINUTE } from '../../src/duration.ts';

const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 15 }), pick: fc.nat(1) }), {
  maxLength: 300,
});
const budgets = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 }));

describe('A request budget', () => {
  test('never gives more than it has in any span, and refuses nobody for whom there is one', () => {
    fc.assert(
      fc.property(budgets, budgets, steps, (first, second, wanted) => {
        const given = [first, second].map(([requests, perMs], index) => ({ id: `shop/${index}`, requests, perMs }));
        const allowance = createAllowance();
        const taken: number[][] = [[], []];
        let now = 0;
        for (const { wait, pick } of wanted) {
          now += wait;
          const budget = given[pick]!;
          const own = taken[pick]!;
          const waitMs = allowance.take(budget, now);
          // The naive model: how many lie in the span that ends now?
          const inSpan = own.filter((at) => now - at < budget.perMs);
          const isFree = inSpan.length < budget.requests;
          expect(waitMs === null).toBe(isFree);
          expect(waitMs ?? 0).toBeCloseTo(isFree ? 0 : inSpan[0]! + budget.perMs - now, 6);
          if (isFree) own.push(now);
        }
        for (const [pick, own] of taken.entries()) {
          const { requests, perMs } = given[pick]!;
          for (const from of own)
            expect(own.filter((at) => at >= from && at - from < perMs).length).toBeLessThanOrEqual(requests);
        }
      }),
    );
  });

  test('that was made smaller lets nobody through before enough of the old requests have left its span', () => {
    const allowance = createAllowance();
    const budget = { id: 'shop/api', requests: 4, perMs: 1_000 };
    for (const at of [0, 100, 200, 300]) expect(allowance.take(budget, at)).toBeNull();
    const smaller = { ...budget, requests: 2 };
    expect(allowance.take(smaller, 400)).toBe(800);
    expect(allowance.take(smaller, 1_199)).toBe(1);
    expect(allowance.take(smaller, 1_200)).toBeNull();
  });

  test.for([
    [200_000, '3m20s'],
    [199_001, '3m20s'],
    [0.4, '1ms'],
  ] as const)('says when the next request is free: in %d ms', ([waitMs, said]) => {
    const budget = { id: 'shop/api', requests: 100, perMs: 15 * MINUTE };
    expect(usedUp(budget, waitMs)).toBe(`the request budget api (100 per 15m) is used up; next free in ${said}`);
  });
});
