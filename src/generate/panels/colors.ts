import type * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Grey: known to nobody. Never green, never red. */
export const GREY = '#8e8e8e';

export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text' | typeof GREY;

/** The color from `value` on; the first holds below all others. */
export type Step = readonly [value: number | null, color: Color];

export const thresholds = (steps: readonly Step[]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.map(([value, color]) => ({ value, color })));

export const byThresholds = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
/** The color of a series follows its name, so that another series beside it changes no color. */
export const byName = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName);

/** For a number that is neither good nor bad. */
export const PLAIN: readonly Step[] = [[null, 'text']];
/** Some of it is bad. */
export const NONE_IS_BEST: readonly Step[] = [
  [null, 'green'],
  [1, 'red'],
];
export const BUDGET: readonly Step[] = [
  [null, 'red'],
  [0, 'orange'],
  [0.25, 'yellow'],
  [0.5, 'green'],
];
export const BURN: readonly Step[] = [
  [null, 'green'],
  [1, 'yellow'],
  [6, 'orange'],
  [14.4, 'red'],
];
/** Share of the time for which there are data: below nine tenths no number of the SLO can be trusted. */
export const COVERAGE: readonly Step[] = [
  [null, 'red'],
  [0.9, 'yellow'],
  [0.99, 'green'],
];

type Shown = readonly [text: string, color: Color];

/** Exact values by name. */
export const words = (shown: Readonly<Record<string, Shown>>): sdk.ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(shown).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
});

/** All values between two, both included; null = no end. */
export const between = (from: number | null, to: number | null, [text, color]: Shown): sdk.ValueMapping => ({
  type: MappingType.RangeToText,
  options: { from, to, result: { text, color, index: 0 } },
});

/** Without it Grafana paints a missing value in the color of the lowest threshold: red, or worse, green. */
export const NO_DATA: sdk.ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text: 'no data', color: GREY, index: 99 } },
};

export const LEVELS = words({
  0: ['none', 'green'],
  1: ['L1', 'yellow'],
  2: ['L2', 'orange'],
  3: ['L3', 'red'],
  4: ['L4', 'purple'],
});

export const UP_OR_DOWN = words({ 0: ['down', 'red'], 1: ['up', 'green'] });
export const PASSED = words({ 0: ['failed', 'red'], 1: ['passed', 'green'] });
export const YES_IS_GOOD = words({ 0: ['no', 'red'], 1: ['yes', 'green'] });
export const FAILING = words({ 0: ['up', 'green'], 1: ['down', 'red'] });
