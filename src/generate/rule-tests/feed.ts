import { MINUTE, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import type { Measure } from '../../slo/indicator.ts';
import { WINDOW_WORD } from '../../slo/measure.ts';
import { sloLabels } from '../series.ts';
import { reaches, seriesText, sourceOf } from './selector.ts';
import type { Source } from './selector.ts';
import type { Tested } from './story.ts';
import { counter, follower, gauge, trailing } from './timeline.ts';
import type { Beat } from './timeline.ts';

/** One line of `input_series`. */
export type InputSeries = { series: string; values: string };

type Labels = Readonly<Record<string, string>>;

/** How to give an SLO's rules what a timeline says. */
export type Feed = {
  /** Series of the user's that it makes; none where Nines counts. */
  sources: readonly Source[];
  /** `events`: stories may choose how many there are; `samples`: one each step; `time`: one each second. */
  counts: 'events' | 'samples' | 'time';
  /** The error ratio while the second series was never born, as those of errors are not before the first one. */
  unborn?: number;
  /** `more` are labels of a replica, or of a group. */
  series: (beats: readonly Beat[], stepMs: number, more?: Labels) => InputSeries[];
};

/** Of an SLO whose events Nines counts, and exports. */
export const countedByNines = (slo: Tested): Feed => {
  const labels = sloLabels(slo);
  return {
    sources: [],
    counts: 'events',
    series: (beats, stepMs, more = {}) => {
      const line = (name: string, values: string): InputSeries => ({
        series: seriesText(name, { ...labels, ...more }),
        values,
      });
      return [
        line(
          METRICS.sliEvents,
          counter(beats, ({ total }) => total, false),
        ),
        line(
          METRICS.sliBad,
          counter(beats, ({ bad }) => bad, false),
        ),
        line(METRICS.sliLastData, follower(beats, stepMs / SECOND, slo.settleLagMs / SECOND)),
      ];
    },
  };
};

/** Two counters of which one may be counted in the other, as `code=~"5.."` is in all requests. */
const twoCounters = (part: Source | string, whole: Source | string, of: (beat: Beat) => number): Feed | string => {
  if (typeof part === 'string') return part;
  if (typeof whole === 'string') return whole;
  if (reaches(part, whole)) return `every series of ${whole.name} that is simple to make is one of both counters`;
  const isWithin = reaches(whole, part);
  return {
    sources: [part, whole],
    counts: 'events',
    unborn: 1 - of({ steps: 1, total: 1, bad: 1 }),
    series: (beats, _step, more = {}) => {
      const line = ({ name, labels }: Source, by: (beat: Beat) => number): InputSeries => ({
        series: seriesText(name, { ...labels, ...more }),
        values: counter(beats, by, true),
      });
      return [line(whole, (one) => one.total - (isWithin ? of(one) : 0)), line(part, of)];
    },
  };
};

const good = ({ total, bad }: Beat): number => total - bad;

/** A histogram as its buckets or its count. */
const suffixed = (text: string, suffix: string, labels: Labels = {}): Source | string => {
  const source = sourceOf(text);
  if (typeof source === 'string') return source;
  return { ...source, name: `${source.name}${suffix}`, labels: { ...source.labels, ...labels } };
};

const RANGES = ['5m', '15m', '1h'] as const;
const MINUTES = { '5m': 5, '15m': 15, '1h': 60 } as const;

/** A ratio that is recorded already, under a name that says its range. */
const recordedRatio = (text: string): Feed | string => {
  const sources = RANGES.map((range) => [range, sourceOf(text.replaceAll(WINDOW_WORD, range))] as const);
  const found: Source[] = [];
  for (const [, source] of sources) {
    if (typeof source === 'string') return source;
    found.push(source);
  }
  if (new Set(found.map(({ name }) => name)).size < RANGES.length || /[(/]/.test(text))
    return 'its ratio is computed, not read';
  return {
    sources: found,
    counts: 'time',
    series: (beats, stepMs, more = {}) =>
      sources.flatMap(([range, source]) =>
        typeof source === 'string'
          ? []
          : {
              series: seriesText(source.name, { ...source.labels, ...more }),
              values: trailing(beats, (MINUTES[range] * MINUTE) / stepMs),
            },
      ),
  };
};

const measured = (measure: Measure): Feed | string => {
  const isSelector = (text: string): boolean => !text.includes(WINDOW_WORD);
  const read = (text: string): Source | string => (isSelector(text) ? sourceOf(text) : `"${text}" is an expression`);
  switch (measure.kind) {
    case 'errors':
      return twoCounters(read(measure.errors), read(measure.total), ({ bad }) => bad);
    case 'good':
      return twoCounters(read(measure.good), read(measure.total), good);
    case 'histogram': {
      const le = String(measure.thresholdSeconds);
      return twoCounters(suffixed(measure.histogram, '_bucket', { le }), suffixed(measure.histogram, '_count'), good);
    }
    case 'gauge': {
      const source = read(measure.gauge);
      if (typeof source === 'string') return source;
      const { name, labels } = source;
      return {
        sources: [source],
        counts: 'samples',
        series: (beats, _step, more = {}) => [
          {
            series: seriesText(name, { ...labels, ...more }),
            values: gauge(beats, ({ bad, total }) => (total === 0 ? 1 : 1 - bad / total)),
          },
        ],
      };
    }
    case 'ratio':
      return recordedRatio(measure.ratio);
    case 'native-histogram':
      return 'promtool of Prometheus 2 knows no native histograms';
  }
};

/** How to feed an SLO; a sentence that says why its rules cannot be tested, where no input can be derived. */
export const feedOf = (slo: Tested): Feed | string =>
  slo.indicator.kind === 'promql' ? measured(slo.indicator.measure) : countedByNines(slo);
