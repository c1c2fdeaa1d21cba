import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { evaluateSlo } from '../../src/alert/evaluate.ts';
import { DAY, HOUR, MINUTE, parseDuration, SECOND } from '../../src/duration.ts';
import { createRings } from '../../src/slo/rings.ts';
import type { Rings } from '../../src/slo/rings.ts';
import { aSlo } from '../slo/a-slo.ts';
import { PUBLISHED } from '../slo/published.ts';

const slo = aSlo({ indicator: { kind: 'events', connector: 'gateway' }, minBad: 10 });

/** Rings at one width, so that the expected times of the published table hold to within one slot of that width. */
const at = (width: number): Rings => createRings([{ width, slots: (3 * DAY) / width + 6 }]);

const LOOKING = 10 * MINUTE;

type Story = { firesAt: number | null; resetsAfter: number | null };

/**
 * A perfect long look-back, then a constant error ratio until the short one is full of it, then none again. What is
 * not due for long is looked at only from ten minutes before, at every step.
 */
const tell = (rings: Rings, step: number, row: (typeof PUBLISHED)[number]): Story => {
  const only = { ...slo, tiers: slo.tiers.filter(({ name }) => name === row.tier) };
  const { longMs, shortMs } = only.tiers[0]!;
  let now = 0;
  let previous: ReadonlyMap<string, Alert> = new Map();
  const add = (until: number, errors: number): void => {
    for (; now < until; now += step)
      rings.add({ start: now, width: step, good: 1_000 - errors * 10, total: 1_000, covered: step });
  };
  /** The instant within `patience` at which the status becomes `wanted`. */
  const find = (wanted: string, errors: number, patience: number): number | null => {
    for (let looks = 0; looks < patience / step; looks++) {
      add(now + step, errors);
      const judged = evaluateSlo({ slo: only, sumsOf: rings.sums, budgetRemaining: 1, previous, now, days: 30 });
      previous = new Map(judged.alerts.filter(({ status }) => status !== 'clear').map((alert) => [alert.key, alert]));
      if (judged.transitions[0]?.alert.status === wanted) return now;
    }
    return null;
  };
  const dueIn = (text: string): number => (text === 'never' ? longMs : parseDuration(text)!);
  add(longMs, 0);
  const began = now;
  add(began + Math.max(0, dueIn(row.detect) - LOOKING), row.errors);
  const fired = find('firing', row.errors, 2 * LOOKING);
  if (fired === null) return { firesAt: null, resetsAfter: null };
  add(now + shortMs, row.errors);
  const stopped = now;
  add(stopped + Math.max(0, dueIn(row.reset) - LOOKING), 0);
  const reset = find('clear', 0, 2 * LOOKING);
  return { firesAt: fired - began, resetsAfter: reset === null ? null : reset - stopped };
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
    const story = tell(at(SECOND), SECOND, row);
    expect(story).toEqual(expected(row.detect, row.reset, SECOND));
  });

  const firing = PUBLISHED.filter(({ detect }) => detect !== 'never');
  it.each(firing)('at stored widths, $errors % of errors: $tier fires and resets within one slot of it', (row) => {
    const { firesAt, resetsAfter } = tell(createRings(), 10 * SECOND, row);
    const { longMs, shortMs } = slo.tiers.find(({ name }) => name === row.tier)!;
    const width = (ms: number): number => (ms <= HOUR ? 10 * SECOND : ms <= 6 * HOUR ? MINUTE : 5 * MINUTE);
    expect(Math.abs(firesAt! - parseDuration(row.detect)!)).toBeLessThanOrEqual(width(longMs));
    expect(Math.abs(resetsAfter! - parseDuration(row.reset)!)).toBeLessThanOrEqual(width(shortMs));
  });

  const quiet = PUBLISHED.filter(({ detect }) => detect === 'never');
  it.each(quiet)('at stored widths, $errors % of errors: $tier never fires', (row) => {
    expect(tell(createRings(), 10 * SECOND, row).firesAt).toBeNull();
  });

  it('a full outage seen by one check every 10 s pages after the floor of 51.84 s plus at most one interval', () => {
    const rings = createRings();
    const probe = aSlo();
    const check = (start: number, good: number): void =>
      rings.add({ start, width: 10_000, good, total: 1, covered: 10_000 });
    for (let start = 0; start < DAY; start += 10_000) check(start, 1);
    const judge = (now: number) =>
      evaluateSlo({ slo: probe, sumsOf: rings.sums, budgetRemaining: 1, previous: new Map(), now }).alerts;
    let now = DAY;
    let alerts = judge(now);
    // Looked at right after each check and in the middle of the way to the next one.
    for (let look = 0; alerts.length === 0 && look < 100; look++) {
      if (look % 2 === 0) check(DAY + look * 5_000, 0);
      now = DAY + look * 5_000 + 1;
      alerts = judge(now);
    }
    expect(now - DAY).toBeLessThanOrEqual(51_840 + 10_000);
    expect(alerts[0]!.identity.tier).toBe('page-fast');
  });
});
