import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { byThresholds, NO_DATA, thresholds, type Step } from './colors.ts';
import { DATA_SOURCE, type Panel, type Words } from './panel.ts';
import { targets } from './query.ts';

export type Bars = Words & {
  key: string;
  width?: number;
  expr: string;
  legend: string;
  unit: string;
  decimals?: number;
  min: number;
  max?: number;
  steps: readonly Step[];
};

/** Several numbers to compare, one bar each, with their names beside them. */
export const bars = (bars: Bars): Panel => {
  const panel = new PanelBuilder()
    .title(bars.title)
    .description(bars.description)
    .datasource(DATA_SOURCE)
    .targets(targets([{ expr: bars.expr, legend: bars.legend, instant: true }]))
    .unit(bars.unit)
    .noValue('no data')
    .min(bars.min)
    .colorScheme(byThresholds())
    .thresholds(thresholds(bars.steps))
    .mappings([NO_DATA])
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Text)
    .namePlacement(BarGaugeNamePlacement.Left)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
  if (bars.max !== undefined) panel.max(bars.max);
  if (bars.decimals !== undefined) panel.decimals(bars.decimals);
  return { key: bars.key, ...(bars.width && { width: bars.width }), panel };
};
