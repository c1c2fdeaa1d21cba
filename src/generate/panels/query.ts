import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { DATA_SOURCE } from './panel.ts';

/** One PromQL query. `legend` is a template of Grafana: `{{probe}}`. `instant` asks for the end of the picked time only. */
export type Query = { expr: string; legend: string; instant?: true; interval?: string };

const REF_IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The name by which transformations and overrides find a query. */
export const refId = (index: number): string => REF_IDS.charAt(index);

/** Queries in the order they are given: the first is A. */
export const targets = (queries: readonly Query[], format: 'time_series' | 'table' = 'time_series') =>
  queries.map(({ expr, legend, instant, interval }, index) => {
    const query = new DataqueryBuilder()
      .refId(refId(index))
      .datasource(DATA_SOURCE)
      .editorMode(QueryEditorMode.Code)
      .expr(expr)
      .format(format === 'table' ? PromQueryFormat.Table : PromQueryFormat.TimeSeries)
      .legendFormat(legend);
    if (interval !== undefined) query.interval(interval);
    return instant ? query.instant() : query.range();
  });
