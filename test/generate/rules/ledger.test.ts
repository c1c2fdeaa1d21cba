import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/duration.ts';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { budget } from '../../../src/slo/budget.ts';
import { aSlo } from '../../slo/a-slo.ts';
import { shipped } from './catalogs.ts';
import { failures, isMissing } from './promtool.ts';

const ID = '{system="duru-notes",environment="production",service="api",slo="availability"}';
const slo = aSlo({ window: { kind: 'rolling', days: 1 }, objective: 990_000, tiers: [] });
const catalog: Catalog = { ...shipped(), slos: new Map([[slo.id, slo]]), conditions: new Map() };
const DISAGREES = 'count by (alertname) (ALERTS{alertname="LedgerDisagrees",alertstate="firing"})';

/** 30 h of 300 events every 5 min, of which 15 are bad: the whole window, and what rates need before it. */
const sums = { good: 86_400 * 0.95, total: 86_400, covered: DAY };
const counted = budget(slo, sums, { from: 6 * HOUR, to: 30 * HOUR }, 0, 30 * HOUR).remaining ?? 0;

const series = (ratios: Readonly<Record<'counted' | 'remaining', number>>): Record<string, string> => ({
  [`nines_sli_events_total${ID}`]: '0+300x360',
  [`nines_sli_bad_total${ID}`]: '0+15x360',
  [`nines_sli_last_data_timestamp_seconds${ID}`]: '0+300x360',
  [`nines_error_budget_counted_ratio${ID}`]: `${ratios.counted}x360`,
  [`nines_error_budget_remaining_ratio${ID}`]: `${ratios.remaining}x360`,
  [`nines_error_budget_coverage_ratio${ID}`]: '1x360',
});

const disagrees = (ratios: Readonly<Record<'counted' | 'remaining', number>>, is: [string, number][]): string =>
  failures(catalog, { interval: '5m', series: series(ratios), expect: [{ at: '30h', query: DISAGREES, is }] });

describe.skipIf(isMissing)('the rules compare themselves with the books', () => {
  it('as these were counted: a budget that was restored by an exclusion is no disagreement', () => {
    expect(counted).toBeLessThan(0);
    expect(disagrees({ counted, remaining: 1 }, [])).toBe('');
  });

  it('and say so when they counted something else', () => {
    expect(disagrees({ counted: 1, remaining: counted }, [['{alertname="LedgerDisagrees"}', 1]])).toBe('');
  });
});
