import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/duration.ts';
import { beatCheck } from '../../src/probe/heartbeat.ts';

const probe = { id: 'shop/backup/nightly', intervalMs: 5 * MINUTE, graceMs: MINUTE };
const START = 1_795_000_000_000;

const said = (lastBeatAt: number | null, now: number): string => {
  const { probe: id, at, outcome, reason, detail } = beatCheck(probe, { lastBeatAt, startedAt: START }, now);
  expect([id, at]).toEqual(['shop/backup/nightly', now]);
  return `${outcome} ${reason}: ${detail}`;
};

const expected = 'expected one every 5m with 1m of grace';

describe('A heartbeat', () => {
  test('passes until its interval and its grace are over', () => {
    expect(said(START, START)).toBe('pass ok: ');
    expect(said(START, START + 6 * MINUTE)).toBe('pass ok: ');
    expect(said(START, START + 6 * MINUTE + 1)).toBe(`fail no-beat: no beat for 6m, ${expected}`);
  });

  test('that never came is unknown while it may still come, then it fails', () => {
    expect(said(null, START + 6 * MINUTE)).toBe(`unknown no-beat: waiting for a beat, ${expected}`);
    expect(said(null, START + 10 * MINUTE)).toBe(`fail no-beat: no beat for 10m, ${expected}`);
  });

  test('that may have come while we were away is unknown, not failed', () => {
    const before = START - 60 * MINUTE;
    expect(said(before, START + MINUTE)).toBe(`unknown no-beat: waiting for a beat, ${expected}`);
    expect(said(before, START + 7 * MINUTE)).toBe(`fail no-beat: no beat for 1h7m, ${expected}`);
  });

  test('passes when the clock stepped back behind it', () => {
    expect(said(START + MINUTE, START)).toBe('pass ok: ');
  });
});
