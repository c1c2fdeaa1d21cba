import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { freshnessSlot, slotsOf } from '../../src/slo/indicator.ts';
import type { Check, Indicator } from '../../src/slo/indicator.ts';

const probe: Indicator = { kind: 'probe', probes: ['a/b/c'] };
const latency: Indicator = { kind: 'latency', probes: ['a/b/c'], thresholdMs: 500 };

const check = (but: Partial<Check>): Check => ({
  at: 1_234_567,
  durationMs: 80,
  outcome: 'pass',
  reason: 'ok',
  intervalMs: 10_000,
  probes: 1,
  ...but,
});

const counted = (indicator: Indicator, but: Partial<Check>): [number, number, number] | null => {
  const [slot] = slotsOf(indicator, check(but));
  return slot === undefined ? null : [slot.good, slot.total, slot.covered];
};

describe('what a check adds to an availability indicator', () => {
  it.each<[string, Partial<Check>, [number, number, number] | null]>([
    ['a pass is good', {}, [1, 1, 10_000]],
    ['a fail is bad', { outcome: 'fail', reason: 'status' }, [0, 1, 10_000]],
    ['an unknown outcome says nothing, not even that there was data', { outcome: 'unknown', reason: 'paused' }, null],
    ['our own mistake says nothing about the target', { outcome: 'fail', reason: 'internal' }, null],
    [
      'a target that refuses us for asking too often is not down',
      { outcome: 'fail', reason: 'limited' },
      [0, 0, 10_000],
    ],
    ['a slow pass is good: how slow is the affair of latency', { durationMs: 9_000 }, [1, 1, 10_000]],
    ['one of three probes covers a third of the time, rounded up', { probes: 3 }, [1, 1, 3_334]],
    ['a check every minute covers its minute', { intervalMs: MINUTE }, [1, 1, MINUTE]],
  ])('%s', (_, but, expected) => {
    expect(counted(probe, but)).toEqual(expected);
  });

  it('lies in the slot of 10 s in which it started, or in a slot as wide as asked', () => {
    expect(slotsOf(probe, check({}))[0]).toMatchObject({ start: 1_230_000, width: 10_000 });
    expect(slotsOf(probe, check({}), 1_000)[0]).toMatchObject({ start: 1_234_000, width: 1_000 });
  });

  it('indicators that are not made of checks take nothing from one', () => {
    expect(slotsOf({ kind: 'events', connector: 'x' }, check({}))).toEqual([]);
  });
});

describe('what a check adds to a latency indicator', () => {
  it.each<[string, Partial<Check>, [number, number, number] | null]>([
    ['within the threshold is good', { durationMs: 500 }, [1, 1, 10_000]],
    ['slower is bad', { durationMs: 500.1 }, [0, 1, 10_000]],
    ['a timeout is slow', { outcome: 'fail', reason: 'timeout', durationMs: 5_000 }, [0, 1, 10_000]],
    [
      'a failed response-time assertion beyond the threshold is slow',
      { outcome: 'fail', reason: 'response-time', durationMs: 900 },
      [0, 1, 10_000],
    ],
    [
      'a failed response-time assertion within the threshold is good',
      { outcome: 'fail', reason: 'response-time', durationMs: 300 },
      [1, 1, 10_000],
    ],
    ['a fast error is no answer and no slowness', { outcome: 'fail', reason: 'status' }, [0, 0, 10_000]],
    ['a refused connection is no slowness', { outcome: 'fail', reason: 'refused' }, [0, 0, 10_000]],
    [
      'slowness that our own stall explains is not held against the target',
      { durationMs: 900, stalledMs: 400 },
      [0, 0, 10_000],
    ],
    ['slowness that our own stall does not explain is bad', { durationMs: 900, stalledMs: 399 }, [0, 1, 10_000]],
    ['a stall never makes a slow check good', { durationMs: 501, stalledMs: 501 }, [0, 0, 10_000]],
    [
      'a timeout that our own stall explains is not held against the target',
      { outcome: 'fail', reason: 'timeout', durationMs: 5_000, stalledMs: 4_600 },
      [0, 0, 10_000],
    ],
    [
      'a timeout beyond our own stall is slow',
      { outcome: 'fail', reason: 'timeout', durationMs: 5_000, stalledMs: 100 },
      [0, 1, 10_000],
    ],
    [
      'a timeout at the threshold is slow, even when the timer came a little early',
      { outcome: 'fail', reason: 'timeout', durationMs: 499.6 },
      [0, 1, 10_000],
    ],
    ['a check that was fast although we stood still is good', { durationMs: 90, stalledMs: 60 }, [1, 1, 10_000]],
    ['a limited check counts nothing', { outcome: 'fail', reason: 'limited' }, [0, 0, 10_000]],
    ['an unknown outcome says nothing', { outcome: 'unknown', reason: 'paused' }, null],
  ])('%s', (_, but, expected) => {
    expect(counted(latency, but)).toEqual(expected);
  });
});

describe('freshness', () => {
  const indicator = { kind: 'freshness', probe: 'a/b/beat', maxAgeMs: 90 * MINUTE } as const;
  const start = 100 * MINUTE;

  it.each([
    ['a beat exactly as old as allowed at the end of the slot is fresh', 11 * MINUTE, 1],
    ['a beat one ms older is not', 11 * MINUTE - 1, 0],
    ['a beat after the slot is fresh', 200 * MINUTE, 1],
  ])('%s', (_, beat, good) => {
    expect(freshnessSlot(indicator, beat, start, MINUTE)).toEqual({
      start,
      width: MINUTE,
      good,
      total: 1,
      covered: MINUTE,
    });
  });

  it('before the first beat ever there is no data, rather than staleness', () => {
    expect(freshnessSlot(indicator, null, start, MINUTE)).toMatchObject({ total: 0, covered: 0 });
  });
});
