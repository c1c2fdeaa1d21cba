import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { evaluateSlo } from '../../src/alert/evaluate.ts';
import { DAY, parseDuration, SECOND } from '../../src/duration.ts';
import { createRings } from '../../src/slo/rings.ts';
import type { Rings } from '../../src/slo/rings.ts';
import { aSlo } from '../slo/a-slo.ts';
import { PUBLISHED } from '../slo/published.ts';

const slo = aSlo({ indicator: { kind: 'events', connector: 'gateway' }, minBad: 10 });

/** Rings at one width, so that the expected times of the published table hold to within one slot of that width. */
const at = (width: number): Rings => createRings([{ width, slots: (3 * DAY) / width + 6 }]);

type Story = { firesAt: number | null; resetsAfter: number | null };

/** Three perfect days, then a constant error ratio for long enough to fill the short look-back, then none again. */
const tell = (rings: Rings, step: number, tierName: string, errors: number, patience: number): Story => {
  const only = { ...slo, tiers: slo.tiers.filter(({ name }) => name === tierName) };
  const { longMs } = only.tiers[0]!;
  for (let start = 0; start < longMs; start += step)
    rings.add({ start, width: step, good: 1_000, total: 1_000, covered: step });
  let previous: ReadonlyMap<string, Alert> = new Map();
  let now = longMs;
  const tick = (bad: number): string | undefined => {
    rings.add({ start: now, width: step, good: 1_000 - bad, total: 1_000, covered: step });
    now += step;
    const judged = evaluateSlo({ slo: only, sumsOf: rings.sums, budgetRemaining: 1, previous, now, days: 30 });
    previous = new Map(judged.alerts.filter(({ status }) => status !== 'clear').map((alert) => [alert.key, alert]));
    return judged.transitions[0]?.alert.status;
  };
  let firesAt: number | null = null;
  while (firesAt === null && now - longMs < patience) if (tick(errors * 10) === 'firing') firesAt = now - longMs;
  if (firesAt === null) return { firesAt, resetsAfter: null };
  const { shortMs } = only.tiers[0]!;
  for (const full = now + shortMs; now < full;) expect(tick(errors * 10)).toBeUndefined();
  const stopped = now;
  while (now - stopped <= shortMs) if (tick(0) === 'clear') return { firesAt, resetsAfter: now - stopped };
  return { firesAt, resetsAfter: null };
};

/** The first evaluation strictly after it is found; the first at which it is no longer above. */
const expected = (detect: string, reset: string, step: number): Story =>
  detect === 'never'
    ? { firesAt: null, resetsAfter: null }
    : {
        firesAt: (Math.floor(parseDuration(detect)! / step) + 1) * step,
        resetsAfter: Math.ceil(parseDuration(reset)! / step) * step,
      };

describe('the published table for 99.9 % over 30 d, replayed through rings and evaluation', () => {
  it.each(PUBLISHED)('at slots of 1 s, $errors % of errors: $tier fires after $detect, resets after $reset', (row) => {
    const story = tell(at(SECOND), SECOND, row.tier, row.errors, row.detect === 'never' ? 4 * 3_600_000 : DAY * 2);
    expect(story).toEqual(expected(row.detect, row.reset, SECOND));
  });

  it.each(PUBLISHED)('at stored widths, $errors % of errors: $tier fires and resets within one slot of it', (row) => {
    const story = tell(createRings(), 10 * SECOND, row.tier, row.errors, DAY * 2);
    if (row.detect === 'never') return expect(story.firesAt).toBeNull();
    const { longMs, shortMs } = slo.tiers.find(({ name }) => name === row.tier)!;
    const width = (ms: number): number => (ms <= 3_600_000 ? 10 : ms <= 21_600_000 ? 60 : 300) * SECOND;
    const late = story.firesAt! - parseDuration(row.detect)!;
    expect(Math.abs(late)).toBeLessThanOrEqual(width(longMs));
    expect(Math.abs(story.resetsAfter! - parseDuration(row.reset)!)).toBeLessThanOrEqual(width(shortMs));
  });

  it('a full outage seen by one check every 10 s pages after the floor of 51.84 s plus at most one interval', () => {
    const rings = createRings();
    const probe = aSlo();
    const check = (start: number, good: number): void =>
      rings.add({ start, width: 10_000, good, total: 1, covered: 10_000 });
    for (let start = 0; start < DAY; start += 10_000) check(start, 1);
    for (let start = DAY; ; start += 10_000) {
      check(start, 0);
      // Evaluated right after the check, and in the middle of the way to the next one.
      for (const now of [start + 1, start + 5_000]) {
        const { alerts } = evaluateSlo({
          slo: probe,
          sumsOf: rings.sums,
          budgetRemaining: 1,
          previous: new Map(),
          now,
        });
        if (alerts.length === 0) continue;
        expect(now - DAY).toBeLessThanOrEqual(51_840 + 10_000);
        expect(alerts[0]!.identity.tier).toBe('page-fast');
        return;
      }
    }
  });
});
