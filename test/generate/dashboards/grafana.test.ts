import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/generate/finish.ts';
import { catalogOfShop, dashboardsOf } from './catalog.ts';
import { grafana } from './grafana.ts';
import { chartsOf, type PanelModel } from './lint.ts';

const {
  createTheme,
  FieldType,
  fieldMatchers,
  getDisplayProcessor,
  getFieldDisplayValues,
  getFieldDisplayValuesProxy,
  getValueFormats,
  standardTransformers,
  standardTransformersRegistry,
  toDataFrame,
  transformDataFrame,
} = grafana;

const all = [...dashboardsOf(catalogOfShop()).values()];
const charts = all.flatMap(chartsOf);
const units = new Set(getValueFormats().flatMap(({ submenu }) => submenu.map(({ value }) => value)));
const theme = createTheme();

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

/** What a stat or bar gauge shows of one series with these values; null = there is no series at all. */
const shown = (panel: PanelModel, values: readonly (number | null)[] | null) => {
  const config = panel.fieldConfig as never;
  const time = { name: 'Time', type: FieldType.time, values: values?.map((_, index) => index) ?? [] };
  const value = {
    name: 'Value',
    type: FieldType.number,
    values: [...(values ?? [])],
    config: panel.fieldConfig!.defaults as object,
  };
  const data = values === null ? [] : [toDataFrame({ fields: [time, value] })];
  for (const field of data.flatMap(({ fields }) => fields))
    field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' });
  const [first] = getFieldDisplayValues({
    data,
    theme,
    fieldConfig: config,
    replaceVariables: (text: string) => text,
    timeZone: 'utc',
    reduceOptions: { calcs: ['lastNotNull'], values: false, fields: '' },
  });
  return {
    text: `${first?.display.prefix ?? ''}${first?.display.text}${first?.display.suffix ?? ''}`,
    color: first?.display.color,
  };
};

const named = (title: string): PanelModel => charts.find((one) => one.title === title)!;

describe('units, matchers and transformations', () => {
  it('are those that Grafana has', () => {
    const overrides = charts.flatMap(({ fieldConfig }) => fieldConfig?.overrides ?? []);
    const used = [
      ...charts.flatMap(({ fieldConfig }) => fieldConfig?.defaults.unit ?? []),
      ...overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'unit').map(({ value }) => value)),
    ];
    expect(used.length).toBeGreaterThan(100);
    expect(used.filter((unit) => !units.has(unit as string))).toEqual([]);
    expect(overrides.filter(({ matcher }) => !fieldMatchers.getIfExists(matcher.id))).toEqual([]);
    const transformations = charts.flatMap((one) => one.transformations ?? []);
    expect(transformations.filter(({ id }) => !standardTransformersRegistry.getIfExists(id))).toEqual([]);
  });
});

describe('a fact without data', () => {
  const facts = charts.filter(({ type }) => type === 'stat' || type === 'bargauge');

  it.each<[string, readonly (number | null)[] | null]>([
    ['no series', null],
    ['a series without a value', [null]],
    ['0 divided by 0', [Number.NaN]],
  ])('is grey and says so: %s', (_, values) => {
    expect(facts.length).toBeGreaterThan(20);
    for (const panel of facts)
      expect({ title: panel.title, ...shown(panel, values) }).toEqual({
        title: panel.title,
        text: 'no data',
        color: '#8e8e8e',
      });
  });
});

describe('a fact', () => {
  it('reads as people say it, in the color of its threshold', () => {
    const color = (name: string): string => theme.visualization.getColorByName(name);
    expect(shown(named('Budget left'), [0.506])).toEqual({ text: '50.6%', color: color('green') });
    expect(shown(named('Budget left'), [-0.02])).toEqual({ text: '-2.0%', color: color('red') });
    expect(shown(named('Burn rate'), [17.78])).toEqual({ text: '17.8', color: color('red') });
    expect(shown(named('Budget lasts'), [2.9e9])).toEqual({ text: 'not burning', color: color('green') });
    expect(shown(named('Budget lasts'), [0])).toEqual({ text: 'spent', color: color('red') });
    expect(shown(named('Budget lasts'), [86_400 * 2])).toEqual({ text: '2 days', color: color('orange') });
    expect(shown(named('Level now'), [2])).toEqual({ text: 'L2', color: color('orange') });
    expect(shown(named('Checkout availability: SLI, objective 99.95 %'), [0.99949])).toEqual({
      text: '99.9490%',
      color: color('red'),
    });
    expect(shown(named('Checkout availability: SLI, objective 99.95 %'), [0.9996])).toEqual({
      text: '99.9600%',
      color: color('green'),
    });
  });
});

describe('the table of SLOs', () => {
  const panel = named('SLOs');
  const row = { system: 'shop', environment: 'production', service: 'checkout', slo: 'availability' };
  /** Result of a query: Prometheus, format table, instant. */
  const frame = (refId: string, value: number) =>
    toDataFrame({
      refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: [0] },
        ...Object.entries(row).map(([name, label]) => ({ name, type: FieldType.string, values: [label] })),
        { name: `Value #${refId}`, type: FieldType.number, values: [value] },
      ],
    });
  const transformed = (frames: readonly ReturnType<typeof toDataFrame>[]): Promise<ReturnType<typeof toDataFrame>> =>
    new Promise((resolve) => {
      transformDataFrame(panel.transformations as never, [...frames]).subscribe(([one]) => resolve(one!));
    });

  it('joins its queries to one row per SLO, with the titles as headings', async () => {
    const { fields, length } = await transformed(panel.targets!.map(({ refId }, index) => frame(refId, index)));
    expect(length).toBe(1);
    expect(fields.map(({ name, config }) => config.displayName ?? name)).toEqual([
      ...Object.keys(row),
      ...panel.targets!.map(({ legendFormat }) => legendFormat),
    ]);
  });

  it('leads from a row to its SLO', async () => {
    const one = await transformed(panel.targets!.map(({ refId }, index) => frame(refId, index)));
    const fields = getFieldDisplayValuesProxy({ frame: one, rowIndex: 0 }) as unknown as Record<string, unknown>;
    const override = panel.fieldConfig!.overrides.find(({ matcher }) => matcher.options === 'slo')!;
    const [link] = override.properties[0]!.value as readonly JsonObject[];
    const url = (link!['url'] as string).replaceAll(
      /\$\{__data\.fields\.(\w+)\}/g,
      (_, name: string) => fields[name] as string,
    );
    expect(url).toMatch(
      /^\/d\/nines-slo-detail\?var-system=shop&var-environment=production&var-service=checkout&var-slo=availability&/,
    );
  });

  it('has an override for nothing but its own columns', () => {
    const columns = new Set([...Object.keys(row), ...panel.targets!.map(({ legendFormat }) => legendFormat)]);
    for (const { matcher } of panel.fieldConfig!.overrides) expect(columns).toContain(matcher.options);
  });
});
