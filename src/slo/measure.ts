import { parseDuration, SECOND } from '../duration.ts';
import type { Measure } from './indicator.ts';

/** PromQL texts in events per second: `errors` counts the bad ones, `total` all. */
export type MeasureQueries = { errors: string; total: string };

/** Where an expression says how far it looks back. */
export const WINDOW_WORD = '$window';

// A comment on the last line must not swallow what we write after it.
const closed = (text: string): string => (text.includes('#') ? `${text.trim()}\n` : text.trim());

/** A selector gets the function and its range; an expression says them itself. */
const ranged = (call: string, text: string, window: string): string =>
  text.includes(WINDOW_WORD) ? closed(text.replaceAll(WINDOW_WORD, window)) : `${call}(${closed(text)}[${window}])`;

const aggregate = (operator: string, groupBy: readonly string[]): string =>
  groupBy.length === 0 ? operator : `${operator} by (${groupBy.join(', ')}) `;

const HISTOGRAM = /^([a-zA-Z_:][\w:]*)\s*(?:\{([^]*)\})?$/;

/** `h{job="api"}` → the same matchers under the name `h_bucket`, with more of them. */
const sibling = (histogram: string, suffix: string, more = ''): string => {
  const [, name = histogram.trim(), matchers = ''] = HISTOGRAM.exec(histogram.trim()) ?? [];
  const all = [closed(matchers).replace(/,\s*$/, ''), more].filter((text) => text.trim() !== '').join(',');
  return all === '' ? `${name}${suffix}` : `${name}${suffix}{${all}}`;
};

/** The shortest digits that mean the number, as label values have them, also where JavaScript would write an exponent. */
const decimal = (value: number): string => {
  const text = String(value);
  const [mantissa = '', exponent] = text.split('e-');
  if (exponent === undefined) return text;
  return `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`;
};

/**
 * The bucket's label as client libraries write it: `0.5`, `1` and (OpenMetrics, Prometheus 3) `1.0`, and Go's `1e+06`
 * from a million on and `5e-05` below a ten-thousandth (strconv.FormatFloat with 'g').
 */
const bucketPattern = (seconds: number): string => {
  const plain = decimal(seconds).replaceAll('.', '\\\\.');
  const [mantissa = '', exponent = ''] = seconds.toExponential().split('e');
  const power = Number(exponent);
  const whole = Number.isInteger(seconds) ? `${plain}(\\\\.0)?` : plain;
  if (power >= -4 && power < 6) return whole;
  const sign = power < 0 ? '-' : '\\\\+';
  return `${whole}|${mantissa.replaceAll('.', '\\\\.')}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
};

/**
 * How a measure is asked for: two PromQL texts that yield events per second over `window` (`5m`), summed, or summed by
 * the labels `groupBy`.
 * - `total` is absent without data and 0 without traffic. `errors` is present wherever `total` is: series of errors are
 *   only born with the first error, and until then they count 0.
 * - Nothing is ever NaN: it would spoil every sum over time that it falls into.
 * - `gauge`: samples per second. `ratio`: one event per second while it has a value, none while it is NaN (0 ÷ 0).
 * `native-histogram` needs Prometheus 3. `window` is a duration as PromQL writes it. `known` is a series of the answers
 * to `total`, from which `errors` takes them, so that what was asked is not asked again.
 */
export const measureQueries = (
  measure: Measure,
  groupBy: readonly string[],
  window: string,
  known?: string,
): MeasureQueries => {
  const sum = (expression: string): string => `${aggregate('sum', groupBy)}(${expression})`;
  // A recorded series has more labels than those that its answers are told apart by.
  const on = known === undefined ? '' : ` on (${groupBy.join(', ')})`;
  const orNone = (errors: string, total: string): string => `${errors} or${on} 0 * ${known ?? total}`;
  const rest = (good: string, total: string): string => `clamp_min(${known ?? total} -${on} ${good}, 0)`;
  const bad = (good: string, total: string): MeasureQueries => ({
    errors: rest(`(${orNone(good, total)})`, total),
    total,
  });
  switch (measure.kind) {
    case 'errors': {
      const total = sum(ranged('rate', measure.total, window));
      return { errors: orNone(sum(ranged('rate', measure.errors, window)), total), total };
    }
    case 'good':
      return bad(sum(ranged('rate', measure.good, window)), sum(ranged('rate', measure.total, window)));
    case 'histogram': {
      const { histogram, thresholdSeconds } = measure;
      const bucket = sibling(histogram, '_bucket', `le=~"${bucketPattern(thresholdSeconds)}"`);
      return bad(sum(ranged('rate', bucket, window)), sum(ranged('rate', sibling(histogram, '_count'), window)));
    }
    case 'native-histogram': {
      const rate = sum(ranged('rate', measure.histogram, window));
      const total = `histogram_count(${rate})`;
      const slow = `(1 - histogram_fraction(0, ${decimal(measure.thresholdSeconds)}, ${rate})) *${on} ${known ?? total}`;
      // Without traffic the fraction is NaN, which no comparison keeps.
      return { errors: orNone(`${slow} >= 0`, total), total };
    }
    case 'gauge': {
      const seconds = (parseDuration(window) ?? 0) / SECOND;
      const perSecond = (call: string): string => `${sum(ranged(call, measure.gauge, window))} / ${seconds}`;
      const total = perSecond('count_over_time');
      return { errors: rest(perSecond('sum_over_time'), total), total };
    }
    case 'ratio': {
      const share = closed(measure.ratio.replaceAll(WINDOW_WORD, window));
      const total = `${aggregate('max', groupBy)}((${share}) >= bool 0)`;
      const errors = `clamp_max(${aggregate('avg', groupBy)}((${share}) >= 0), 1)`;
      return { errors: orNone(errors, total), total };
    }
  }
};
