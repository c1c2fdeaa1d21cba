import { createHash } from 'node:crypto';
import { DashboardLinkBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Line, Panel, Row } from './panels/panel.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The version whose panels and options these files were tested against. */
export const PANEL_VERSION = '13.2.3';

const COLUMNS = 24;

/** The id of a panel: 1 … 2³¹ − 1, of its key alone, so that no other panel can change it. */
export const panelId = (key: string): number =>
  (createHash('sha256').update(key).digest().readUInt32BE(0) % 0x7f_ff_ff_ff) + 1;

/** 24 columns for the panels of a line: those without a width share what the others leave; together always 24. */
const widthsOf = (panels: readonly Panel[]): readonly number[] => {
  let free = COLUMNS - panels.reduce((sum, { width = 0 }) => sum + width, 0);
  let sharing = panels.filter(({ width }) => width === undefined).length;
  return panels.map(({ width }) => {
    if (width !== undefined) return width;
    const own = Math.ceil(free / sharing);
    free -= own;
    sharing--;
    return own;
  });
};

/** Written first, in this order; all else follows by name. */
const FIRST =
  'id uid type name refId title label description tags gridPos collapsed datasource expr query targets transformations fieldConfig options'.split(
    ' ',
  );
const LAST = ['panels'];

const rank = (key: string): number => {
  const first = FIRST.indexOf(key);
  return first >= 0 ? first : FIRST.length + LAST.indexOf(key) + 1;
};

const ordered = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
};

/** A copy without the keys named, and without what is undefined. */
const without = (object: object, keys: readonly string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(JSON.parse(JSON.stringify(object)) as JsonObject).filter(([key]) => !keys.includes(key)),
  );

const linksOf = (links: NonNullable<Panel['links']>): readonly JsonObject[] =>
  links.map(({ title, url }) => without(new DashboardLinkBuilder(title).url(url).build(), ['placement']));

/** What the builder adds and Grafana does not know: an old footer of tables. `repeatDirection` without `repeat` is noise. */
const cleanPanel = ({ panel, links }: Panel): JsonObject => {
  const built = without(panel.build(), ['repeatDirection', 'transparent']);
  const { options } = built;
  return {
    ...built,
    ...(links && { links: linksOf(links) }),
    ...(options && { options: without(options as JsonObject, ['footer']) }),
  };
};

const titleOf = ({ title, panel }: Panel): string => title ?? panel.build().title ?? '';

/** Titles that stand on more than one panel: these get the title of their row, so that a search finds one of them. */
const repeated = (rows: readonly Row[]): ReadonlySet<string> => {
  const titles = rows.flatMap(({ lines }) => lines.flatMap(({ panels }) => panels.map(titleOf)));
  return new Set(titles.filter((title, index) => titles.indexOf(title) !== index));
};

const placedLine = ({ height, panels }: Line, y: number, titled: (title: string) => string): readonly JsonObject[] => {
  const widths = widthsOf(panels);
  return panels.map((panel, index) => ({
    ...cleanPanel(panel),
    title: titled(titleOf(panel)),
    id: panelId(panel.key),
    gridPos: { x: widths.slice(0, index).reduce((sum, width) => sum + width, 0), y, w: widths[index] ?? 0, h: height },
    pluginVersion: PANEL_VERSION,
  }));
};

const placed = (rows: readonly Row[]): readonly JsonObject[] => {
  const panels: JsonObject[] = [];
  const again = repeated(rows);
  let y = 0;
  for (const { key, title, closed = false, lines } of rows) {
    const at = { x: 0, y, w: COLUMNS, h: 1 };
    let below = y + 1;
    const inside: JsonObject[] = [];
    for (const line of lines) {
      inside.push(...placedLine(line, below, (own) => (again.has(own) ? `${own} (${title})` : own)));
      below += line.height;
    }
    // A closed row holds its panels; an open one is followed by them.
    panels.push({
      id: panelId(`row/${key}`),
      type: 'row',
      title,
      collapsed: closed,
      gridPos: at,
      panels: closed ? inside : [],
    });
    if (!closed) panels.push(...inside);
    y = closed ? y + 1 : below;
  }
  return panels;
};

const AUTO = ['auto', 'auto_min', 'auto_count'];

/** Dashboard of the builder, without panels, and its rows → the whole classic model: ids, places, nothing that drifts. */
export const finish = (dashboard: object, rows: readonly Row[]): JsonObject => {
  const bare = without(dashboard, ['panels', 'version', 'id']);
  const variables = (bare['templating'] as { list: readonly JsonObject[] }).list;
  return ordered({
    ...bare,
    templating: { list: variables.map((variable) => without(variable, AUTO)) },
    panels: placed(rows),
  }) as JsonObject;
};

/** The text of a file: 2 spaces, a final newline. */
export const dashboardText = (dashboard: JsonObject): string => `${JSON.stringify(dashboard, null, 2)}\n`;
