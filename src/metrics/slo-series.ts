import { METRICS } from '../names.ts';
import { createOptional, type Optional } from './optional.ts';
import type { Family, Labels, Series } from './series.ts';

/** What is exported of an SLO's status. Shares are 0 … 1, the objective is in parts per million, times are epoch ms; null = no data. */
export type SloNumbers = {
  slo: {
    id: string;
    system: string;
    environment: string;
    service: string;
    objective: number;
    window: { kind: 'rolling' | 'calendar' };
    notConfigured: string | null;
  };
  lastDataAt: number | null;
  /** `span` is that of the window. */
  budget: {
    remaining: number | null;
    /** As it was counted, where people left something out or corrected it. */
    before: { remaining: number | null } | null;
    coverage: number;
    span: { from: number; to: number };
  };
  burnRates: readonly { label: string; rate: number | null }[];
  tiers: readonly { name: string; severity: string; status: string }[];
};

/** Cumulative sums of settled slots, by SLO id: never falling, also across restarts. */
export type SliCounters = ReadonlyMap<string, { events: number; bad: number }>;

export type SloSeries = {
  /** All SLOs as they stand: what is not among them any more is no longer exported. */
  update(statuses: readonly SloNumbers[], counters: SliCounters): void;
};

const familiesIn = (series: Series) => ({
  lastData: series.gauge(METRICS.sliLastData, 'When data of the indicator last arrived, unix time.'),
  configured: series.gauge(METRICS.sloConfigured, '0 while something that it needs is not set on this machine.'),
  objective: series.gauge(METRICS.sloObjective, 'The share that must be good, 0 to 1.'),
  start: series.gauge(METRICS.windowStart, 'When the running calendar window began, unix time.'),
  end: series.gauge(METRICS.windowEnd, 'When the running calendar window ends, unix time.'),
  remaining: series.gauge(METRICS.budgetRemaining, 'Share of the error budget left; negative when it is overspent.'),
  counted: series.gauge(
    METRICS.budgetCounted,
    'Share of the error budget left as it was counted, without exclusions and corrections.',
  ),
  coverage: series.gauge(METRICS.budgetCoverage, 'Share of the window that is backed by data, since the first sample.'),
  burnRate: series.gauge(METRICS.burnRate, 'Error ratio of a look-back divided by the error budget.'),
  firing: series.gauge(METRICS.alertFiring, 'Whether the tier fires; 1 also while its data has ended.'),
  events: series.counter(METRICS.sliEvents, 'Events counted by the indicator.'),
  bad: series.counter(METRICS.sliBad, 'Events counted by the indicator that were not good.'),
});

type Families = ReturnType<typeof familiesIn>;

/** The series of one SLO: one per family, and one per look-back and tier, made when they are first seen. */
const createExported = (families: Families, labels: Labels) => {
  const made = new Map<string, Optional>();
  const at = (family: Family, key: string, more: Labels = {}): Optional => {
    let optional = made.get(key);
    if (!optional) {
      optional = createOptional(family, { ...labels, ...more });
      made.set(key, optional);
    }
    return optional;
  };
  return {
    show: (status: SloNumbers, counted: { events: number; bad: number } | undefined): void => {
      at(families.lastData, 'last').set(status.lastDataAt === null ? null : status.lastDataAt / 1_000);
      at(families.configured, 'configured').set(status.slo.notConfigured === null ? 1 : 0);
      at(families.objective, 'objective').set(status.slo.objective / 1_000_000);
      const calendar = status.slo.window.kind === 'calendar';
      at(families.start, 'start').set(calendar ? status.budget.span.from / 1_000 : null);
      at(families.end, 'end').set(calendar ? status.budget.span.to / 1_000 : null);
      at(families.remaining, 'remaining').set(status.budget.remaining);
      const { before } = status.budget;
      at(families.counted, 'counted').set(before ? before.remaining : status.budget.remaining);
      at(families.coverage, 'coverage').set(status.budget.coverage);
      at(families.events, 'events').set(counted?.events ?? null);
      at(families.bad, 'bad').set(counted?.bad ?? null);
      for (const { label, rate } of status.burnRates) {
        at(families.burnRate, `burn/${label}`, { window: label }).set(rate);
      }
      for (const { name, severity, status: tier } of status.tiers) {
        // Stale was firing and may still be true: absence never counts as recovery.
        const firing = tier === 'firing' || tier === 'stale' ? 1 : 0;
        at(families.firing, `tier/${name}/${severity}`, { tier: name, severity }).set(firing);
      }
    },
    /** Names of what this SLO has at present; another set means that its definition was changed. */
    shape: (status: SloNumbers): string =>
      JSON.stringify([
        status.burnRates.map(({ label }) => label),
        status.tiers.map(({ name, severity }) => [name, severity]),
      ]),
    clear: (): void => {
      for (const optional of made.values()) optional.set(null);
      made.clear();
    },
  };
};

const labelsOf = ({ id, system, environment, service }: SloNumbers['slo']): Labels => ({
  system,
  environment,
  service,
  slo: id.slice(id.lastIndexOf('/') + 1),
});

/** Objective, budget, burn rates and tiers of every SLO, and the counters of its indicator. */
export const createSloSeries = (series: Series): SloSeries => {
  const families = familiesIn(series);
  const exported = new Map<string, { of: ReturnType<typeof createExported>; shape: string }>();
  return {
    update: (statuses, counters) => {
      const ids = new Set(statuses.map(({ slo }) => slo.id));
      for (const [id, { of }] of exported) {
        if (ids.has(id)) continue;
        of.clear();
        exported.delete(id);
      }
      for (const status of statuses) {
        const { id } = status.slo;
        const entry = exported.get(id) ?? { of: createExported(families, labelsOf(status.slo)), shape: '' };
        const shape = entry.of.shape(status);
        if (entry.shape !== shape) entry.of.clear();
        entry.shape = shape;
        exported.set(id, entry);
        entry.of.show(status, counters.get(id));
      }
    },
  };
};
