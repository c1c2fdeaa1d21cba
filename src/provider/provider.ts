import { MINUTE } from '../duration.ts';
import type { Indicator } from '../slo/indicator.ts';
import type { Slot } from '../slo/slot.ts';

/** The indicators that are read from elsewhere, by queries. */
export type PulledIndicator =
  | Extract<Indicator, { kind: 'promql' }>
  | (Extract<Indicator, { kind: 'time-slice' }> & {
      source: Extract<Extract<Indicator, { kind: 'time-slice' }>['source'], { kind: 'query' }>;
    });

/** Which indicator is pulled at all; null for those that Nines measures itself. */
export const pulledIndicator = (indicator: Indicator): PulledIndicator | null => {
  if (indicator.kind === 'promql') return indicator;
  if (indicator.kind !== 'time-slice' || indicator.source.kind !== 'query') return null;
  return { ...indicator, source: indicator.source };
};

export const connectorOf = (indicator: PulledIndicator): string =>
  indicator.kind === 'promql' ? indicator.connector : indicator.source.connector;

/** Width of its slots, ms. */
export const widthOf = (indicator: PulledIndicator): number =>
  indicator.kind === 'promql' ? MINUTE : indicator.sliceMs;

/** Ranges begin and end at whole ones of these, ms. */
export const stepOf = (indicator: PulledIndicator): number => Math.max(MINUTE, widthOf(indicator));

/** How a request ended: the metric counts them by these words. */
export const REQUEST_OUTCOMES = [
  'ok',
  'partial',
  'bad-data',
  'timeout',
  'unauthorized',
  'throttled',
  'too-large',
  'malformed',
  'unavailable',
] as const;
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

export type PullFailure = {
  outcome: Exclude<RequestOutcome, 'ok' | 'partial'>;
  /** Only this query fails; else nothing of this connector can be read now. */
  scope: 'query' | 'connector';
  /** One sentence for people, without secrets. */
  text: string;
  retryAfterMs: number | null;
};

/**
 * `slots` lie in the range, each as wide as `widthOf` says, oldest first; a time without data has none. What was not read whole
 * is not among them, `partial` says why, and `coveredUntil` is where to ask from again.
 */
export type Pulled =
  | { ok: true; slots: readonly Slot[]; coveredUntil: number; partial: string | null }
  | { ok: false; failure: PullFailure };

/** Epoch ms, [from, to). */
export type PullRange = { from: number; to: number };

/** Where good and total come from that somebody else counted. Nothing here decides when to ask. */
export type Provider = {
  /** A failure to get an answer is a value. */
  pull(indicator: PulledIndicator, range: PullRange, signal?: AbortSignal): Promise<Pulled>;
};
