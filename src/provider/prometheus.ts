import type { Line, PrometheusAnswer, PrometheusClient, PrometheusFailure } from '../client/prometheus.ts';
import { MINUTE, SECOND } from '../duration.ts';
import { holds } from '../slo/comparison.ts';
import { measureQueries } from '../slo/measure.ts';
import { slotStart, type Slot } from '../slo/slot.ts';
import { stepOf } from './provider.ts';
import type { Provider, Pulled, PulledIndicator, PullFailure, PullRange, RequestOutcome } from './provider.ts';

type Promql = Extract<PulledIndicator, { kind: 'promql' }>;
type TimeSlice = Extract<PulledIndicator, { kind: 'time-slice' }>;

/** Values at the ends of their slots, by instant. */
type Values = ReadonlyMap<number, number>;
type Read = { ok: true; values: Values; partial: string | null } | { ok: false; failure: PullFailure };

const OF_ONE_QUERY: ReadonlySet<PrometheusFailure['reason']> = new Set(['bad-data', 'timeout', 'too-large']);

const failureOf = ({ reason, text, retryAfterMs }: PrometheusFailure): PullFailure => ({
  outcome: reason,
  scope: OF_ONE_QUERY.has(reason) ? 'query' : 'connector',
  text,
  retryAfterMs,
});

const tooMany = (count: number): PullFailure => ({
  outcome: 'bad-data',
  scope: 'query',
  text: `The query answers with ${count} series where one value is due: put sum(…) or max(…) around it`,
  retryAfterMs: null,
});

/**
 * The look-back of `rate` whose increments, asked for once a minute, add up to those of the counter: whole scrapes of a
 * minute and one more, because `rate` loses the step between two windows that do not overlap.
 */
export const rateWindow = (scrapeIntervalMs: number): string => {
  const scrapes = Math.ceil(MINUTE / scrapeIntervalMs) + 1;
  return `${Math.ceil((scrapes * scrapeIntervalMs) / SECOND)}s`;
};

// Whole counts come out of a rate with dust on them; thousandths of a thousandth of an event are no events.
const counted = (perSecond: number): number => Math.round(perSecond * (MINUTE / SECOND) * 1e6) / 1e6;

/** Per minute; where either is missing or no number, there is no slot: missing is not zero. */
const eventSlots = (errors: Values, total: Values): Slot[] =>
  [...total].flatMap(([end, perSecond]) => {
    const bad = errors.get(end);
    if (bad === undefined || perSecond < 0) return [];
    const events = counted(perSecond);
    const good = Math.max(0, events - Math.max(0, counted(bad)));
    return [{ start: end - MINUTE, width: MINUTE, good: Math.round(good * 1e6) / 1e6, total: events, covered: MINUTE }];
  });

const sampleStep = ({ sliceMs }: TimeSlice): number => Math.min(MINUTE, sliceMs);

/** Per slice with samples: bad when one of them is; covered as far as there are any. */
const sliceSlots = (indicator: TimeSlice, samples: Values): Slot[] => {
  const { sliceMs, comparison, threshold } = indicator;
  const step = sampleStep(indicator);
  const slots = new Map<number, Slot>();
  for (const [end, value] of samples) {
    const start = slotStart(end - step, sliceMs);
    const slot = slots.get(start) ?? { start, width: sliceMs, good: 1, total: 1, covered: 0 };
    const good = holds(value, comparison, threshold) ? slot.good : 0;
    slots.set(start, { ...slot, good, covered: Math.min(sliceMs, slot.covered + step) });
  }
  return [...slots.values()];
};

const valuesOf = (lines: readonly Line[]): Values =>
  new Map((lines[0]?.points ?? []).filter(([, value]) => Number.isFinite(value)));

/**
 * Reads by the range queries of a Prometheus-compatible API. `onRequest` hears how each ended.
 * An answer that the server itself calls partial yields no slots: half of the series would make up errors, or hide them.
 */
export const createPrometheusProvider = (parts: {
  client: PrometheusClient;
  scrapeIntervalMs: number;
  onRequest: (outcome: RequestOutcome) => void;
}): Provider => {
  const { client, onRequest } = parts;
  const window = rateWindow(parts.scrapeIntervalMs);

  const heard = <T>(answer: PrometheusAnswer<T>): PrometheusAnswer<T> => {
    onRequest(answer.ok ? (answer.partial === null ? 'ok' : 'partial') : answer.failure.reason);
    return answer;
  };

  const read = async (promql: string, { from, to }: PullRange, stepMs: number, signal?: AbortSignal): Promise<Read> => {
    const answer = heard(await client.queryRange(promql, { from: from + stepMs, to, stepMs }, signal));
    if (!answer.ok) return { ok: false, failure: failureOf(answer.failure) };
    if (answer.value.length > 1) return { ok: false, failure: tooMany(answer.value.length) };
    return { ok: true, values: valuesOf(answer.value), partial: answer.partial };
  };

  const events = async ({ measure }: Promql, range: PullRange, signal?: AbortSignal): Promise<Pulled> => {
    // Groups are for the rules: the budget is over all of them together.
    const queries = measureQueries(measure, [], window);
    const total = await read(queries.total, range, MINUTE, signal);
    if (!total.ok) return total;
    const errors = await read(queries.errors, range, MINUTE, signal);
    if (!errors.ok) return errors;
    return pulled(eventSlots(errors.values, total.values), range, total.partial ?? errors.partial);
  };

  const slices = async (indicator: TimeSlice, range: PullRange, signal?: AbortSignal): Promise<Pulled> => {
    const samples = await read(indicator.source.query, range, sampleStep(indicator), signal);
    return samples.ok ? pulled(sliceSlots(indicator, samples.values), range, samples.partial) : samples;
  };

  return {
    async pull(indicator, range, signal) {
      const step = stepOf(indicator);
      const whole = { from: slotStart(range.from, step), to: slotStart(range.to, step) };
      if (whole.from >= whole.to) return pulled([], whole, null);
      return indicator.kind === 'promql' ? events(indicator, whole, signal) : slices(indicator, whole, signal);
    },
  };
};

const pulled = (slots: readonly Slot[], { from, to }: PullRange, partial: string | null): Pulled =>
  partial === null
    ? { ok: true, slots, coveredUntil: to, partial }
    : { ok: true, slots: [], coveredUntil: from, partial };
