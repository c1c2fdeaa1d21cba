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

/** 10 minutes of checks, and none after. */
const STILL = {
  [`nines_sli_events_total${ID}`]: '0+30x19 600x120',
  [`nines_sli_bad_total${ID}`]: '0x140',
};

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
                summary: 'Duru Notes: API availability burns its error budget more than 14.4 times too fast.',
                description: '41.67% of events were bad in 1 h (burn rate 416.7, limit 14.4); the budget is gone.',
                runbook_url: 'http://localhost:9700/runbooks/error-budget-burn',
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
    // The counters stand still in both: what tells them apart is when data last came.
    ['data ends', { ...STILL, ...arriving(10, 60) }, '50m', 'SliNoData'],
    ['traffic ends', { ...STILL, ...arriving(70) }, '50m', 'SliNoTraffic'],
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

  it('judges every group by itself, and names it', () => {
    // Half of the orders lost burns 100 times too fast: 36 steps of 5 min are 41.7 % of the budget of 30 days.
    const story = {
      interval: '5m',
      series: {
        'orders_total{state="done",region="eu"}': '0+150x60',
        'orders_total{state="lost",region="eu"}': '0+150x60',
        'orders_total{state="done",region="us"}': '0+300x60',
      },
      expect: [
        {
          at: '3h',
          query: 'count by (region, tier) (ALERTS{alertstate="firing",nines!="self"})',
          is: [['{region="eu",tier="ticket-fast"}', 1] as const],
        },
      ],
      alerts: [
        {
          eval_time: '3h',
          alertname: 'ErrorBudgetBurn',
          exp_alerts: [
            {
              exp_labels: {
                system: 'shop',
                environment: 'production',
                service: 'checkout',
                slo: 'by-region',
                region: 'eu',
                tier: 'ticket-fast',
                severity: 'warning',
                long_window: '1d',
                short_window: '2h',
              },
              exp_annotations: {
                summary: 'Shop: Checkout by-region (region eu) burns its error budget more than 3 times too fast.',
                description:
                  '50% of events of region eu were bad in 1 d (burn rate 100, limit 3); about 58.33% of the budget is left, for 4h 11m 59s at this rate.',
                runbook_url: 'https://docs.example.org/runbooks#error-budget-burn',
                dashboard_url:
                  'https://grafana.example.org/d/nines-slo-detail?var-system=shop&var-environment=production&var-service=checkout&var-slo=by-region',
                nines_url: 'https://nines.example.org/slos/shop/checkout/by-region',
              },
            },
          ],
        },
      ],
    } as const;
    const catalog = measured();
    const slo = catalog.slos.get('shop/checkout/by-region')!;
    const one = new Map([[slo.id, { ...slo, tiers: slo.tiers.slice(2, 3) }]]);
    expect(failures({ ...catalog, slos: one }, story)).toBe('');
  });

  const SHOP = (slo: string): string => `{system="shop",environment="production",service="checkout",slo="${slo}"}`;
  it.each<[string, string, Record<string, string>, number | null, number | null]>([
    ['no error was ever counted', 'errors', { 'http_total{job="shop",code="200"}': '0+60x40' }, 2, 0],
    [
      'errors are a series of their own',
      'errors',
      { 'http_total{job="shop",code="200"}': '0+45x40', 'http_total{job="shop",code="503"}': '0+15x40' },
      2,
      0.25,
    ],
    ['there is no traffic', 'errors', { 'http_total{job="shop",code="200"}': '7x40' }, 0, null],
    ['there is no data', 'errors', {}, null, null],
    ['another job has errors', 'errors', { 'http_total{job="x",code="503"}': '0+60x40' }, null, null],
    [
      'the bucket is written in another way',
      'latency',
      {
        'http_seconds_count{job="shop"}': '0+30x40',
        'http_seconds_bucket{job="shop",le="0.5"}': '0+24x40',
        'http_seconds_bucket{job="shop",le="0.05"}': '0+3x40',
      },
      1,
      0.2,
    ],
    [
      'one gauge of four is 0',
      'up',
      {
        'up{job="shop",instance="a"}': '1x40',
        'up{job="shop",instance="b"}': '0x40',
        'up{job="shop",instance="c"}': '1x40',
        'up{job="shop",instance="d"}': '1x40',
      },
      null,
      0.25,
    ],
    ['a ratio is given', 'ratio', { 'job:errors:ratio_rate5m{job="shop"}': '0.25x40' }, 1, 0.25],
    ['a ratio is negative', 'ratio', { 'job:errors:ratio_rate5m{job="shop"}': '-1x40' }, 0, null],
  ])('counts rightly when %s', (_, slo, series, total, ratio) => {
    const of = (name: string): string => `round(${name}${SHOP(slo)}, 0.01)`;
    const is = (value: number | null) => (value === null ? [] : [[SHOP(slo), value] as const]);
    const story = {
      interval: '30s',
      series,
      expect: [
        ...(slo === 'up' ? [] : [{ at: '15m', query: of('nines:sli_total:rate5m'), is: is(total) }]),
        { at: '17m', query: of('nines:sli_error:ratio5m').replace('0.01', '0.05'), is: is(ratio) },
      ],
    };
    const catalog = measured();
    const one = new Map([[`shop/checkout/${slo}`, catalog.slos.get(`shop/checkout/${slo}`)!]]);
    expect(failures({ ...catalog, slos: one }, story)).toBe('');
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
    // 5 min steps, 300 events each: 5 h with 10 % bad, 3 h good, 2 h with 5 % bad, 2 h good. Nothing bad
    // is within 15 min of an edge, where the rates of 15 min smear.
    const parts = [
      [5, 30],
      [3, 0],
      [2, 15],
      [2, 0],
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
        [`nines_slo_window_start_timestamp_seconds${ID}`]: `${(from - DAY) / 1_000}x71 ${from / 1_000}x80`,
        [`nines_slo_window_end_timestamp_seconds${ID}`]: `${from / 1_000}x71 ${(from + DAY) / 1_000}x80`,
      }),
    };
    const seen = { total: (12 * HOUR - from) / 1_000, bad: from > 0 ? 2 * 12 * 15 : bad };
    const span = slo.window.kind === 'calendar' ? { from, to: from + DAY } : { from: -12 * HOUR, to: 12 * HOUR };
    const sums = { good: seen.total - seen.bad, total: seen.total, covered: 12 * HOUR - from };
    const { remaining } = budget(slo, sums, span, from, 12 * HOUR);
    expect(remaining).toBeLessThan(1);
    const off = `abs(nines:error_budget:remaining_ratio${ID} - ${remaining}) < bool 0.02`;
    expect(
      failures(catalogOf(slo), { interval: '5m', series, expect: [{ at: '12h', query: off, is: [[ID, 1]] }] }),
    ).toBe('');
  });
});
