import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import type { Slo } from '../../src/slo/slo.ts';
import type { Sums } from '../../src/slo/slot.ts';
import { sloStatus } from '../../src/slo/state.ts';
import type { TierAlert } from '../../src/slo/state.ts';
import { createSpans } from '../../src/slo/window.ts';
import { aSlo } from './a-slo.ts';

const now = Date.UTC(2026, 10, 19, 14, 20);
const full = (ms: number, bad = 0): Sums => ({ good: ms / 10_000 - bad, total: ms / 10_000, covered: ms });

type Given = {
  slo?: Slo;
  sumsOf?: (ms: number) => Sums;
  windowSums?: Sums;
  firstDataAt?: number | null;
  lastDataAt?: number | null;
  alerts?: TierAlert[];
};

const status = ({ slo = aSlo(), ...given }: Given) =>
  sloStatus({
    slo,
    spans: createSpans(),
    sumsOf: (ms) => full(ms),
    windowSums: full(30 * DAY),
    adjusted: null,
    firstDataAt: now - 90 * DAY,
    lastDataAt: now,
    alerts: [],
    now,
    ...given,
  });

const alert = (word: TierAlert['status']): TierAlert => ({
  identity: { kind: 'burn-rate', tier: 'page-fast' },
  status: word,
  since: now,
  title: 'API availability burns its budget more than 14.4 times too fast',
});
const burning = (ms: number): Sums => full(ms, ms / 20_000);
const silent = (): Sums => ({ good: 0, total: 0, covered: 0 });
const month = aSlo({ window: { kind: 'calendar', unit: 'month' } });

describe('the state of an SLO', () => {
  it.each<[string, Given, string, string | null]>([
    ['fully covered and within its budget is ok', {}, 'ok', null],
    [
      'not configured says why',
      { slo: aSlo({ notConfigured: 'GATEWAY_URL is not set' }) },
      'not-configured',
      'GATEWAY_URL is not set',
    ],
    [
      'never had data',
      { firstDataAt: null, lastDataAt: null, windowSums: silent() },
      'no-data',
      'No data has arrived yet.',
    ],
    [
      'silent for too long is unknown, whatever the books say',
      { lastDataAt: now - HOUR },
      'unknown',
      'No data since Thu 13:20 UTC (1 h).',
    ],
    ['under 90 % coverage is unknown', { windowSums: full(26 * DAY) }, 'unknown', 'Only 86 % of the time has data.'],
    [
      'under 90 % coverage with a budget that is gone is unknown and says both',
      { windowSums: full(26 * DAY, 300) },
      'unknown',
      'Only 86 % of the time has data; in what is known, the budget is gone.',
    ],
    [
      'overspent is missed',
      { windowSums: full(30 * DAY, 260) },
      'missed',
      '260 were bad and the budget allows 259: it is gone.',
    ],
    [
      'an alert that fires is a risk',
      { sumsOf: burning, alerts: [alert('firing')] },
      'at-risk',
      'API availability burns its budget more than 14.4 times too fast.',
    ],
    [
      'an alert that fires outweighs a gap in the books',
      { sumsOf: burning, alerts: [alert('firing')], windowSums: full(20 * DAY) },
      'at-risk',
      'API availability burns its budget more than 14.4 times too fast. Only 66 % of the time has data.',
    ],
    [
      'what fired and has no data since is unknown, not ok',
      { sumsOf: silent, alerts: [alert('firing')] },
      'unknown',
      'An alert fired, and there is not enough data since to say whether it is over.',
    ],
    [
      'a budget that ends before its month does is a risk',
      {
        slo: { ...month, tiers: [] },
        windowSums: full(18.5 * DAY, 200),
        sumsOf: (ms: number) => full(ms, (ms / 10_000) * 0.0029),
      },
      'at-risk',
      'At this rate the budget ends Sat 22:01 UTC, in 2 d 7 h.',
    ],
    [
      'three of thirty days is partial',
      { firstDataAt: now - 3 * DAY, windowSums: full(3 * DAY) },
      'partial',
      'Data of 3 of 30 days.',
    ],
    ['a month that runs is not partial', { slo: month, windowSums: full(18.5 * DAY) }, 'ok', null],
    [
      'covered without traffic says that there is nothing to count',
      { windowSums: { good: 0, total: 0, covered: 30 * DAY } },
      'ok',
      'Nothing to count in this window (30d) yet.',
    ],
  ])('%s', (_, given, state, because) => {
    expect(status(given)).toMatchObject({ state, because });
  });

  it('a calendar day that has just begun is not unknown for want of a first check', () => {
    const slo = aSlo({ window: { kind: 'calendar', unit: 'day' } });
    const midnight = Date.UTC(2026, 10, 19);
    const justBegun = sloStatus({
      slo,
      spans: createSpans(),
      sumsOf: (ms) => full(ms),
      windowSums: silent(),
      adjusted: null,
      firstDataAt: 0,
      lastDataAt: midnight - 5_000,
      alerts: [],
      now: midnight + 5_000,
    });
    expect(justBegun).toMatchObject({ state: 'ok', budget: { remaining: null } });
  });

  it('no incident is good news, not missing data', () => {
    const slo = aSlo({ indicator: { kind: 'incident-clock', withinMs: 15 * MINUTE }, tiers: [] });
    expect(status({ slo, firstDataAt: null, lastDataAt: null, windowSums: silent(), sumsOf: silent }).state).toBe('ok');
  });
});

describe('what the status shows', () => {
  it('burn rates of the usual look-backs that fit into the window', () => {
    expect(status({}).burnRates.map(({ label }) => label)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
    const day = aSlo({ window: { kind: 'calendar', unit: 'day' } });
    expect(status({ slo: day }).burnRates.map(({ label }) => label)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d']);
  });

  it('every tier with its look-backs, what it stands at, and what it costs', () => {
    const [tier] = status({ sumsOf: burning, alerts: [alert('firing')] }).tiers;
    expect(tier).toMatchObject({
      name: 'page-fast',
      factor: 14.4,
      status: 'firing',
      long: { rate: 500 },
      short: { label: '5m' },
    });
    expect(tier!.budgetShare).toBeCloseTo(0.02, 12);
    expect(status({ sumsOf: silent }).tiers.map((one) => one.status)).toEqual(
      Array.from({ length: 4 }, () => 'unknown'),
    );
  });

  it('data that lies in the running slot is not data of the future', () => {
    expect(status({ lastDataAt: now + 7_000 }).lastDataAt).toBe(now);
  });

  it('asks each look-back once, one settle lag before now', () => {
    const asked: [number, number][] = [];
    const sumsOf = (ms: number, end: number): Sums => (asked.push([ms, end]), full(ms));
    status({ slo: aSlo({ settleLagMs: 60_000 }), sumsOf } as Given);
    expect(asked).toHaveLength(7);
    expect(new Set(asked.map(([, end]) => end))).toEqual(new Set([now - 60_000]));
  });
});
