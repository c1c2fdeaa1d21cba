import type { JsonObject } from '../../src/generate/finish.ts';
import { parseDuration, SECOND } from '../../src/duration.ts';
import { SCRAPE_INTERVAL } from '../../src/generate/series.ts';
import { grafana } from '../generate/dashboards/grafana.ts';
import { chartsOf, type PanelModel } from '../generate/dashboards/lint.ts';
import type { Line } from './past.ts';

/** What one query of a dashboard answered. */
export type Answer = {
  title: string;
  /** Type of the panel; `marks` for annotations. */
  type: string;
  /** In a table the heading of its column. */
  legend: string;
  expr: string;
  lines: readonly Line[];
  warnings: readonly string[];
  /** Samples that the engine read for it. */
  samples: number;
  panel: PanelModel | null;
};

/** Values of the lists at the top, by name; several are an array, all of them `All`. */
export type Picked = Readonly<Record<string, string | readonly string[]>>;

export type Opened = {
  /** What the lists at the top offer. */
  offered: Readonly<Record<string, readonly string[]>>;
  picked: Picked;
  answers: readonly Answer[];
};

type List = { name: string; type: string; query: string; multi?: boolean; allValue?: string };
type Target = { expr: string; instant?: boolean; interval?: string; legendFormat: string };
type Panel = PanelModel & { maxDataPoints?: number; targets?: readonly Target[] };
type Model = {
  time: { from: string };
  templating: { list: readonly List[] };
  annotations: { list: readonly { name: string; expr: string; step: string }[] };
};
type Result = { metric: Record<string, string>; values?: [number, string][]; value?: [number, string] };
type Said = {
  status: string;
  error?: string;
  warnings?: string[];
  infos?: string[];
  data: { result: Result[]; stats: { samples: { totalQueryableSamples: number } } };
};

/** A screen as wide as this many points. */
const WIDE = 1_600;

const quotedRegex = (value: string): string => value.replaceAll(/[\\^$*+?.()|[\]{}]/g, String.raw`\\$&`);

/** The value of a list as Grafana's data source for Prometheus writes it into a query. */
const written = (value: string | readonly string[], list: List | undefined): string => {
  if (value === 'All') return list?.allValue ?? '';
  if (!list?.multi) return String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const all = [value].flat().map(quotedRegex);
  return all.length === 1 ? all[0]! : `(${all.join('|')})`;
};

/** `${name}`, `${name:regex}` and `$name`, and those that Grafana makes itself; a name without a value is a mistake. */
const filled = (expr: string, values: Readonly<Record<string, string>>): string =>
  expr.replaceAll(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (_, braced?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    if (value === undefined) throw new Error(`nobody knows $${braced ?? bare} in ${expr}`);
    return value;
  });

const timesOf = (stepMs: number, rangeMs: number): Readonly<Record<string, string>> => ({
  __interval: `${stepMs / SECOND}s`,
  __interval_ms: String(stepMs),
  __rate_interval: `${Math.max(stepMs + SCRAPE_INTERVAL, 4 * SCRAPE_INTERVAL) / SECOND}s`,
  __range: `${rangeMs / SECOND}s`,
});

const stepOf = (rangeMs: number, points: number, least: string): number =>
  grafana.rangeUtil.calculateInterval({ from: 0, to: rangeMs } as never, points, least).intervalMs;

/** Opens a dashboard at `to` (epoch ms) with its own time range, and asks all that it asks, closed rows too. */
export const open = async (url: string, dashboard: JsonObject, to: number, picks: Picked = {}): Promise<Opened> => {
  const model = dashboard as unknown as Model;
  const rangeMs = parseDuration(model.time.from.replace('now-', '')) ?? NaN;
  const lists = model.templating.list.filter(({ type }) => type === 'query');
  const picked: Record<string, string | readonly string[]> = {};
  const offered: Record<string, readonly string[]> = {};
  const values = (): Record<string, string> =>
    Object.fromEntries(
      Object.entries(picked).map(([name, value]) => [
        name,
        written(
          value,
          lists.find((list) => list.name === name),
        ),
      ]),
    );
  const get = async (path: string, params: Record<string, string>): Promise<unknown> =>
    (await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params).toString()}`)).json();

  for (const list of lists) {
    const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/s.exec(list.query) ?? [];
    const span = { start: String((to - rangeMs) / SECOND), end: String(to / SECOND) };
    const { data } = (await get(`label/${label}/values`, { 'match[]': filled(selector, values()), ...span })) as {
      data: string[];
    };
    offered[list.name] = data;
    picked[list.name] = picks[list.name] ?? (list.multi ? 'All' : (data[0] ?? ''));
  }

  const ask = async (
    target: Target,
    points: number,
  ): Promise<Pick<Answer, 'expr' | 'lines' | 'warnings' | 'samples'>> => {
    const step = stepOf(rangeMs, points, target.interval ?? `${SCRAPE_INTERVAL / SECOND}s`);
    const expr = filled(target.expr, { ...values(), ...timesOf(step, rangeMs) });
    const [start, end] = [to - rangeMs, to].map((at) => (Math.floor(at / step) * step) / SECOND);
    const said = (await (target.instant
      ? get('query', { query: expr, time: String(to / SECOND), stats: 'all' })
      : get('query_range', {
          query: expr,
          start: String(start),
          end: String(end),
          step: String(step / SECOND),
          stats: 'all',
        }))) as Said;
    if (said.status !== 'success') throw new Error(`${expr}: ${said.error}`);
    const lines = said.data.result.map(({ metric, values: many, value }) => ({
      labels: metric,
      points: (many ?? (value ? [value] : [])).map(([at, text]) => [at * SECOND, Number(text)] as const),
    }));
    const warnings = [...(said.warnings ?? []), ...(said.infos ?? [])];
    return { expr, lines, warnings, samples: said.data.stats.samples.totalQueryableSamples };
  };

  const answers: Answer[] = [];
  for (const panel of chartsOf(dashboard) as readonly Panel[]) {
    const points = panel.maxDataPoints ?? (panel.gridPos.w / 24) * WIDE;
    for (const target of panel.targets ?? [])
      answers.push({
        title: panel.title,
        type: panel.type,
        legend: target.legendFormat,
        panel,
        ...(await ask(target, points)),
      });
  }
  for (const { name, expr, step } of model.annotations.list)
    answers.push({
      title: name,
      type: 'marks',
      legend: '',
      panel: null,
      ...(await ask({ expr, interval: step, legendFormat: '' }, WIDE)),
    });
  return { offered, picked, answers };
};

const theme = grafana.createTheme();
const COLORS = ['green', 'yellow', 'orange', 'red', 'blue', 'purple'] as const;
const named = new Map(COLORS.map((name) => [theme.visualization.getColorByName(name), name]));

/** A number as its panel shows it, by Grafana's own code: `53.7%`, and the name of its color, if it has one. */
export const shownAs = ({ panel, legend }: Answer, value: number): { text: string; color: string | undefined } => {
  const { defaults, overrides = [] } = panel?.fieldConfig ?? { defaults: {} };
  const own = overrides.find(({ matcher }) => matcher.options === legend)?.properties ?? [];
  const config = { ...defaults, ...Object.fromEntries(own.map(({ id, value: set }) => [id, set])) };
  const field = { name: legend, type: grafana.FieldType.number, config, values: [value] };
  const shown = grafana.getDisplayProcessor({ field: field as never, theme, timeZone: 'utc' })(value);
  return { text: `${shown.prefix ?? ''}${shown.text}${shown.suffix ?? ''}`, color: named.get(shown.color ?? '') };
};
