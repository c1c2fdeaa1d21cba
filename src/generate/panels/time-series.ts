import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { byName, thresholds, type Color, type Step } from './colors.ts';
import { DATA_SOURCE, type Panel, type Words } from './panel.ts';
import { targets, type Query } from './query.ts';

export type TimeSeries = Words & {
  key: string;
  width?: number;
  queries: readonly Query[];
  unit: string;
  decimals?: number;
  min?: number;
  max?: number;
  /** Always in view, but the axis may grow beyond. */
  softMin?: number;
  softMax?: number;
  /** Dashed lines where a threshold lies (the first step has none). */
  lines?: readonly Step[];
  stacked?: true;
  /** Linear up to this value and logarithmic above: small and huge values in one picture. */
  symlog?: number;
  /** The color of a series, by its legend. */
  colors?: Readonly<Record<string, Color>>;
  /** Drawn dashed: a forecast or a target. By legend. */
  dashed?: readonly string[];
};

const overridden = (panel: PanelBuilder, { colors = {}, dashed = [] }: TimeSeries): void => {
  for (const [name, fixedColor] of Object.entries(colors))
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  for (const name of dashed)
    panel.overrideByName(name, [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'custom.fillOpacity', value: 0 },
    ]);
};

/** Lines over time. Gaps stay gaps: what nobody measured is not drawn. The legend shows the last value, so nothing hides behind a hover. */
export const timeSeries = (chart: TimeSeries): Panel => {
  const { lines, min, max, softMin, softMax, decimals, symlog } = chart;
  const panel = new PanelBuilder()
    .title(chart.title)
    .description(chart.description)
    .datasource(DATA_SOURCE)
    .targets(targets(chart.queries))
    .unit(chart.unit)
    .noValue('no data')
    .colorScheme(byName())
    .lineWidth(1)
    .lineInterpolation(LineInterpolation.Linear)
    .fillOpacity(chart.stacked ? 30 : 10)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (softMin !== undefined) panel.axisSoftMin(softMin);
  if (softMax !== undefined) panel.axisSoftMax(softMax);
  if (decimals !== undefined) panel.decimals(decimals);
  if (chart.stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (symlog !== undefined)
    panel.scaleDistribution(
      new ScaleDistributionConfigBuilder().type(ScaleDistribution.Symlog).log(10).linearThreshold(symlog),
    );
  panel.thresholds(thresholds(lines ?? [[null, 'green']]));
  panel.thresholdsStyle(
    new GraphThresholdsStyleConfigBuilder().mode(
      lines ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
    ),
  );
  overridden(panel, chart);
  return { key: chart.key, ...(chart.width && { width: chart.width }), panel };
};
