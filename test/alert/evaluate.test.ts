import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { evaluateSlo } from '../../src/alert/evaluate.ts';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import type { Comparison } from '../../src/slo/comparison.ts';
import type { Indicator, Measure, SliceSource } from '../../src/slo/indicator.ts';
import { createRings } from '../../src/slo/rings.ts';
import type { Slo } from '../../src/slo/slo.ts';
import { aSlo } from '../slo/a-slo.ts';

type Weather = 'good' | 'bad' | 'absent' | 'no-traffic';

/** One SLO under weather: a check every 10 s, an evaluation after each. */
const world = (slo: Slo = aSlo(), step = 10_000) => {
  const rings = createRings();
  let now = Date.UTC(2026, 10, 16);
  let open: ReadonlyMap<string, Alert> = new Map();
  const changes: string[] = [];
  const judge = () => {
    const judged = evaluateSlo({ slo, sumsOf: rings.sums, budgetRemaining: 0.123, previous: open, now });
    open = new Map(judged.alerts.map((alert) => [alert.key, alert]));
    for (const { from, alert } of judged.transitions) changes.push(`${alert.identity.tier}: ${from} → ${alert.status}`);
    return judged;
  };
  const pass = (weather: Weather, ms: number, evaluating = true) => {
    for (const end = now + ms; now < end;) {
      const total = weather === 'no-traffic' ? 0 : 1;
      const slot = { start: now, width: step, good: weather === 'good' ? 1 : 0, total, covered: step };
      if (weather !== 'absent') rings.add(slot);
      now += step;
      if (evaluating) judge();
    }
    return judge();
  };
  return { pass, judge, changes, open: () => [...open.values()], now: () => now, rings };
};

const onlyFast = (but: Partial<Slo> = {}): Slo => {
  const slo = aSlo(but);
  return { ...slo, tiers: slo.tiers.slice(0, 1) };
};

const slice = (source: SliceSource, comparison: Comparison, threshold: number): Indicator => ({
  kind: 'time-slice',
  source,
  comparison,
  threshold,
  sliceMs: MINUTE,
});
const promql = (measure: Measure): Indicator => ({ kind: 'promql', connector: 'x', measure, groupBy: [] });

describe('burn-rate alerts', () => {
  it('say in words with numbers what burns, how fast, and what is left', () => {
    const { pass } = world(onlyFast());
    pass('good', HOUR, false);
    const { alerts, transitions } = pass('bad', 5 * MINUTE + 20_000);
    expect(transitions).toEqual([]);
    expect(alerts[0]).toMatchObject({
      severity: 'critical',
      status: 'firing',
      title: 'API availability burns its budget more than 14.4 times too fast',
      detail: '32 of 360 checks failed in 1 h (burn rate 88.9, limit 14.4); 12 % of the budget is left',
      limit: 14.4,
      slo: 'duru-notes/api/availability',
    });
    expect(alerts[0]!.value).toBeCloseTo(88.9, 1);
  });

  it('a transition names the change, and the same change found twice is the same transition', () => {
    const one = world(onlyFast());
    one.pass('good', HOUR, false);
    one.pass('bad', MINUTE, false);
    const twice = [0, 1].map(() => {
      const { sums } = one.rings;
      return evaluateSlo({ slo: onlyFast(), sumsOf: sums, budgetRemaining: null, previous: new Map(), now: one.now() });
    });
    const [transition] = twice[0]!.transitions;
    expect(transition).toMatchObject({ at: one.now(), from: 'clear', alert: { since: one.now() } });
    expect(transition!.id).toBe(`${transition!.alert.key}:firing:${one.now()}`);
    expect(twice[1]!.transitions[0]!.id).toBe(transition!.id);
  });

  it('fires once, keeps firing while it burns, and clears once on good data', () => {
    const { pass, changes } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE);
    pass('good', 10 * MINUTE);
    expect(changes).toEqual(['page-fast: clear → firing', 'page-fast: firing → clear']);
  });

  it('exactly at the factor is not above it', () => {
    const slo = onlyFast({ indicator: { kind: 'events', connector: 'gateway' } });
    const judgeAt = (bad: number) => {
      const sums = { good: 10_000 - bad, total: 10_000, covered: DAY };
      return evaluateSlo({ slo, sumsOf: () => sums, budgetRemaining: 1, previous: new Map(), now: DAY }).alerts.length;
    };
    expect([judgeAt(144), judgeAt(145)]).toEqual([0, 1]);
  });

  it('does not fire for the past alone: the short look-back must burn too', () => {
    const { pass } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE, false);
    pass('good', 6 * MINUTE, false);
    expect(pass('good', 10_000).alerts).toEqual([]);
  });

  it('nothing fires for one failed check of a new service', () => {
    const { pass } = world(aSlo());
    pass('good', 30_000);
    const { alerts, tiers } = pass('bad', 10_000);
    expect(alerts).toEqual([]);
    expect(tiers.find(({ name }) => name === 'ticket-slow')?.status).toBe('pending');
  });

  it('a page waits for three bad checks, and the tier says that it is pending', () => {
    const { pass } = world({ ...aSlo(), objective: 999_900 });
    pass('good', 4 * DAY, false);
    pass('bad', 10_000);
    const { tiers, alerts } = pass('good', 10_000);
    expect(tiers.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'page-fast pending',
      'page-slow clear',
      'ticket-fast clear',
      'ticket-slow clear',
    ]);
    expect(alerts).toEqual([]);
    expect(pass('bad', 20_000).alerts[0]!.identity.tier).toBe('page-fast');
  });

  it('what fires goes on firing when fewer than three bad checks are left in its look-back', () => {
    const slo = { ...onlyFast(), objective: 999_900, minBad: 3 };
    const { pass, open } = world(slo);
    pass('good', HOUR, false);
    pass('bad', 30_000);
    const [before] = open();
    const bare = { good: 358, total: 360, covered: HOUR };
    const previous = new Map([[before!.key, before!]]);
    const { alerts } = evaluateSlo({ slo, sumsOf: () => bare, budgetRemaining: 1, previous, now: before!.since + 1 });
    expect(alerts[0]).toMatchObject({ status: 'firing', since: before!.since });
  });

  it('judges what the source has settled: look-backs end one lag before now', () => {
    const ends: number[] = [];
    const sumsOf = (_: number, end: number) => (ends.push(end), { good: 1, total: 1, covered: 1 });
    evaluateSlo({ slo: aSlo({ settleLagMs: 90_000 }), sumsOf, budgetRemaining: 1, previous: new Map(), now: DAY });
    expect(new Set(ends)).toEqual(new Set([DAY - 90_000]));
  });

  it('a total outage raises every tier in the order of their look-backs', () => {
    const { pass, changes } = world();
    pass('good', 4 * DAY, false);
    pass('bad', 20 * MINUTE);
    expect(changes).toEqual(
      ['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow'].map((name) => `${name}: clear → firing`),
    );
  });

  it('an SLO that is not configured, or declares no tiers, alerts about nothing', () => {
    for (const slo of [aSlo({ notConfigured: 'no provider yet' }), aSlo({ tiers: [] })]) {
      const { pass } = world(slo);
      expect(pass('bad', HOUR, false)).toEqual({ alerts: [], transitions: [], tiers: [] });
    }
  });

  it('a healthy SLO costs no alert objects: every quiet judgement shares its empty lists', () => {
    const { pass, judge } = world();
    const first = pass('good', DAY, false);
    expect(judge().alerts).toBe(first.alerts);
    expect(judge().transitions).toBe(first.transitions);
  });

  it.each([
    [{ kind: 'events', connector: 'x' } as const, '60 of 360 events were bad in 1 h'],
    [{ kind: 'latency', probes: ['x'], thresholdMs: 500 } as const, '60 of 360 checks were slower than 500 ms in 1 h'],
    [
      { kind: 'freshness', probe: 'x', maxAgeMs: HOUR } as const,
      '60 of 360 times the last beat was older than 1 h in 1 h',
    ],
    [{ kind: 'incident-clock', withinMs: 15 * MINUTE } as const, '60 of 360 incidents lasted longer than 15 m in 1 h'],
    [
      slice({ kind: 'probe', probe: 'x', metric: 'response-time' }, '<', 0.4567),
      '60 of 360 slices of 1 m had response-time not below 0.4567 in 1 h',
    ],
    [
      slice({ kind: 'query', connector: 'x', query: 'lag' }, '<=', 5),
      '60 of 360 slices of 1 m had a value above 5 in 1 h',
    ],
    [{ kind: 'composite', parts: [] } as const, '60 of 360 events of its parts were bad in 1 h'],
    [promql({ kind: 'errors', errors: 'e', total: 't' }), '60 of 360 events were bad in 1 h'],
    [
      promql({ kind: 'histogram', histogram: 'h', thresholdSeconds: 0.5 }),
      '60 of 360 events took longer than 500 ms in 1 h',
    ],
    [promql({ kind: 'ratio', ratio: 'r' }), '60 of 360 seconds were bad in 1 h'],
    [promql({ kind: 'gauge', gauge: 'g' }), '60 of 360 samples were bad in 1 h'],
  ])('speaks of its indicator: %o', (indicator, words) => {
    const sums = { good: 300, total: 360, covered: HOUR };
    const slo = onlyFast({ indicator });
    const judged = evaluateSlo({ slo, sumsOf: () => sums, budgetRemaining: -1, previous: new Map(), now: DAY });
    expect(judged.alerts[0]!.detail).toBe(`${words} (burn rate 167, limit 14.4); the budget is gone`);
  });
});

describe('absence never counts as recovery', () => {
  it('when the data ends in an outage the alert becomes stale and stays so for ever', () => {
    const { pass, changes, open } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE);
    pass('absent', 2 * DAY);
    expect(changes).toEqual(['page-fast: clear → firing', 'page-fast: firing → stale']);
    expect(open()[0]).toMatchObject({ status: 'stale', value: null });
  });

  it('no traffic is not recovery either', () => {
    const { pass, changes } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE);
    pass('no-traffic', DAY);
    expect(changes).toEqual(['page-fast: clear → firing', 'page-fast: firing → stale']);
  });

  it('what is stale fires again on bad data and clears on good data', () => {
    const { pass, changes } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE);
    pass('absent', 10 * MINUTE);
    pass('bad', MINUTE);
    pass('absent', 10 * MINUTE);
    pass('good', 10 * MINUTE);
    expect(changes.map((change) => change.slice('page-fast: '.length))).toEqual([
      'clear → firing',
      'firing → stale',
      'stale → firing',
      'firing → stale',
      'stale → clear',
    ]);
  });

  it('one good check after a gap does not clear: three quarters of the look-back must be data', () => {
    const { pass, open, changes } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', 10 * MINUTE);
    pass('absent', 5 * MINUTE);
    pass('good', 3 * MINUTE + 30_000);
    expect(open()[0]!.status).toBe('stale');
    pass('good', 30_000);
    expect(changes.at(-1)).toBe('page-fast: stale → clear');
  });

  it('a long look-back with little data does not clear what still burns in the short one', () => {
    const { pass, open, now } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', MINUTE);
    const previous = new Map(open().map((alert) => [alert.key, alert]));
    const judgeWith = (covered: number) => {
      const long = { good: 999, total: 1_000, covered };
      const sumsOf = (ms: number) => (ms === HOUR ? long : { good: 0, total: 30, covered: 5 * MINUTE });
      return evaluateSlo({ slo: onlyFast(), sumsOf, budgetRemaining: 1, previous, now: now() }).alerts[0]!.status;
    };
    expect([judgeWith(HOUR / 2), judgeWith(HOUR)]).toEqual(['stale', 'clear']);
  });

  it('bad minutes that slide out of the look-back while nothing arrives do not clear', () => {
    const { pass, changes } = world(onlyFast());
    pass('good', HOUR, false);
    pass('bad', MINUTE);
    pass('good', MINUTE);
    pass('absent', HOUR);
    expect(changes).toEqual(['page-fast: clear → firing', 'page-fast: firing → stale']);
  });

  it('whatever happened before, nothing clears once data has been away for a quarter of the short look-back', () => {
    const stretch = fc.tuple(
      fc.constantFrom<Weather>('good', 'bad', 'absent', 'no-traffic'),
      fc.integer({ min: 1, max: 120 }),
    );
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), (stretches) => {
        const { pass, changes } = world();
        pass('good', HOUR, false);
        for (const [weather, minutes] of stretches) pass(weather, minutes * 30_000);
        // The longest short look-back is 6 h.
        const quiet = (tier: string): number =>
          ({ 'page-fast': 75_000, 'page-slow': 450_000, 'ticket-fast': 1_800_000 })[tier] ?? 5_400_000;
        const before = changes.length;
        let away = 0;
        for (; away < 8 * HOUR; away += MINUTE) {
          const known = changes.length;
          pass('absent', MINUTE, false);
          const cleared = changes.slice(known).filter((change) => change.endsWith('clear'));
          for (const change of cleared) expect(away).toBeLessThanOrEqual(quiet(change.split(':')[0]!));
        }
        expect(changes.length - before).toBeLessThanOrEqual(8);
      }),
      { numRuns: 25 },
    );
  });

  it('every clear is a judgement on data: at that instant a look-back is below its factor and backed by data', () => {
    const stretch = fc.tuple(
      fc.constantFrom<Weather>('good', 'good', 'bad', 'absent'),
      fc.integer({ min: 1, max: 60 }),
    );
    fc.assert(
      fc.property(fc.array(stretch, { minLength: 2, maxLength: 10 }), (stretches) => {
        const slo = onlyFast();
        const past: { at: number; good: boolean }[] = [];
        const rings = createRings();
        let now = 0;
        let open: ReadonlyMap<string, Alert> = new Map();
        for (const [weather, count] of [['good', 360] as const, ['bad', 6] as const, ...stretches])
          for (let index = 0; index < count; index++) {
            const good = weather === 'good';
            if (weather !== 'absent') {
              past.push({ at: now, good });
              rings.add({ start: now, width: 10_000, good: good ? 1 : 0, total: 1, covered: 10_000 });
            }
            now += 10_000;
            const judged = evaluateSlo({ slo, sumsOf: rings.sums, budgetRemaining: 1, previous: open, now });
            open = new Map(judged.alerts.map((alert) => [alert.key, alert]));
            if (!judged.transitions.some(({ alert }) => alert.status === 'clear')) continue;
            const look = (ms: number) => past.filter(({ at }) => at >= now - ms);
            const ratio = (ms: number): number => look(ms).filter(({ good: fine }) => !fine).length / look(ms).length;
            expect(look(5 * MINUTE).length).toBeGreaterThanOrEqual(23);
            expect(Math.min(ratio(5 * MINUTE), ratio(HOUR))).toBeLessThanOrEqual(0.0144);
          }
      }),
      { numRuns: 150 },
    );
  });
});
