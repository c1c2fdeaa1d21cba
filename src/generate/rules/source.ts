import { parseDuration, SECOND } from '../../duration.ts';
import { METRICS } from '../../names.ts';
import { measureQueries } from '../../slo/measure.ts';
import type { MeasureQueries } from '../../slo/measure.ts';
import { RECORDED } from '../series.ts';
import type { RawLookBack } from '../series.ts';
import type { Subject } from './subject.ts';

/** Seconds since data last came, less what the source still revises; nothing before the first data. */
export const ageOfData = ({ slo, selector }: Subject): string => {
  const lag = slo.settleLagMs > 0 ? ` - ${slo.settleLagMs / SECOND}` : '';
  return `time() - max(${METRICS.sliLastData}${selector})${lag}`;
};

/**
 * Bad and all events per second over a raw look-back. Where Nines counts, its counters stand still through silence just
 * as they do without traffic: the time of its newest data tells them apart. `max`, because every replica exports the
 * same counters and they must not be added up. An incident clock has no input that could fall silent. Errors may read what
 * totals were recorded a moment before.
 */
export const rawQueries = (subject: Subject, window: RawLookBack): MeasureQueries => {
  const { slo, selector, groupBy, gapMs } = subject;
  if (slo.indicator.kind === 'promql')
    return measureQueries(slo.indicator.measure, groupBy, window, `${RECORDED.total(window)}${selector}`);
  const rate = (metric: string): string => `max(rate(${metric}${selector}[${window}]))`;
  const seconds = ((parseDuration(window) ?? 0) + gapMs) / SECOND;
  const hasData = slo.indicator.kind === 'incident-clock' ? '' : ` and on () (${ageOfData(subject)} < ${seconds})`;
  return { errors: rate(METRICS.sliBad), total: rate(METRICS.sliEvents) + hasData };
};
