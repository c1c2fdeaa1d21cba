import { SECOND } from '../duration.ts';
import type { Tier } from '../slo/burn-policy.ts';
import { burnOf } from '../slo/burn-rate.ts';
import type { Comparison } from '../slo/comparison.ts';
import type { Indicator, Measure } from '../slo/indicator.ts';
import { countPhrase, durationPhrase, instantPhrase, measurePhrase, sharePhrase } from '../slo/phrase.ts';
import type { Slo } from '../slo/slo.ts';
import type { Sums } from '../slo/slot.ts';
import { tierStatuses } from '../slo/state.ts';
import type { SumsOf } from '../slo/state.ts';
import type { TierStatus } from '../slo/status.ts';
import { windowDays } from '../slo/window.ts';
import { alertKey, localId, NOTHING_JUDGED, transitionTo } from './alert.ts';
import type { Alert, AlertIdentity, AlertTransition, Judged } from './alert.ts';

export type SloEvaluation = Judged & { tiers: readonly TierStatus[] };

type Known = { identity: AlertIdentity; key: string };

// SLOs of a catalog never change, and hashing four identities for each of 10,000 on every tick would be the whole tick.
const KNOWN = new WeakMap<Slo, ReadonlyMap<string, Known>>();

const identitiesOf = (slo: Slo): ReadonlyMap<string, Known> => {
  let known = KNOWN.get(slo);
  if (known === undefined) {
    known = new Map(
      slo.tiers.map((tier) => {
        const identity = burnRateIdentity(slo, tier);
        return [tier.name, { identity, key: alertKey(identity) }];
      }),
    );
    KNOWN.set(slo, known);
  }
  return known;
};

/** Who the alert of a tier is, whoever judges it. */
export const burnRateIdentity = (slo: Slo, tier: Tier): AlertIdentity => ({
  system: slo.system,
  environment: slo.environment,
  service: slo.service,
  kind: 'burn-rate',
  subject: localId(slo.id),
  tier: tier.name,
});

/** What a sample is that does not fulfil the comparison. */
const BROKEN: Readonly<Record<Comparison, string>> = {
  '<': 'not below',
  '<=': 'above',
  '>': 'not above',
  '>=': 'below',
};

/** What was counted as bad, after how many of how many. */
const measured = (measure: Measure): string => {
  switch (measure.kind) {
    case 'histogram':
    case 'native-histogram':
      return `events took longer than ${durationPhrase(measure.thresholdSeconds * SECOND)}`;
    case 'ratio':
      return 'seconds were bad';
    case 'gauge':
      return 'samples were bad';
    case 'errors':
    case 'good':
      return 'events were bad';
  }
};

const badPhrase = (indicator: Indicator, sums: Sums, ms: number): string => {
  const span = durationPhrase(ms);
  const counts = `${countPhrase(sums.total - sums.good)} of ${countPhrase(sums.total)}`;
  switch (indicator.kind) {
    case 'probe':
      return `${counts} checks failed in ${span}`;
    case 'latency':
      return `${counts} checks were slower than ${durationPhrase(indicator.thresholdMs)} in ${span}`;
    case 'freshness':
      return `${counts} times the last beat was older than ${durationPhrase(indicator.maxAgeMs)} in ${span}`;
    case 'incident-clock':
      return `${counts} incidents lasted longer than ${durationPhrase(indicator.withinMs)} in ${span}`;
    case 'time-slice': {
      const sample = indicator.source.kind === 'probe' ? indicator.source.metric : 'a value';
      const broken = `${BROKEN[indicator.comparison]} ${indicator.threshold}`;
      return `${counts} slices of ${durationPhrase(indicator.sliceMs)} had ${sample} ${broken} in ${span}`;
    }
    case 'composite':
      return `${counts} events of its parts were bad in ${span}`;
    case 'promql':
      return `${counts} ${measured(indicator.measure)} in ${span}`;
    case 'events':
      return `${counts} events were bad in ${span}`;
  }
};

const rate = (value: number | null): string => (value === null ? 'unknown' : measurePhrase(value));

/** What the alert of a tier is called, whoever judges it. */
export const burnRateTitle = (slo: Slo, tier: Tier): string =>
  tier.factor === 1
    ? `${slo.name} burns its budget too fast`
    : `${slo.name} burns its budget more than ${measurePhrase(tier.factor)} times too fast`;

type Look = { tier: Tier; long: Sums; short: Sums; longRate: number | null; shortRate: number | null };

const detail = (slo: Slo, status: Alert['status'], look: Look, budgetRemaining: number | null, now: number): string => {
  const { tier, long, longRate, shortRate } = look;
  if (status === 'stale') {
    const since = instantPhrase(now, slo.zone, now);
    return `Not enough data since about ${since} to say whether it is over; it was still burning when last seen`;
  }
  if (status === 'clear') {
    const spans = `${rate(longRate)} in ${durationPhrase(tier.longMs)} and ${rate(shortRate)} in ${durationPhrase(tier.shortMs)}`;
    return `Burn rate is ${spans}, limit ${measurePhrase(tier.factor)}`;
  }
  const left =
    budgetRemaining === null
      ? ''
      : budgetRemaining > 0
        ? `; ${sharePhrase(budgetRemaining)} of the budget is left`
        : '; the budget is gone';
  return `${badPhrase(slo.indicator, long, tier.longMs)} (burn rate ${rate(longRate)}, limit ${measurePhrase(tier.factor)})${left}`;
};

type Change = {
  slo: Slo;
  look: Look;
  known: Known;
  status: 'firing' | 'stale' | 'clear';
  before: Alert | undefined;
  budgetRemaining: number | null;
  now: number;
};

/** The alert as it stands now. What is stale keeps the sentence with which it became so. */
const alertOf = ({ slo, look, known, status, before, budgetRemaining, now }: Change): Alert => {
  const same = before?.status === status;
  if (same && status === 'stale') return before;
  return {
    key: known.key,
    identity: known.identity,
    severity: look.tier.severity,
    status,
    since: same ? before.since : now,
    title: burnRateTitle(slo, look.tier),
    detail: detail(slo, status, look, budgetRemaining, now),
    value: status === 'stale' ? null : look.longRate,
    limit: look.tier.factor,
    slo: slo.id,
    runbook: slo.runbook,
  };
};

/**
 * Judges the tiers of one SLO at `now`. `sumsOf` is asked for look-backs that end at now − settle lag (its second
 * argument); `previous` holds the alerts by key, those of other objects may be among them. An alert fires when both
 * look-backs are strictly above the factor (and page tiers have `minBad` bad events), clears only when judged below on
 * data, and is stale while nobody can judge. `alerts` holds those that are firing or stale, and those just cleared.
 */
export const evaluateSlo = (of: {
  slo: Slo;
  sumsOf: SumsOf;
  /** Share of the budget that is left, for the sentence of the alert. */
  budgetRemaining: number | null;
  previous: ReadonlyMap<string, Alert>;
  now: number;
  /** Days of the SLO's window, where the caller knows them already. */
  days?: number;
}): SloEvaluation => {
  const { slo, sumsOf, budgetRemaining, previous, now } = of;
  if (slo.notConfigured !== null || slo.tiers.length === 0) return { ...NOTHING_JUDGED, tiers: [] };
  const end = now - slo.settleLagMs;
  const days = of.days ?? windowDays(slo.window, slo.zone, now);
  const was = (name: string): Alert | undefined =>
    previous.size === 0 ? undefined : previous.get(identitiesOf(slo).get(name)!.key);
  const tiers = tierStatuses(slo, sumsOf, end, days, (name) => was(name) ?? null);
  let alerts: Alert[] | null = null;
  let transitions: AlertTransition[] | null = null;
  for (const [index, { name, status }] of tiers.entries()) {
    const before = was(name);
    const open = before?.status === 'firing' || before?.status === 'stale';
    if (status === 'pending' || status === 'unknown' || (status === 'clear' && !open)) continue;
    const tier = slo.tiers[index]!;
    const long = sumsOf(tier.longMs, end);
    const short = sumsOf(tier.shortMs, end);
    const rates = { longRate: burnOf(long, slo.objective), shortRate: burnOf(short, slo.objective) };
    const look = { tier, long, short, ...rates };
    const alert = alertOf({ slo, look, known: identitiesOf(slo).get(name)!, status, before, budgetRemaining, now });
    (alerts ??= []).push(alert);
    if (before?.status !== status) (transitions ??= []).push(transitionTo(alert, before?.status ?? 'clear', now));
  }
  return { alerts: alerts ?? NOTHING_JUDGED.alerts, transitions: transitions ?? NOTHING_JUDGED.transitions, tiers };
};
