import type { JsonObject } from '../../../src/generate/finish.ts';
import { queriesOf } from '../../../src/generate/dashboards/queries.ts';

type Box = { x: number; y: number; w: number; h: number };
export type PanelModel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  collapsed?: boolean;
  gridPos: Box;
  datasource?: { type: string; uid: string };
  targets?: readonly {
    refId: string;
    expr: string;
    instant?: boolean;
    legendFormat?: string;
    datasource?: { uid: string };
  }[];
  transformations?: readonly { id: string; options: JsonObject }[];
  fieldConfig?: {
    defaults: {
      unit?: string;
      noValue?: string;
      color?: { mode: string };
      mappings?: readonly JsonObject[];
      thresholds?: { steps: readonly { value: number | null }[] };
    };
    overrides: readonly {
      matcher: { id: string; options: string };
      properties: readonly { id: string; value: unknown }[];
    }[];
  };
  panels?: readonly PanelModel[];
};

export type DashboardModel = {
  uid: string;
  title: string;
  editable: boolean;
  graphTooltip: number;
  schemaVersion: number;
  links: readonly { type: string; url?: string; tags: readonly string[] }[];
  annotations: { list: readonly { name: string; datasource: { uid: string } }[] };
  templating: { list: readonly { name: string; type: string; query: string; refresh?: number }[] };
  panels: readonly PanelModel[];
};

export const modelOf = (dashboard: JsonObject): DashboardModel => dashboard as unknown as DashboardModel;

/** All panels, rows and those in closed rows among them. */
export const panelsOf = (dashboard: JsonObject): readonly PanelModel[] =>
  modelOf(dashboard).panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);

export const chartsOf = (dashboard: JsonObject): readonly PanelModel[] =>
  panelsOf(dashboard).filter(({ type }) => type !== 'row');

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Cells of the grid that are taken twice, lie outside, or are left free above the end. */
const holesIn = (panels: readonly PanelModel[], from: number): readonly string[] => {
  const wrong = panels.flatMap((panel, index) => [
    ...(panel.gridPos.x + panel.gridPos.w > 24 ? [`${panel.title} is wider than the grid`] : []),
    ...panels
      .slice(index + 1)
      .filter((other) => overlap(panel.gridPos, other.gridPos))
      .map((other) => `${panel.title} overlaps ${other.title}`),
  ]);
  const end = Math.max(from, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const taken = panels.reduce((sum, { gridPos }) => sum + gridPos.w * gridPos.h, 0);
  return wrong.length > 0 || taken === (end - from) * 24 ? wrong : [`${(end - from) * 24 - taken} cells are free`];
};

const rising = (steps: readonly { value: number | null }[]): boolean =>
  steps[0]?.value === null &&
  steps
    .slice(1)
    .every(({ value }, index) => value !== null && (index === 0 || value > (steps[index]?.value ?? Infinity)));

/** Ranges that are a look-back of an SLO, not a resolution: fixed on purpose. */
const FIXED_RANGE =
  /avg_over_time\(nines:sli_total:rate15m\{[^}]*\}\[1d\]\)|increase\(nines_\w+(?:\{[^}]*\})?\[\d+[dh]\]\)/g;

const inPanel = (panel: PanelModel): readonly string[] => {
  const { fieldConfig, targets = [], title } = panel;
  const defaults: NonNullable<PanelModel['fieldConfig']>['defaults'] = fieldConfig?.defaults ?? {};
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(`${title}: ${fault}`);
  };
  // As grafana/dashboard-linter: panel-title-description, panel-datasource, panel-units, panel-no-targets,
  // target-rate-interval, target-counter-agg. Its rules on job and instance do not fit recorded series without them.
  expect(
    title !== '' && (panel.description ?? '').length > 40,
    'needs a title, and a description that says what to do',
  );
  if (panel.type === 'text') return faults;
  expect(panel.datasource?.uid === '${datasource}', 'has another data source than the variable');
  expect(
    targets.every(({ datasource }) => datasource?.uid === '${datasource}'),
    'a query has another data source',
  );
  expect(targets.length > 0, 'asks nothing');
  expect(defaults.unit !== undefined, 'has no unit');
  for (const { expr, instant, legendFormat } of targets) {
    expect(instant === true || !expr.includes('$__range'), `a sum over the whole time at every point: ${expr}`);
    const bare = expr.replaceAll(FIXED_RANGE, '');
    expect(
      !/\b(?:rate|irate|increase)\([^[]*\[(?!\$__rate_interval\]|\$__range\])/.test(bare),
      `a fixed range in ${expr}`,
    );
    expect(
      !/(?<!(?:rate|increase|changes|resets)\()\b\w+_total(?=[{[)])/.test(expr),
      `a counter without a rate in ${expr}`,
    );
    expect(!/\bor\s+(?:on\s*\(\)\s*)?vector\(/.test(expr), `makes up a value: ${expr}`);
    expect((legendFormat ?? '') !== '', 'has a query without a legend');
  }
  // Ours.
  expect(defaults.noValue === 'no data', 'must say "no data"');
  expect(defaults.color !== undefined, 'needs a color mode');
  expect(rising(defaults.thresholds?.steps ?? []), 'thresholds must begin with null and rise');
  expect(new Set(targets.map(({ refId }) => refId)).size === targets.length, 'has two queries of one name');
  return faults;
};

/** What is wrong with a dashboard, by the rules of dashboard-linter and our own; empty = nothing. */
export const faultsIn = (dashboard: JsonObject): readonly string[] => {
  const model = modelOf(dashboard);
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  const text = JSON.stringify(dashboard);
  const ids = panelsOf(dashboard).map(({ id }) => id);
  expect(/^[a-z0-9-]{1,40}$/.test(model.uid), `uid ${model.uid}`);
  expect(model.schemaVersion === 42 && model.graphTooltip === 1 && !model.editable, 'model, crosshair, or editable');
  expect(!('version' in model) && !('id' in model) && !text.includes('__inputs'), 'holds what belongs to one server');
  expect(new Set(ids).size === ids.length && ids.every((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31), 'ids');
  const names = new Set(model.templating.list.map(({ name }) => name));
  const [first, ...lists] = model.templating.list;
  expect(first?.name === 'datasource' && first.query === 'prometheus', 'the first variable is the data source');
  for (const list of lists) {
    expect(list.refresh === 2, `${list.name} is not read again when the time changes`);
    expect(/^label_values\(.+, \w+\)$/.test(list.query), `${list.name} asks ${list.query}`);
  }
  const used = new Set(queriesOf(dashboard).flatMap(({ variables }) => variables));
  for (const name of used) expect(name.startsWith('__') || names.has(name), `$${name} is not defined`);
  for (const { name } of lists) expect(used.has(name), `$${name} is not used`);
  for (const { name, datasource } of model.annotations.list)
    expect(datasource.uid === '${datasource}', `${name} has another data source`);
  const closed = model.panels.filter(({ collapsed }) => collapsed);
  faults.push(...holesIn(model.panels, 0), ...closed.flatMap((row) => holesIn(row.panels ?? [], row.gridPos.y + 1)));
  const titles = chartsOf(dashboard).map(({ title }) => title);
  expect(new Set(titles).size === titles.length, `two panels of one title: ${titles.join(', ')}`);
  return [...faults, ...chartsOf(dashboard).flatMap(inPanel)];
};
