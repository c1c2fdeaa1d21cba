import { expect, test } from 'vitest';
import { DAY } from '../../src/duration.ts';
import { sliceSlot, sliceWord, worseWord, type SampledCheck, type TimeSlice } from '../../src/slo/slice.ts';

const AT = Date.UTC(2026, 10, 18, 3);
const check = (change: Partial<SampledCheck> = {}): SampledCheck => ({
  at: AT,
  durationMs: 300,
  outcome: 'pass',
  reason: 'ok',
  degraded: false,
  certificateExpiresAt: AT + 20 * DAY,
  readings: { 'replication-lag-seconds': 4 },
  ...change,
});
const slice = (metric: string, comparison: TimeSlice['comparison'], threshold: number): [TimeSlice, string] => [
  { kind: 'time-slice', source: { kind: 'probe', probe: 'p', metric }, comparison, threshold, sliceMs: 60_000 },
  metric,
];
const fails = { outcome: 'fail', reason: 'status' } as const;

test.each([
  ['response-time', '<', 0.5, {}, 'good'],
  ['response-time', '<', 0.3, {}, 'bad'],
  ['response-time', '<=', 0.3, {}, 'good'],
  ['response-time', '<', 0.2, { stalledMs: 150 }, 'nothing'],
  ['response-time', '<', 0.1, { stalledMs: 150 }, 'bad'],
  ['response-time', '<', 0.5, { outcome: 'fail', reason: 'timeout', durationMs: 5_000 }, 'bad'],
  ['response-time', '<', 0.5, { ...fails, durationMs: 5_000 }, 'nothing'],
  ['failing', '<', 1, {}, 'good'],
  ['failing', '<', 1, fails, 'bad'],
  ['degraded', '<', 1, { degraded: true }, 'bad'],
  ['degraded', '<', 1, fails, 'nothing'],
  ['certificate-days', '>', 14, {}, 'good'],
  ['certificate-days', '>', 21, {}, 'bad'],
  ['certificate-days', '>', 14, { certificateExpiresAt: null }, null],
  ['replication-lag-seconds', '<', 5, {}, 'good'],
  ['replication-lag-seconds', '<', 4, {}, 'bad'],
  ['replication-lag-seconds', '<', 5, { readings: {} }, null],
  ['failing', '<', 1, { outcome: 'unknown', reason: 'paused' }, null],
  ['failing', '<', 1, { outcome: 'fail', reason: 'internal' }, null],
  ['failing', '<', 1, { ...fails, reason: 'maintenance' }, 'nothing'],
  ['failing', '<', 1, { ...fails, reason: 'limited' }, 'nothing'],
] as const)('%s %s %d of %o is %s', (metric, comparison, threshold, change, word) => {
  expect(sliceWord(...slice(metric, comparison, threshold), check(change))).toBe(word);
});

test('one bad sample makes a slice bad, whatever comes before or after it', () => {
  for (const words of [['good', 'bad', 'nothing'] as const, ['bad', 'nothing', 'good'] as const])
    expect(words.reduce(worseWord)).toBe('bad');
  expect(worseWord(undefined, 'nothing')).toBe('nothing');
  expect(worseWord('good', 'nothing')).toBe('good');
});

test('a slice is one event that lies where it began and covers itself whole', () => {
  expect(sliceSlot(AT, 300_000, 'bad', 10_000)).toEqual({
    start: AT,
    width: 10_000,
    good: 0,
    total: 1,
    covered: 300_000,
  });
  expect(sliceSlot(AT + 30_000, 30_000, 'good', 60_000)).toMatchObject({ start: AT, good: 1, total: 1 });
  expect(sliceSlot(AT, 60_000, 'nothing', 10_000)).toMatchObject({ total: 0, covered: 60_000 });
});
