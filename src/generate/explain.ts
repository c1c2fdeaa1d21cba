import type { Catalog } from '../definition/catalog.ts';
import { DAY, SECOND } from '../duration.ts';
import { allowedLevels, type Ladder, type Policy } from '../incident/policy.ts';
import type { Tier } from '../slo/burn-policy.ts';
import { budgetShareAtDetection, timeToDetect, timeToReset } from '../slo/burn-rate.ts';
import { budgetShare, MILLION } from '../slo/objective.ts';
import type { Slo } from '../slo/slo.ts';
import { windowDays, windowLabel } from '../slo/window.ts';
import { FAST_INTERVAL, SCRAPE_INTERVAL, SLOW_INTERVAL } from './series.ts';

/** Shares of errors that detection times are given for: a total outage, one in ten, one in a hundred. */
export const ERROR_RATIOS = [1, 0.1, 0.01] as const;

export type ExplainedTier = {
  name: Tier['name'];
  severity: Tier['severity'];
  factor: number;
  /** The error ratio, 0 … 1, above which both look-backs must be. */
  threshold: number;
  longMs: number;
  shortMs: number;
  /** Share of the window's budget that is gone when it fires. */
  budgetShare: number;
  /** Per share of errors, after good operation and at constant traffic, ms; null = never. */
  detection: readonly { errorRatio: number; detectMs: number | null; resetMs: number | null }[];
};

export type ExplainedStep = { level: 1 | 2 | 3 | 4; afterMs: number; channels: readonly string[] };

/** What follows from an SLO before anything has happened. Durations are ms, shares 0 … 1. */
export type Explanation = {
  id: string;
  name: string;
  objective: number;
  window: string;
  zone: string;
  counts: string;
  /** Of the window that runs now. Bad events are known where the traffic is ours: checks. */
  budget: { windowDays: number; outageMs: number; events: { bad: number; total: number } | null };
  minBad: number;
  tiers: readonly ExplainedTier[];
  /** What comes on top of the detection times. */
  delays: { settleMs: number; intervalMs: number; rulesFastMs: number; rulesSlowMs: number };
  /** Who is called when, counted from the opening of the incident. */
  called: readonly { severity: 'critical' | 'warning'; steps: readonly ExplainedStep[]; repeatMs: number }[];
  /** Generated files that it is part of. */
  files: readonly string[];
  notConfigured: string | null;
};

/** A tier also waits for its bad events, of which `errorRatio` of all there are come. */
const detectMs = (slo: Slo, tier: Tier, errorRatio: number, everyMs: number): number | null => {
  const burning = timeToDetect(tier, slo.objective, errorRatio);
  if (burning === null) return null;
  const counted = (slo.minBad * everyMs) / errorRatio;
  return counted > tier.longMs ? null : Math.max(burning, counted);
};

const tierOf = (slo: Slo, tier: Tier, days: number, everyMs: number): ExplainedTier => ({
  name: tier.name,
  severity: tier.severity,
  factor: tier.factor,
  threshold: (tier.factor * (MILLION - slo.objective)) / MILLION,
  longMs: tier.longMs,
  shortMs: tier.shortMs,
  budgetShare: budgetShareAtDetection(tier, days),
  detection: ERROR_RATIOS.map((errorRatio) => ({
    errorRatio,
    detectMs: detectMs(slo, tier, errorRatio, everyMs),
    resetMs: timeToReset(tier, slo.objective, errorRatio),
  })),
});

/** How often the probes of an indicator count, ms between two events; null where the traffic is not ours. */
const eventEvery = (catalog: Catalog, slo: Slo): number | null => {
  const { indicator } = slo;
  if (indicator.kind === 'time-slice') return indicator.sliceMs;
  if (indicator.kind === 'freshness') return 10 * SECOND;
  if (indicator.kind !== 'probe' && indicator.kind !== 'latency') return null;
  const perMs = indicator.probes.reduce((sum, id) => sum + 1 / (catalog.probes.get(id)?.intervalMs ?? Infinity), 0);
  return perMs > 0 ? 1 / perMs : null;
};

const COUNTS: Readonly<Record<Slo['indicator']['kind'], string>> = {
  probe: 'checks; one that passes is good',
  latency: 'checks that are answered; one within the threshold is good',
  events: 'events of a provider',
  freshness: 'time, every 10 s; good while the last beat is young enough',
  'incident-clock': 'incidents; one that recovers in time is good',
  'time-slice': 'slices of time; one whose samples all hold is good',
  composite: 'the weighted events of its parts',
  promql: 'events by PromQL over metrics of your own',
};

const calledBy = (policy: Policy, ladder: Ladder, severity: 'critical' | 'warning', serviceTier: number) => {
  const recovery = ladder.recovery ? [{ level: 1 as const, afterMs: 0, channels: ['observe'] }] : [];
  return {
    severity,
    steps: [...recovery, ...allowedLevels({ severity, serviceTier, executive: false }, policy)],
    repeatMs: ladder.repeatMs,
  };
};

/** `now` decides how long the running month is; `files` are the paths of all generated files of its system. */
export const explainSlo = (catalog: Catalog, slo: Slo, files: readonly string[], now: number): Explanation => {
  const days = windowDays(slo.window, slo.zone, now);
  const every = eventEvery(catalog, slo);
  const total = every === null ? null : (days * DAY) / every;
  const service = catalog.services.get(`${slo.system}/${slo.service}`);
  const policy = service && catalog.policies.get(service.policy);
  const severities = [...new Set(slo.tiers.map(({ severity }) => severity))];
  return {
    id: slo.id,
    name: slo.name,
    objective: slo.objective,
    window: windowLabel(slo.window),
    zone: slo.zone,
    counts: COUNTS[slo.indicator.kind],
    budget: {
      windowDays: days,
      outageMs: days * DAY * budgetShare(slo.objective),
      events: total === null ? null : { bad: Math.floor((total * (MILLION - slo.objective)) / MILLION), total },
    },
    minBad: slo.minBad,
    tiers: slo.tiers.map((tier) => tierOf(slo, tier, days, every ?? 0)),
    delays: {
      settleMs: slo.settleLagMs,
      // The slots of a slice wait for its end already.
      intervalMs: slo.indicator.kind === 'time-slice' ? 0 : (every ?? 0),
      rulesFastMs: SCRAPE_INTERVAL + FAST_INTERVAL,
      rulesSlowMs: SCRAPE_INTERVAL + SLOW_INTERVAL,
    },
    called: policy ? severities.map((severity) => calledBy(policy, policy[severity], severity, service.tier)) : [],
    files,
    notConfigured: slo.notConfigured,
  };
};
