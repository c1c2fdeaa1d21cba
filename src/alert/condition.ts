import { holds, type Comparison } from '../slo/comparison.ts';
import { durationPhrase, measurePhrase } from '../slo/phrase.ts';
import { alertKey, localId, NOTHING_JUDGED, transitionTo } from './alert.ts';
import type { Alert, AlertIdentity, AlertStatus, Judged, Severity } from './alert.ts';

/**
 * Metric, comparison, threshold, duration. In this version a condition reads a probe:
 * - `failing`: 1 while the probe is down (its failure threshold reached), 0 while it is up
 * - `response-time`: seconds of the last check · `certificate-days`: days until the earliest certificate expires
 * or a reading that a provider delivers.
 */
export type Condition = {
  /** `duru-notes/api/gateway-down` */
  id: string;
  system: string;
  service: string;
  environment: string;
  name: string;
  source: { kind: 'probe'; probe: string; metric: string } | { kind: 'reading'; connector: string; metric: string };
  comparison: Comparison;
  threshold: number;
  unit: string;
  forMs: number;
  /** Expected time between two samples; a gap of more than two of them is unknown, not clear. */
  intervalMs: number;
  severity: Severity;
  notConfigured: string | null;
  /** Whether this version can measure it at all, whatever the references of this machine are set to. */
  served: boolean;
  covers: readonly string[];
  runbook: string | null;
};

/** One measured value, in the condition's unit, and when it was measured. */
export type Sample = { at: number; value: number };

/** How a condition stands. Plain data; `conditionState` restores it from the stored alert. */
export type ConditionState = {
  status: AlertStatus;
  /** Epoch ms (of samples) of the last change of status. */
  since: number;
  /** First sample of the present run of true ones; null when the last sample was false, or unknown followed it. */
  trueSince: number | null;
  last: Sample | null;
};

export const NEW_CONDITION: ConditionState = { status: 'clear', since: 0, trueSince: null, last: null };

/** State after a restart: what fired goes on firing until a sample, or their absence, says otherwise. */
export const conditionState = (alert: Alert | undefined, now: number): ConditionState => {
  if (alert === undefined || (alert.status !== 'firing' && alert.status !== 'stale')) return NEW_CONDITION;
  const last = alert.status === 'firing' ? { at: now, value: alert.value ?? alert.limit } : null;
  return { status: alert.status, since: alert.since, trueSince: alert.since, last };
};

export const conditionIdentity = (condition: Condition): AlertIdentity => ({
  system: condition.system,
  environment: condition.environment,
  service: condition.service,
  kind: 'condition',
  subject: localId(condition.id),
});

const became = (state: ConditionState, status: AlertStatus, at: number): ConditionState =>
  state.status === status ? state : { ...state, status, since: at };

/** More than two intervals without a sample: what fired is stale, what was pending begins anew. */
const throughGap = (state: ConditionState, condition: Condition, until: number): ConditionState => {
  if (state.last === null || until - state.last.at <= 2 * condition.intervalMs) return state;
  const silentAt = state.last.at + 2 * condition.intervalMs;
  if (state.status === 'firing') return became(state, 'stale', silentAt);
  if (state.status === 'pending') return { ...became(state, 'clear', silentAt), trueSince: null };
  return state;
};

const throughSample = (before: ConditionState, condition: Condition, sample: Sample): ConditionState => {
  if (before.last !== null && sample.at <= before.last.at) return before;
  const state = { ...throughGap(before, condition, sample.at), last: sample };
  if (!holds(sample.value, condition.comparison, condition.threshold))
    return { ...became(state, 'clear', sample.at), trueSince: null };
  // What had fired needs no second proof: it was never judged clear.
  const fired = state.status === 'firing' || state.status === 'stale';
  const trueSince = fired ? state.trueSince : (state.trueSince ?? sample.at);
  const held = fired || sample.at - (trueSince ?? sample.at) >= condition.forMs;
  return { ...became(state, held ? 'firing' : 'pending', sample.at), trueSince };
};

const valuePhrase = (value: number, unit: string): string => `${measurePhrase(value)}${unit === '' ? '' : ` ${unit}`}`;

const sentence = (condition: Condition, state: ConditionState): string => {
  const { source, comparison, threshold, unit } = condition;
  const limit = `${comparison} ${valuePhrase(threshold, unit)}`;
  const value = state.last === null ? 'unknown' : valuePhrase(state.last.value, unit);
  const held = state.last !== null && state.trueSince !== null ? state.last.at - state.trueSince : 0;
  const heldPhrase = held > 0 ? ` for ${durationPhrase(held)}` : '';
  if (state.status === 'stale') return `No fresh sample to judge it by; the last value was ${value}, limit ${limit}`;
  if (source.kind === 'probe' && source.metric === 'failing')
    return state.status === 'clear'
      ? `The probe ${source.probe} passes again`
      : `The probe ${source.probe} fails${heldPhrase}`;
  return `${source.metric} ${state.status === 'clear' ? 'is back at' : 'is'} ${value}${heldPhrase}, limit ${limit}`;
};

const alertOf = (condition: Condition, state: ConditionState): Alert => {
  const identity = conditionIdentity(condition);
  return {
    key: alertKey(identity),
    identity,
    severity: condition.severity,
    status: state.status,
    since: state.since,
    title: condition.name,
    detail: sentence(condition, state),
    value: state.status === 'stale' ? null : (state.last?.value ?? null),
    limit: condition.threshold,
    slo: null,
    runbook: condition.runbook,
  };
};

/** A state whose alert could not be told: it stands where it stood, and its last sample is judged again. */
export const untold = (before: ConditionState, judged: ConditionState): ConditionState => ({
  ...judged,
  status: before.status,
  since: before.since,
  last: judged.last && { ...judged.last, at: judged.last.at - 1 },
});

/**
 * Carries a condition through new samples (any order, repeats are ignored) to `now`: the instant up to which samples
 * can have come, so less the settle lag where the source has one. `for` counts the time between
 * samples that were all true; a gap of more than two intervals is unknown: firing becomes stale, pending begins anew.
 * Only a false sample clears. Call it with no samples too, so that silence is noticed.
 */
export const evaluateCondition = (
  condition: Condition,
  state: ConditionState,
  samples: readonly Sample[],
  now: number,
): Judged & { state: ConditionState } => {
  if (condition.notConfigured !== null) return { state, ...NOTHING_JUDGED };
  const usable = samples.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.at - b.at);
  const judged = usable.reduce((before, sample) => throughSample(before, condition, sample), state);
  const next = throughGap(judged, condition, now);
  const open = (status: AlertStatus): boolean => status === 'firing' || status === 'stale';
  if (next.status === 'clear' && !open(state.status)) return { state: next, ...NOTHING_JUDGED };
  const alert = alertOf(condition, next);
  const changed = next.status !== state.status && (open(next.status) || open(state.status));
  return { state: next, alerts: [alert], transitions: changed ? [transitionTo(alert, state.status, now)] : [] };
};
