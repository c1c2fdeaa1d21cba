import { conditionIdentity } from '../../alert/condition.ts';
import type { Condition } from '../../alert/condition.ts';
import { localId } from '../../alert/alert.ts';
import { identityLabels } from '../../alert/labels.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { DAY, MINUTE, SECOND } from '../../duration.ts';
import { METRICS, READING_METRICS } from '../../names.ts';
import { holds } from '../../slo/comparison.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import { stepsFor } from './arithmetic.ts';
import { FAST, seriesOf } from './story.ts';
import type { Check, Story } from './story.ts';
import { follower, gauge, stepsOf } from './timeline.ts';

const GAUGES: Readonly<Record<string, string>> = {
  failing: METRICS.probeFailing,
  degraded: METRICS.probeDegraded,
  'response-time': METRICS.probeDuration,
  'certificate-days': METRICS.probeCertExpiry,
};

/** A value each side of the threshold: 0 and 1 for what is only ever one of them. */
const sides = ({ comparison, threshold }: Condition): { clear: number; met: number } => {
  const step = Math.abs(threshold) <= 1 && Number.isInteger(threshold) ? 1 : Math.abs(threshold) / 10;
  const isAbove = comparison.startsWith('>');
  const inclusive = comparison.endsWith('=');
  return {
    met: inclusive ? threshold : threshold + (isAbove ? step : -step),
    clear: threshold + (isAbove ? -step : step),
  };
};

/** A condition that is met, that ends, and that stands exactly at its threshold. */
export const conditionStory = (catalog: Catalog, condition: Condition): Story | undefined => {
  const { source, comparison, threshold, forMs, severity, system, environment, service } = condition;
  const probe = source.kind === 'probe' ? catalog.probes.get(source.probe) : undefined;
  if (probe === undefined) return undefined;
  const readings: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = READING_METRICS;
  const metric = GAUGES[source.metric] ?? readings[probe.kind]?.[source.metric]?.[0];
  if (metric === undefined) return undefined;
  const { alertname, labels } = identityLabels(conditionIdentity(condition));
  const { met, clear } = sides(condition);
  const steps = (ms: number): number => stepsFor(ms, FAST.stepMs);
  const values = [clear, met, clear, threshold, clear];
  const spans = [5 * MINUTE, forMs + 2 * MINUTE, 5 * MINUTE, forMs + 2 * MINUTE, 5 * MINUTE].map(steps);
  const beats = values.map((value, index) => ({ steps: spans[index] ?? 0, total: 1, bad: value }));
  // An expiry is that many days ahead of the time.
  const written =
    source.metric === 'certificate-days'
      ? values
          .map((days, index) => {
            const before = stepsOf(beats.slice(0, index)) * FAST.stepMs;
            const lag = (-days * DAY - before) / SECOND;
            const text = follower([{ steps: spans[index] ?? 0, total: 1, bad: 0 }], FAST.stepMs / SECOND, lag);
            return index === 0 ? text : text.slice(text.indexOf(' ') + 1);
          })
          .join(' ')
      : gauge(beats, ({ bad }) => bad);
  const alert = seriesOf('ALERTS', { alertname, ...labels, alertstate: 'firing' });
  const firing = `count(${seriesOf('ALERTS', { alertname, ...labels, severity, alertstate: 'firing' })})`;
  const ends = spans.map((_, index) => stepsOf(beats.slice(0, index + 1)) * FAST.stepMs);
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = ends;
  const exact = holds(threshold, comparison, threshold);
  const early: Check[] =
    forMs >= MINUTE
      ? [{ atMs: first + forMs, expr: alert, value: null, because: `not yet for ${durationPhrase(forMs)}` }]
      : [];
  return {
    promise: 'fires when a condition has been met for its time, and clears',
    subject: condition.id,
    series: [{ series: seriesOf(metric, { system, environment, service, probe: localId(probe.id) }), values: written }],
    checks: [
      { atMs: first, expr: alert, value: null, because: `${clear} is not ${comparison} ${threshold}` },
      ...early,
      { atMs: second, expr: firing, value: 1, because: `${met} is ${comparison} ${threshold}` },
      { atMs: third, expr: alert, value: null, because: 'clear again' },
      exact
        ? { atMs: fourth, expr: firing, value: 1, because: 'the threshold itself is enough' }
        : { atMs: fourth, expr: alert, value: null, because: 'the threshold itself is not enough' },
      { atMs: fifth, expr: alert, value: null, because: 'clear again' },
    ],
  };
};
