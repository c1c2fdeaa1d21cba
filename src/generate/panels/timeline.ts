import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatusHistoryBuilder } from '@grafana/grafana-foundation-sdk/statushistory';
import { byThresholds, thresholds, type Step } from './colors.ts';
import { DATA_SOURCE, type Panel, type Words } from './panel.ts';
import { targets, type Query } from './query.ts';

export type Timeline = Words & {
  key: string;
  width?: number;
  queries: readonly Query[];
  unit?: string;
  steps?: readonly Step[];
  mappings: readonly sdk.ValueMapping[];
};

/** The states themselves are written on the bars and in the legend: color is never all there is. */
const dressed = (builder: StateTimelineBuilder | StatusHistoryBuilder, timeline: Timeline): Panel => {
  builder
    .title(timeline.title)
    .description(timeline.description)
    .datasource(DATA_SOURCE)
    .targets(targets(timeline.queries))
    .unit(timeline.unit ?? 'none')
    .noValue('no data')
    .colorScheme(byThresholds())
    .thresholds(thresholds(timeline.steps ?? [[null, 'text']]))
    .mappings([...timeline.mappings])
    .showValue(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    );
  return { key: timeline.key, ...(timeline.width && { width: timeline.width }), panel: builder };
};

/** How long each state lasted. */
export const stateTimeline = (timeline: Timeline): Panel =>
  dressed(new StateTimelineBuilder().mergeValues(true), timeline);

/** The state at regular points: a square per point, so that single failures stay visible. */
export const statusHistory = (timeline: Timeline): Panel =>
  dressed(new StatusHistoryBuilder().maxDataPoints(100), timeline);
