import { DAY, MINUTE } from '../duration.ts';
import type { Adjusted } from './adjustment.ts';
import { adjustedBudget, budget, observedSpan } from './budget.ts';
import type { TierName } from './burn-policy.ts';
import { budgetShareAtDetection, burnOf, burnRate, LOOK_BACKS } from './burn-rate.ts';
import { isFolded, type Faster, type Was } from './fold.ts';
import { forecast, forecastLookback } from './forecast.ts';
import { enoughBad, judgeTier, nextStatus } from './judge.ts';
import { countPhrase, durationPhrase, instantPhrase, sharePhrase } from './phrase.ts';
import type { Slo } from './slo.ts';
import type { Sums } from './slot.ts';
import type { Budget, BurnRate, Forecast, SloState, SloStatus, TierStatus } from './status.ts';
import { spanDays, windowLabel } from './window.ts';
import type { Spans } from './window.ts';

/** Sums of the look-back that ends at `end`: `rings.sums`. */
export type SumsOf = (lookbackMs: number, end: number) => Sums;

/** What an SLO needs to know of an alert about it. */
export type TierAlert = {
  identity: { kind: string; tier?: TierName };
  status: 'pending' | 'firing' | 'stale' | 'clear';
  /** Epoch ms of its last change of status. */
  since: number;
  title: string;
};

/** Below this share of the time since the first sample, nothing is said of the objective (design 4.4). */
export const LEAST_COVERAGE = 0.9;

/** How each tier of `slo` stands, given the sums of its look-backs (settle lag subtracted) and what its alert was. */
export const tierStatuses = (
  slo: Slo,
  sumsOf: SumsOf,
  end: number,
  windowDays: number,
  was: (tier: TierName) => Was | null,
): TierStatus[] => {
  const faster: Faster[] = [];
  return slo.tiers.map((tier) => {
    const long = sumsOf(tier.longMs, end);
    const short = sumsOf(tier.shortMs, end);
    const before = was(tier.name);
    const verdict = judgeTier(tier, long, short, slo.objective);
    const judged = nextStatus(before?.status ?? 'clear', verdict, enoughBad(long, slo.minBad));
    const status =
      judged !== 'clear' && verdict === 'burning' && isFolded(tier, before, faster, slo.objective, end)
        ? 'clear'
        : judged;
    faster.push({ tier, was: before, status, short });
    return {
      name: tier.name,
      factor: tier.factor,
      long: burnRate(long, slo.objective, tier.longMs),
      short: burnRate(short, slo.objective, tier.shortMs),
      severity: tier.severity,
      status,
      budgetShare: budgetShareAtDetection(tier, windowDays),
    };
  });
};

type Facts = {
  slo: Slo;
  budget: Budget;
  forecast: Forecast;
  tiers: readonly TierStatus[];
  firstDataAt: number | null;
  lastDataAt: number | null;
  observedMs: number;
  alerts: readonly TierAlert[];
  now: number;
};

type Judged = { state: SloState; because: string | null };

/** Why nobody can say how it stands; null when somebody can. */
const blind = ({ slo, budget, firstDataAt, lastDataAt, observedMs, now }: Facts): Judged | null => {
  if (slo.notConfigured !== null) return { state: 'not-configured', because: slo.notConfigured };
  // No incident is good news, not missing news.
  if (slo.indicator.kind === 'incident-clock') return null;
  if (firstDataAt === null || lastDataAt === null) return { state: 'no-data', because: 'No data has arrived yet.' };
  const silentMs = now - slo.settleLagMs - lastDataAt;
  if (silentMs >= slo.noData.afterMs) {
    const since = instantPhrase(lastDataAt, slo.zone, now);
    return { state: 'unknown', because: `No data since ${since} (${durationPhrase(silentMs)}).` };
  }
  // In the first minutes of a calendar period, data that is due has not had the time to come.
  if (budget.coverage < LEAST_COVERAGE && observedMs >= Math.min(slo.noData.afterMs, 15 * MINUTE)) {
    const gone = budget.remaining !== null && budget.remaining <= 0 ? '; in what is known, the budget is gone' : '';
    return { state: 'unknown', because: `Only ${sharePhrase(budget.coverage)} of the time has data${gone}.` };
  }
  return null;
};

const firingBecause = ({ tiers, alerts }: Facts): string | null => {
  const firing = tiers.find((tier) => tier.status === 'firing');
  if (firing === undefined) return null;
  const alert = alerts.find(({ identity, status }) => identity.tier === firing.name && status === 'firing');
  return `${alert?.title ?? `The alert ${firing.name} fires`}.`;
};

const overspent = ({ bad, badAllowed }: Budget): string =>
  `${countPhrase(bad)} were bad and the budget allows ${countPhrase(Math.floor(bad + (badAllowed ?? 0) + 1e-6))}: it is gone.`;

/** An alert that fires outweighs a gap in the books; a gap outweighs what the books say; silence outweighs all. */
const judge = (facts: Facts): Judged => {
  const { slo, budget, forecast, tiers } = facts;
  const unseen = blind(facts);
  const firing = firingBecause(facts);
  if (unseen !== null) {
    const burning = unseen.state === 'unknown' && firing !== null;
    return burning ? { state: 'at-risk', because: `${firing} ${unseen.because}` } : unseen;
  }
  if (budget.remaining !== null && budget.remaining <= 0) return { state: 'missed', because: overspent(budget) };
  if (firing !== null) return { state: 'at-risk', because: firing };
  if (tiers.some((tier) => tier.status === 'stale'))
    return {
      state: 'unknown',
      because: 'An alert fired, and there is not enough data since to say whether it is over.',
    };
  if (forecast.kind === 'ends') return { state: 'at-risk', because: forecast.text };
  if (budget.span.from < (facts.firstDataAt ?? budget.span.from))
    return { state: 'partial', because: `Data of ${budget.days.have} of ${budget.days.of} days.` };
  if (budget.total === 0 && (budget.before?.total ?? 0) > 0)
    return { state: 'ok', because: 'All that was counted in this window is left out of its budget.' };
  const because = budget.total > 0 ? null : `Nothing to count in this window (${windowLabel(slo.window)}) yet.`;
  return { state: 'ok', because };
};

/** Tiers, burn rates and forecast share look-backs: each is asked for once. */
const once = (sumsOf: SumsOf, end: number): SumsOf => {
  const known = LOOK_BACKS.map((ms) => sumsOf(ms, end));
  return (ms) => known[LOOK_BACKS.indexOf(ms)] ?? sumsOf(ms, end);
};

/** Look-backs shown: those of the tiers, and of the usual ones those that fit into the window. */
const shownLookBacks = (slo: Slo, windowDays: number): readonly number[] =>
  LOOK_BACKS.filter(
    (ms) => ms <= windowDays * DAY || slo.tiers.some((tier) => tier.longMs === ms || tier.shortMs === ms),
  );

/**
 * The whole standing of an SLO at `now`. `windowSums` are the sums of its window's span (`ledgerSums`) as counted,
 * `adjusted` what people made of them, `alerts` those about this SLO as last evaluated, `firstDataAt` and `lastDataAt` the
 * instants of its data (null = none ever).
 */
export const sloStatus = (of: {
  slo: Slo;
  spans: Spans;
  sumsOf: SumsOf;
  windowSums: Sums;
  adjusted: Adjusted | null;
  firstDataAt: number | null;
  lastDataAt: number | null;
  alerts: readonly TierAlert[];
  now: number;
}): SloStatus => {
  const { slo, alerts, firstDataAt, now } = of;
  const span = of.spans(slo.window, slo.zone, now);
  const end = now - slo.settleLagMs;
  const sumsOf = once(of.sumsOf, end);
  const lastDataAt = of.lastDataAt === null ? null : Math.min(of.lastDataAt, now);
  const budgetOf = (sums: Sums): Budget => budget(slo, sums, span, firstDataAt, now);
  const counted = budgetOf(of.windowSums);
  const budgeted = of.adjusted ? adjustedBudget(counted, of.adjusted, budgetOf) : counted;
  const days = spanDays(span);
  const wasOf = (name: TierName): Was | null =>
    alerts.find(({ identity }) => identity.kind === 'burn-rate' && identity.tier === name) ?? null;
  const tiers = tierStatuses(slo, sumsOf, end, days, wasOf);
  const burnRates: BurnRate[] = shownLookBacks(slo, days).map((ms) => burnRate(sumsOf(ms, end), slo.objective, ms));
  // While a tier fires, "this rate" is that of now; else one failed check would end a month's budget.
  const firing = tiers.find(({ status }) => status === 'firing');
  const rate = firing?.short.rate ?? burnOf(sumsOf(forecastLookback(slo.window), end), slo.objective);
  const predicted = forecast({ budget: budgeted, rate, window: slo.window, zone: slo.zone, now });
  const observed = observedSpan(slo, span, firstDataAt, now);
  const facts: Facts = {
    slo,
    budget: budgeted,
    forecast: predicted,
    tiers,
    firstDataAt,
    lastDataAt,
    observedMs: observed.to - observed.from,
    alerts,
    now,
  };
  return { slo, ...judge(facts), budget: budgeted, burnRates, tiers, forecast: predicted, lastDataAt };
};
