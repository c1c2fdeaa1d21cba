import {
  TableCellDisplayMode,
  TableCellHeight,
  TableSortByFieldStateBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { byThresholds, NO_DATA, PLAIN, thresholds, type Step } from './colors.ts';
import { DATA_SOURCE, type Panel, type Words } from './panel.ts';
import { refId, targets } from './query.ts';

/** A column with a number: the result of one query, found by the labels of the row. */
export type Column = {
  title: string;
  expr: string;
  unit: string;
  decimals?: number;
  steps?: readonly Step[];
  mappings?: readonly sdk.ValueMapping[];
  /** As a bar between two values. */
  bar?: { min: number; max: number };
  width?: number;
};

export type Table = Words & {
  key: string;
  width?: number;
  /** Labels that make a row; every query must carry exactly these. In the order they are shown; none = as they come. */
  labels: readonly string[];
  /** Labels that every row has and none shows. */
  without?: readonly string[];
  columns: readonly Column[];
  /** Title of the column to sort by. */
  sort: { by: string; desc: boolean };
  /** Where the last label leads to; `${__data.fields.<label>}` stands for its row's labels. */
  link?: { title: string; url: string };
};

const override = (panel: PanelBuilder, { title, unit, decimals, steps, mappings, bar, width }: Column): void => {
  const cell = bar ? { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } : { type: 'color-text' };
  panel.overrideByName(title, [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(bar
      ? [
          { id: 'min', value: bar.min },
          { id: 'max', value: bar.max },
        ]
      : []),
    ...(steps ? [{ id: 'thresholds', value: thresholds(steps).build() }] : []),
    ...(steps || mappings || bar ? [{ id: 'custom.cellOptions', value: cell }] : []),
    { id: 'mappings', value: [...(mappings ?? []), NO_DATA] },
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
  ]);
};

/** One row per set of labels, with the newest numbers. A number that is missing leaves its cell at "no data". */
export const table = (table: Table): Panel => {
  const { columns, labels } = table;
  const renamed = columns.map(({ title }, index) => [columns.length > 1 ? `Value #${refId(index)}` : 'Value', title]);
  const order = labels.length === 0 ? [] : [...labels, ...renamed.map(([from]) => from ?? '')];
  const panel = new PanelBuilder()
    .title(table.title)
    .description(table.description)
    .datasource(DATA_SOURCE)
    .targets(
      targets(
        columns.map(({ expr, title }) => ({ expr, legend: title, instant: true })),
        'table',
      ),
    )
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(['Time', ...(table.without ?? [])].map((name) => [name, true])),
          indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
          renameByName: Object.fromEntries(renamed),
        },
      },
    ])
    .unit('none')
    .noValue('no data')
    .colorScheme(byThresholds())
    .thresholds(thresholds(PLAIN))
    .cellHeight(TableCellHeight.Sm)
    .cellOptions({ type: TableCellDisplayMode.Auto })
    .sortBy([new TableSortByFieldStateBuilder().displayName(table.sort.by).desc(table.sort.desc)]);
  for (const column of columns) override(panel, column);
  const last = labels.at(-1);
  if (table.link && last !== undefined)
    panel.overrideByName(last, [{ id: 'links', value: [{ ...table.link, targetBlank: false }] }]);
  return { key: table.key, ...(table.width && { width: table.width }), panel };
};
