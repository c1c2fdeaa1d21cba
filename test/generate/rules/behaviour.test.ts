import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { DAY, HOUR } from '../../../src/duration.ts';
import { budget } from '../../../src/slo/budget.ts';
import { defaultTiers } from '../../../src/slo/burn-policy.ts';
import type { Slo } from '../../../src/slo/slo.ts';
import type { Window } from '../../../src/slo/window.ts';
import { aSlo } from '../../slo/a-slo.ts';
import { measured, shipped } from './catalogs.ts';
import { failures, isMissing, objections } from './promtool.ts';

const ID = '{system="duru-notes",environment="production",service="api",slo="availability"}';
const catalogOf = (slo: Slo): Catalog => ({
  ...shipped(),
  slos: new Map([[slo.id, slo]]),
  conditions: new Map(),
});

/** Counters of a check every second in steps of 30 s: `[minutes, bad share]` one after the other. */
const counted = (parts: readonly (readonly [minutes: number, badShare: number])[]) => {
  const values = (share: (bad: number) => number): string => {
    let value = 0;
    return parts
      .map(([minutes, bad]) => {
        const step = 30 * share(bad);
        const text = `${value}+${step}x${minutes * 2 - 1}`;
        value += step * minutes * 2;
        return text;
      })
      .join(' ');
  };
  return {
    [`nines_sli_events_total${ID}`]: values(() => 1),
    [`nines_sli_bad_total${ID}`]: values((bad) => bad),
  };
};
const arriving = (minutes: number, silentMinutes = 0): Record<string, string> => ({
  [`nines_sli_last_data_timestamp_seconds${ID}`]: `0+30x${minutes * 2 - 1} ${(minutes - 0.5) * 60}x${silentMinutes * 2}`,
  [`nines_slo_configured${ID}`]: `1x${(minutes + silentMinutes) * 2}`,
});

const FIRING = 'count by (alertname, tier) (ALERTS{alertstate="firing",nines!="self"})';

describe.skipIf(isMissing)('promtool', () => {
  it.each([
    ['as it is shipped', shipped()],
    ['of every kind of measure', measured()],
  ])('accepts the rules of a catalog %s', (_, catalog) => expect(objections(catalog)).toBe(''));

  it('sees a page fire within the minutes that the arithmetic says, and end within the short look-back', () => {
    // 10 % of errors at 99.9 %: 14.4 × 0.001 × 1 h ÷ 0.1 = 8 min 38 s.
    const story = {
      interval: '30s',
      series: {
        ...counted([
          [60, 0],
          [20, 0.1],
          [20, 0],
        ]),
        ...arriving(100),
      },
      expect: [
        { at: '68m', query: FIRING, is: [] },
        {
          at: '69m30s',
          query: FIRING,
          is: [['{alertname="ErrorBudgetBurn",tier="page-fast"}', 1]],
        },
        { at: '85m', query: 'count(ALERTS{alertstate="firing",tier="page-fast"})', is: [] },
      ],
    } as const;
    expect(failures(catalogOf(aSlo({ tiers: defaultTiers({ kind: 'rolling', days: 30 }).slice(0, 1) })), story)).toBe(
      '',
    );
  });

  it('reads in the alert what a person needs, and the numbers are right', () => {
    const story = {
      interval: '30s',
      series: {
        ...counted([
          [60, 0],
          [60, 0.5],
        ]),
        ...arriving(120),
      },
      expect: [],
      alerts: [
        {
          eval_time: '110m',
          alertname: 'ErrorBudgetBurn',
          exp_alerts: [
            {
              exp_labels: {
                system: 'duru-notes',
                environment: 'production',
                service: 'api',
                slo: 'availability',
                tier: 'page-fast',
                severity: 'critical',
                long_window: '1h',
                short_window: '5m',
              },
              exp_annotations: {
                summary: 'API availability burns its error budget more than 14.4 times too fast.',
                description: '41.67% of events were bad in 1 h (burn rate 416.7, limit 14.4); the budget is gone.',
                runbook_url: 'http://localhost:9700/runbooks#error-budget-burn',
                dashboard_url:
                  'http://localhost:3000/d/nines-slo-detail?var-system=duru-notes&var-environment=production&var-service=api&var-slo=availability',
                nines_url: 'http://localhost:9700/slos/duru-notes/api/availability',
              },
            },
          ],
        },
      ],
    } as const;
    expect(failures(catalogOf(aSlo({ tiers: defaultTiers({ kind: 'rolling', days: 30 }).slice(0, 1) })), story)).toBe(
      '',
    );
  });

  // promtool evaluates every group at one interval, so each half of the tiers is asked at its own.
  it.each([
    ['30s', 0, 2, '20m'],
    ['5m', 2, 4, '4h'],
  ])('keeps quiet about two bad checks of a new service (groups every %s)', (interval, first, last, at) => {
    const tiers = defaultTiers({ kind: 'rolling', days: 30 }).slice(first, last);
    const story = (bad: number) => ({
      interval,
      series: {
        [`nines_sli_events_total${ID}`]: '0+1x60',
        [`nines_sli_bad_total${ID}`]: `0x20 ${bad > 3 ? '0+1x9' : '1x9'} ${bad}x40`,
        [`nines_sli_last_data_timestamp_seconds${ID}`]: `0+${interval === '5m' ? 300 : 30}x60`,
      },
      expect: [
        { at, query: 'count(ALERTS{alertname="ErrorBudgetBurn"}) > bool 0', is: bad > 3 ? [['{}', 1] as const] : [] },
      ],
    });
    expect(failures(catalogOf(aSlo({ tiers })), story(2))).toBe('');
    expect(failures(catalogOf(aSlo({ tiers })), story(9))).toBe('');
  });

  it.each([
    ['data ends', { ...counted([[10, 0]]), ...arriving(10, 40) }, '30m', 'SliNoData'],
    [
      'traffic ends',
      { [`nines_sli_events_total${ID}`]: '0+30x19 600x100', [`nines_sli_bad_total${ID}`]: '0x120', ...arriving(60) },
      '40m',
      'SliNoTraffic',
    ],
    ['nothing was ever there', {}, '20m', 'SliNoData'],
  ])('tells what is missing when %s', (_, series, at, alertname) => {
    const expected = [{ at, query: FIRING, is: [[`{alertname="${alertname}"}`, 1]] as const }];
    expect(failures(catalogOf(aSlo()), { interval: '30s', series, expect: expected })).toBe('');
  });

  it('does not miss data that is not set up here, nor before it was missing long enough', () => {
    const unset = { [`nines_slo_configured${ID}`]: '0x100' };
    const late = { ...counted([[10, 0]]), ...arriving(10, 40) };
    for (const series of [unset, late])
      expect(
        failures(catalogOf(aSlo()), { interval: '30s', series, expect: [{ at: '24m', query: FIRING, is: [] }] }),
      ).toBe('');
  });

  it('knows a new Prometheus without Nines: it is down, once', () => {
    const query = 'count by (alertname) (ALERTS{alertstate="firing",nines="self"})';
    const is = ['NinesDown', 'NinesHeartbeatMissing', 'NinesWatchdog'].map(
      (name) => [`{alertname="${name}"}`, 1] as const,
    );
    expect(failures(catalogOf(aSlo()), { interval: '30s', series: {}, expect: [{ at: '20m', query, is }] })).toBe('');
  });

  const day: Window = { kind: 'calendar', unit: 'day' };
  it.each([
    // The period began at 6:00; an outage before it is not of it.
    ['a calendar period', aSlo({ window: day, objective: 990_000, tiers: [] }), 6 * HOUR],
    [
      'a rolling window that is not full yet',
      aSlo({ window: { kind: 'rolling', days: 1 }, objective: 990_000, tiers: [] }),
      0,
    ],
  ])('spends the budget of %s as the books do', (_, slo, from) => {
    // 5 min steps, 300 events each: 6 h with 10 % bad, 4 h all good, 2 h with 5 % bad.
    const parts = [
      [6, 30],
      [4, 0],
      [2, 15],
    ] as const;
    let bad = 0;
    const values = parts.map(([hours, each]) => {
      const text = `${bad}+${each}x${hours * 12 - 1}`;
      bad += each * hours * 12;
      return text;
    });
    const series = {
      [`nines_sli_events_total${ID}`]: '0+300x144',
      [`nines_sli_bad_total${ID}`]: `${values.join(' ')} ${bad}x1`,
      [`nines_sli_last_data_timestamp_seconds${ID}`]: '0+300x144',
      ...(slo.window.kind === 'calendar' && {
        [`nines_slo_window_start_timestamp_seconds${ID}`]: `${from / 1_000}x150`,
        [`nines_slo_window_end_timestamp_seconds${ID}`]: `${(from + DAY) / 1_000}x150`,
      }),
    };
    const seen = { total: (12 * HOUR - from) / 1_000, bad: from > 0 ? 2 * 12 * 15 : bad };
    const span = slo.window.kind === 'calendar' ? { from, to: from + DAY } : { from: -12 * HOUR, to: 12 * HOUR };
    const sums = { good: seen.total - seen.bad, total: seen.total, covered: 12 * HOUR - from };
    const { remaining } = budget(slo, sums, span, from, 12 * HOUR);
    expect(remaining).toBeLessThan(1);
    const off = `abs(nines:error_budget:remaining_ratio${ID} - ${remaining}) < bool 0.03`;
    expect(
      failures(catalogOf(slo), { interval: '5m', series, expect: [{ at: '12h', query: off, is: [[ID, 1]] }] }),
    ).toBe('');
  });
});
