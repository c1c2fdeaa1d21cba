import { describe, expect, it } from 'vitest';
import { queriesOf } from '../../../src/generate/dashboards/queries.ts';
import { check } from '../../../src/promql/check.ts';
import { catalogOfShop, dashboardsOf } from './catalog.ts';
import { canCheck, differences, objections, plain, type Series } from './promtool.ts';

const all = dashboardsOf(catalogOfShop());

describe.runIf(canCheck)('queries of dashboards', () => {
  it.each([...all])('of %s are PromQL of the right types', (_, dashboard) => {
    const exprs = queriesOf(dashboard).map(({ expr }) => plain(expr));
    expect(exprs.length).toBeGreaterThan(5);
    expect(objections(exprs)).toBe('');
  });

  it('are refused when a range is asked of a sum', () => {
    expect(objections([plain('sum(rate(a_total{slo="$slo"}[5m]))[$__rate_interval]')])).not.toBe('');
  });
});

describe.runIf(canCheck)('answers of Prometheus', () => {
  it.each([...all])('are empty where nothing was recorded, never a healthy number: %s', (_, dashboard) => {
    const queries = queriesOf(dashboard).filter(({ kind }) => kind !== 'label_values');
    expect(
      differences(
        [],
        queries.map(({ expr }) => [expr, null]),
      ),
    ).toBe('');
  });

  it('count every SLO once: ok, at risk, missed, or without data', () => {
    const slo = (name: string): string => `{system="x",environment="x",service="x",slo="${name}"}`;
    const budgets = { fine: '0.9', full: '1', low: '0.1', spent: '-0.2' };
    const series = [
      ...[...Object.keys(budgets), 'lost', 'new'].map((name) => ({
        series: `nines:objective:ratio${slo(name)}`,
        values: '0.99x90',
      })),
      ...Object.entries(budgets).map(([name, left]) => ({
        series: `nines:error_budget:remaining_ratio${slo(name)}`,
        values: `${left}x90`,
      })),
    ];
    const queries = queriesOf(all.get('dashboards/nines-overview.json')!);
    const exprOf = (panel: string): string => queries.find(({ from }) => from === panel)!.expr;
    const counts = [
      [exprOf('SLOs ok'), 2],
      [exprOf('SLOs at risk'), 1],
      [exprOf('SLOs missed'), 1],
      [exprOf('SLOs without data'), 2],
    ] as const;
    expect(differences(series, counts)).toBe('');
  });

  it('tell a budget that is spent from one that does not burn', () => {
    const labels = '{system="x",environment="x",service="x",slo="x"}';
    const given = (budget: string, errors: string): readonly Series[] => [
      { series: `nines:objective:ratio${labels}`, values: '0.5x90' },
      { series: `nines:window:seconds${labels}`, values: '1000x90' },
      { series: `nines:error_budget:remaining_ratio${labels}`, values: `${budget}x90` },
      { series: `nines:sli_error:ratio6h${labels}`, values: `${errors}x90` },
    ];
    const { expr } = queriesOf(all.get('dashboards/nines-slo-detail.json')!).find(
      ({ from }) => from === 'Budget lasts',
    )!;
    const seconds = (value: number) => [[`sum(${expr})`, value]] as const;
    expect(differences(given('0.5', '0.25'), seconds(1_000))).toBe('');
    expect(differences(given('-0.5', '0'), seconds(0))).toBe('');
    // Years, which the panel words as "not burning".
    expect(differences(given('0.5', '0'), [[`sum(${expr}) > bool 1e11`, 1]])).toBe('');
  });
});

// Everywhere, also where promtool is missing.
describe('our own type checker', () => {
  it.each([...all])('takes every query of %s for the oldest Prometheus that is served', (_, dashboard) => {
    const wrong = queriesOf(dashboard).flatMap(({ expr }) => {
      const checked = check(plain(expr), { prometheusMin: '2.42' });
      return 'problem' in checked ? [{ expr, problem: checked.problem }] : [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('what is asked', () => {
  it('names every query with its kind and its variables', () => {
    const queries = queriesOf(all.get('dashboards/nines-slo-detail.json')!);
    expect(queries.find(({ from }) => from === 'Budget left')).toEqual({
      from: 'Budget left',
      panel: expect.any(Number),
      refId: 'A',
      expr: 'min by (system, environment, service, slo) (nines:error_budget:remaining_ratio{system="$system",environment="$environment",service="$service",slo="$slo"})',
      kind: 'instant',
      variables: ['system', 'environment', 'service', 'slo'],
    });
    expect(queries.filter(({ kind }) => kind === 'label_values').map(({ from }) => from)).toEqual([
      'system',
      'environment',
      'service',
      'slo',
    ]);
  });
});
