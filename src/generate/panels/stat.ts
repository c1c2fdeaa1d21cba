import { BigValueColorMode, BigValueGraphMode, BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { byThresholds, NO_DATA, thresholds, type Step } from './colors.ts';
import { DATA_SOURCE, type Panel, type Words } from './panel.ts';
import { targets, type Query } from './query.ts';

export type Stat = Words & {
  key: string;
  width?: number;
  expr: string | readonly Query[];
  unit: string;
  decimals?: number;
  steps: readonly Step[];
  mappings?: readonly sdk.ValueMapping[];
};

/** One number (or one per query, with its name), readable from two metres: the color is that of its threshold. */
export const stat = (stat: Stat): Panel => {
  const queries: readonly Query[] =
    typeof stat.expr === 'string' ? [{ expr: stat.expr, legend: stat.title, instant: true }] : stat.expr;
  const panel = new PanelBuilder()
    .title(stat.title)
    .description(stat.description)
    .datasource(DATA_SOURCE)
    .targets(targets(queries))
    .unit(stat.unit)
    .noValue('no data')
    .colorScheme(byThresholds())
    .thresholds(thresholds(stat.steps))
    .mappings([...(stat.mappings ?? []), NO_DATA])
    .colorMode(stat.steps.length > 1 || stat.mappings ? BigValueColorMode.Background : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None)
    .textMode(queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
  if (stat.decimals !== undefined) panel.decimals(stat.decimals);
  return { key: stat.key, ...(stat.width && { width: stat.width }), panel };
};
