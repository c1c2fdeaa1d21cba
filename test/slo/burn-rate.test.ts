import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, parseDuration } from '../../src/duration.ts';
import { defaultTiers } from '../../src/slo/burn-policy.ts';
import type { Tier } from '../../src/slo/burn-policy.ts';
import { budgetShareAtDetection, burnRate, timeToDetect, timeToReset, unreachable } from '../../src/slo/burn-rate.ts';
import { NO_SUMS } from '../../src/slo/slot.ts';
import { PUBLISHED } from './published.ts';

const TIERS = defaultTiers({ kind: 'rolling', days: 30 });
const tier = (name: string): Tier => TIERS.find((one) => one.name === name)!;
const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 100) / 100);
const published = (text: string): number | null => (text === 'never' ? null : parseDuration(text)!);
const withFactor = (factor: number): Tier => ({ ...tier('page-fast'), factor });

describe('burn rate', () => {
  it.each([
    ['one bad in a thousand spends a 99.9 % budget exactly at its pace', 999, 1_000, 999_000, 1],
    ['1.44 % of errors at 99.9 % is 14.4 and not a hair more', 9_856, 10_000, 999_000, 14.4],
    ['everything bad at 99.9 % burns a thousand times too fast', 0, 360, 999_000, 1_000],
    ['nothing bad burns nothing', 360, 360, 999_900, 0],
    ['a 90 % objective cannot burn more than ten times too fast', 0, 7, 900_000, 10],
  ])('%s', (_, good, total, objective, rate) => {
    expect(burnRate({ good, total, covered: HOUR }, objective, HOUR).rate).toBe(rate);
  });

  it('is null without data and without traffic, which is not 0', () => {
    expect(burnRate(NO_SUMS, 999_000, HOUR)).toEqual({
      label: '1h',
      ms: HOUR,
      rate: null,
      coverage: 0,
      bad: 0,
      total: 0,
    });
    expect(burnRate({ good: 0, total: 0, covered: HOUR }, 999_000, HOUR)).toMatchObject({ rate: null, coverage: 1 });
  });

  it('says how much of the look-back is backed by data', () => {
    expect(burnRate({ good: 3, total: 3, covered: 2 * MINUTE }, 999_000, 5 * MINUTE)).toMatchObject({
      label: '5m',
      coverage: 0.4,
    });
  });

  it('is never NaN, infinite or negative', () => {
    const count = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 999_999 }), (good, total, objective) => {
        const { rate, bad } = burnRate({ good, total, covered: 1 }, objective, HOUR);
        expect(bad).toBeGreaterThanOrEqual(0);
        expect(rate === null || (Number.isFinite(rate) && rate >= 0)).toBe(true);
      }),
    );
  });
});

describe('the formulas of multi-window burn rates, against the published table for 99.9 % and 30 d', () => {
  it.each(PUBLISHED)('$errors % of errors: $tier is found after $detect and resets after $reset', (row) => {
    const found = timeToDetect(tier(row.tier), 999_000, row.errors / 100);
    const reset = timeToReset(tier(row.tier), 999_000, row.errors / 100);
    expect([found, reset].map(rounded)).toEqual([row.detect, row.reset].map(published));
  });

  it.each([
    ['page-fast', 0.02],
    ['page-slow', 0.05],
    ['ticket-fast', 0.1],
    ['ticket-slow', 0.1],
  ])('%s fires when %d of a 30 d budget is gone', (name, share) => {
    expect(budgetShareAtDetection(tier(name), 30)).toBeCloseTo(share, 12);
  });

  it('the tiers of one day fire when 25 % and 50 % of its budget are gone', () => {
    const shares = defaultTiers({ kind: 'calendar', unit: 'day' }).map((one) => budgetShareAtDetection(one, 1));
    expect(shares).toEqual([0.25, 0.5]);
  });

  it('14.4 over an hour is 0.67 % of 90 d', () => {
    expect(budgetShareAtDetection(tier('page-fast'), 90)).toBeCloseTo(0.00667, 5);
  });

  it.each([
    [14.4, 93.0556],
    [14, 92.8572],
    [13.44, 92.5596],
    [7, 85.7143],
    [6, 83.3334],
    [3, 66.6667],
    [2, 50.0001],
  ])('%d can fire from %d % on, and not one step below', (factor, percent) => {
    const ppm = Math.round(percent * 10_000);
    expect(unreachable(withFactor(factor), ppm)).toBe(false);
    expect(unreachable(withFactor(factor), ppm - 1)).toBe(true);
  });

  it.each([
    [990_000, 'page-fast', '8m38.4s'],
    [990_000, 'page-slow', '21m36s'],
    [950_000, 'page-fast', '43m12s'],
    [950_000, 'page-slow', '1h48m'],
    [930_000, 'page-fast', 'never'],
    [930_000, 'page-slow', '2h31m12s'],
    [900_000, 'page-slow', '3h36m'],
    [800_000, 'page-slow', 'never'],
    [800_000, 'ticket-fast', '14h24m'],
    [500_000, 'ticket-fast', 'never'],
    [500_000, 'ticket-slow', '36h'],
  ])('a total outage at %d ppm reaches %s after %s', (objective, name, text) => {
    const found = timeToDetect(tier(name), objective, 1);
    expect(rounded(found)).toBe(published(text));
  });
});
