import { describe, expect, it } from 'vitest';
import { queriesOf } from '../../../src/generate/dashboards/queries.ts';
import { check } from '../../../src/promql/check.ts';
import { catalogOfShop, dashboardsOf, SHOP } from './catalog.ts';
import { grafana } from './grafana.ts';
import { chartsOf, faultsIn } from './lint.ts';
import { canCheck, differences, plain } from './promtool.ts';
import { grafanaModel } from './schema.ts';

const ORDERS = `connectors:
  - { id: metrics, kind: prometheus, url: 'https://prometheus.example.org' }
services:
  - id: orders
    name: Orders
    tier: 1
    policy: standard
    slos:
      - id: errors
        name: Orders without errors
        objective: 99
        window: 30d
        indicator:
          kind: promql
          connector: metrics
          errors: orders_total{state="lost"}
          total: orders_total
          groupBy: [region, zone]
`;

const all = dashboardsOf(catalogOfShop(SHOP.replace('services:\n', ORDERS)));
const system = all.get('dashboards/nines-system-shop.json')!;
const detail = all.get('dashboards/nines-slo-detail.json')!;

const exprOf = (dashboard: typeof detail, panel: string, refId = 'A'): string =>
  queriesOf(dashboard).find((query) => query.from === panel && query.refId === refId)!.expr;

describe('an SLO whose groups are told apart', () => {
  it('has a line for each in the dashboard of its system, under the labels of the definition', () => {
    const [budget, burn] = ['error budget left', 'burn rate of 1 h'].map((title) =>
      chartsOf(system).find((panel) => panel.title === `Orders without errors: ${title}`)!,
    );
    for (const panel of [budget, burn]) {
      expect(panel!.targets!.map(({ legendFormat }) => legendFormat)).toEqual(['{{region}} {{zone}}']);
      expect(panel!.targets![0]!.expr).toContain('by (system, environment, service, slo, region, zone)');
    }
    const titles = chartsOf(system).map(({ title }) => title);
    expect(titles).toContain('Orders without errors: SLI (worst group), objective 99 %');
    expect(titles).toContain('Checkout availability: burn rate by look-back');
  });

  it('is drawn as Grafana takes it, by queries of the oldest Prometheus that is served', () => {
    const model = grafanaModel();
    for (const dashboard of [system, detail]) {
      expect(model.mistakesIn(dashboard)).toEqual([]);
      expect(faultsIn(dashboard)).toEqual([]);
      for (const { expr } of queriesOf(dashboard))
        expect(check(plain(expr), { prometheusMin: '2.42' })).not.toHaveProperty('problem');
    }
  });

  it.runIf(canCheck)('shows each of them, and names no group of an SLO that has none', () => {
    const of = (labels: Readonly<Record<string, string>>): string =>
      `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value}"`)
        .join(',')}}`;
    const slo = { system: 'shop', environment: 'production', service: 'orders', slo: 'errors' };
    // Here the picked SLO is `x` throughout.
    const picked = { system: 'x', environment: 'x', service: 'x', slo: 'x' };
    const series = [slo, picked].flatMap((own) => [
      { series: `nines:objective:ratio${of(own)}`, values: '0.99x90' },
      ...[
        ['eu', '-0.5', '0.5'],
        ['us', '0.9', '0.001'],
      ].flatMap(([region = '', left, errors]) => [
        { series: `nines:error_budget:remaining_ratio${of({ ...own, region, zone: 'a' })}`, values: `${left}x90` },
        { series: `nines:sli_error:ratio1h${of({ ...own, region, zone: 'a' })}`, values: `${errors}x90` },
      ]),
    ]);
    const groups = (own: Readonly<Record<string, string>>, eu: number, us: number) => ({
      [of({ ...own, region: 'eu', zone: 'a' })]: eu,
      [of({ ...own, region: 'us', zone: 'a' })]: us,
    });
    expect(
      differences(series, [
        [exprOf(system, 'Orders without errors: error budget left'), groups(slo, -0.5, 0.9)],
        [`round(${exprOf(system, 'Orders without errors: burn rate of 1 h')}, 0.1)`, groups(slo, 50, 0.1)],
        [exprOf(detail, 'Groups', 'C'), groups(picked, -0.5, 0.9)],
        [`round(${exprOf(detail, 'Groups')}, 0.1)`, groups(picked, 50, 0.1)],
      ]),
    ).toBe('');
    const ungrouped = [
      { series: `nines:objective:ratio${of(picked)}`, values: '0.99x90' },
      { series: `nines:sli_error:ratio1h${of(picked)}`, values: '0.5x90' },
    ];
    expect(differences(ungrouped, [[`round(${exprOf(detail, 'Groups')}, 0.1)`, { [of(picked)]: 50 }]])).toBe('');
  });

  it('has a row for each in the detail, its labels first and those of the SLO left out', async () => {
    const { standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame, FieldType } = grafana;
    standardTransformersRegistry.setInit(
      () =>
        [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((one) => ({
          id: one.id,
          name: one.name,
          transformation: () => Promise.resolve(one),
          editor: () => null,
          imageDark: '',
          imageLight: '',
        })) as never,
    );
    const panel = chartsOf(detail).find(({ title }) => title === 'Groups')!;
    const labels = { environment: 'x', region: ['eu', 'us'], service: 'x', slo: 'x', system: 'x' };
    const frames = panel.targets!.map(({ refId }) =>
      toDataFrame({
        refId,
        fields: [
          { name: 'Time', type: FieldType.time, values: [0, 0] },
          ...Object.entries(labels).map(([name, value]) => ({
            name,
            type: FieldType.string,
            values: typeof value === 'string' ? [value, value] : value,
          })),
          { name: `Value #${refId}`, type: FieldType.number, values: [1, 2] },
        ],
      }),
    );
    const shown = await new Promise<ReturnType<typeof toDataFrame>>((resolve) => {
      transformDataFrame(panel.transformations as never, frames).subscribe(([one]) => resolve(one!));
    });
    expect(shown.length).toBe(2);
    expect(shown.fields.map(({ name, config }) => config.displayName ?? name)).toEqual([
      'region',
      'Burn 1 h',
      'Burn 6 h',
      'Budget left',
      'SLI',
      'Data',
    ]);
  });
});
