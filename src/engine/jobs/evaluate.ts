import { evaluateAbsence } from '../../alert/absence.ts';
import { alertKey, transitionTo, type Alert, type Judged } from '../../alert/alert.ts';
import {
  conditionIdentity,
  conditionState,
  evaluateCondition,
  untold,
  type Condition,
  type ConditionState,
  type Sample,
} from '../../alert/condition.ts';
import { evaluateSlo } from '../../alert/evaluate.ts';
import { NINES } from '../../alert/judges.ts';
import type { Clock } from '../../clock.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { DAY, HOUR } from '../../duration.ts';
import type { Adjusted } from '../../slo/adjustment.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloStatus } from '../../slo/state.ts';
import type { SloStatus } from '../../slo/status.ts';
import { createSpans, spanDays } from '../../slo/window.ts';
import type { Adjustments } from '../adjustments.ts';
import { forEach } from '../each.ts';
import { createSlicer } from '../slices.ts';
import type { Silenced } from '../dependencies.ts';
import type { Judges } from '../judges.ts';
import type { ProbeStates } from '../probe-states.ts';
import type { Windows } from '../windows.ts';

/** The longest short look-back: by then an outage has left every tier. */
const CLEAR_KEPT = 6 * HOUR;

export type Evaluate = {
  /** Judges the SLOs of `only` (all of them when null) and every condition; writes what changed. */
  run(now: number, only: ReadonlySet<string> | null): Promise<void>;
  statuses(): readonly SloStatus[];
  /** Makes all statuses, giving way to others: `statuses()` costs nothing right afterwards. */
  refresh(): Promise<void>;
  status(id: string): SloStatus | undefined;
  /** What people made of the budget's window; null when they left it as it was counted. */
  adjusted(id: string): Adjusted | null;
  /** Pending, firing, stale and lately cleared ones as the embedded evaluator alone sees them, by key. */
  alerts(): ReadonlyMap<string, Alert>;
  silenced(): readonly Silenced[];
  /** What it said itself, of what is stored, replaces what is remembered. */
  adopt(alerts: readonly Alert[]): void;
  keepOnly(catalog: Catalog): void;
  /** The wall clock was set by `ms`: what conditions remember goes with it. */
  clockSet(ms: number): void;
};

export type EvaluateParts = {
  clock: Clock;
  catalog: () => Catalog;
  windows: Windows;
  adjustments: Pick<Adjustments, 'of'>;
  probeStates: ProbeStates;
  judges: Pick<Judges, 'hear'>;
  /** Since when data could have reached us. */
  listeningSince: () => number;
  /** Why an alert that fires is not told now; null when it is. */
  silences: (alert: Alert, now: number) => string | null;
};

/** Another judge's word must not be taken for its own, or it would clear what it never fired. */
const ownOf = ({ judges, ...alert }: Alert): Alert | null => {
  if (judges === undefined) return alert;
  const word = judges[NINES];
  return word ? { ...alert, status: word.status, since: word.at } : null;
};

export const createEvaluate = (parts: EvaluateParts): Evaluate => {
  const { windows } = parts;
  const spans = createSpans();
  const alerts = new Map<string, Alert>();
  const silenced = new Map<string, Silenced>();
  const conditionStates = new Map<string, ConditionState>();
  // A status costs far more than a judgement, so it is made when somebody looks, at most once per judgement.
  const statuses = new Map<string, SloStatus>();

  const sumsOf = (slo: Slo) => (ms: number, end: number) => windows.lookBack(slo.id, ms, end);

  /** The window's sums, the one place where budgets are adjusted: look-backs of alerts stay as they were counted. */
  const booked = (slo: Slo, now: number) => {
    const span = spans(slo.window, slo.zone, now);
    const windowSums = windows.window(slo.id, span, now - slo.settleLagMs);
    return { windowSums, adjusted: parts.adjustments.of(slo, span, windowSums, now - slo.settleLagMs) };
  };

  const statusOf = (slo: Slo): SloStatus => {
    let status = statuses.get(slo.id);
    if (!status) {
      const now = parts.clock.now();
      status = sloStatus({
        slo,
        spans,
        sumsOf: sumsOf(slo),
        ...booked(slo, now),
        firstDataAt: windows.firstAt(slo.id),
        lastDataAt: windows.lastAt(slo.id),
        alerts: [...alerts.values()].filter((alert) => alert.slo === slo.id),
        now,
      });
      statuses.set(slo.id, status);
    }
    return status;
  };

  const judgeSlo = (slo: Slo, now: number): Judged => {
    statuses.delete(slo.id);
    const days = spanDays(spans(slo.window, slo.zone, now));
    const judge = (budgetRemaining: number | null) =>
      evaluateSlo({ slo, sumsOf: sumsOf(slo), budgetRemaining, previous: alerts, now, days });
    const quick = judge(null);
    // The sentence of an alert names the budget, which is worth its cost only when there is an alert.
    const burn = quick.alerts.length > 0 ? judge(statusOf(slo).budget.remaining) : quick;
    const arrivals = {
      lastDataAt: windows.lastAt(slo.id),
      lastTrafficAt: windows.lastTrafficAt(slo.id),
      startedAt: parts.listeningSince(),
    };
    const absence = evaluateAbsence(slo, arrivals, alerts, now);
    if (burn.alerts.length > 0 || absence.alerts.length > 0) statuses.delete(slo.id);
    return { alerts: [...burn.alerts, ...absence.alerts], transitions: [...burn.transitions, ...absence.transitions] };
  };

  const samplesOf = ({ source }: Condition, now: number): readonly Sample[] => {
    const probe = source.kind === 'probe' ? parts.catalog().probes.get(source.probe) : undefined;
    if (!probe || source.kind !== 'probe') return [];
    const { state, last } = parts.probeStates.status(probe, now);
    if (!last || last.outcome === 'unknown') return [];
    switch (source.metric) {
      case 'failing':
        if (state === 'down') return [{ at: last.at, value: 1 }];
        // Neither up nor down says nothing: silence clears no condition. Degraded is up, only not well.
        return state === 'up' || state === 'degraded' ? [{ at: last.at, value: 0 }] : [];
      case 'response-time':
        return [{ at: last.at, value: last.durationMs / 1000 }];
      case 'certificate-days':
        return last.certificateExpiresAt === null
          ? []
          : [{ at: last.at, value: (last.certificateExpiresAt - last.at) / DAY }];
      case 'degraded':
        return last.outcome === 'pass' ? [{ at: last.at, value: last.degraded ? 1 : 0 }] : [];
      default: {
        const value = (JSON.parse(last.readings) as Record<string, unknown>)[source.metric];
        return typeof value === 'number' ? [{ at: last.at, value }] : [];
      }
    }
  };

  const knownOf = (condition: Condition, now: number): ConditionState =>
    conditionStates.get(condition.id) ?? conditionState(alerts.get(alertKey(conditionIdentity(condition))), now);

  /** A cleared alert is remembered for as long as a slower tier may fold into it. */
  const remember = (alert: Alert): void => void alerts.set(alert.key, alert);
  const forgetCleared = (now: number): void => {
    for (const [key, { status, since }] of alerts)
      if (status === 'clear' && since + CLEAR_KEPT <= now) alerts.delete(key);
  };

  /** Alerts are remembered only after their transitions are written: a failed commit is judged again on the next tick. */
  const settle = async (judged: Judged): Promise<void> => {
    const now = parts.clock.now();
    for (const { at, alert } of judged.transitions) {
      const because = alert.status === 'firing' ? parts.silences(alert, now) : null;
      if (because !== null) {
        // Not remembered, so that the next judgement finds it new again, and it is told once nothing explains it.
        silenced.set(alert.key, { alert, because, since: silenced.get(alert.key)?.since ?? now });
        continue;
      }
      silenced.delete(alert.key);
      await parts.judges.hear([{ judge: NINES, at, alert, leaseMs: null }]);
      remember(alert);
    }
    for (const alert of judged.alerts) if (!silenced.has(alert.key)) remember(alert);
  };

  /** What was silenced and does not fire any more never was. */
  const unsilence = (judged: Judged, isOf: (alert: Alert) => boolean): void => {
    for (const [key, { alert }] of silenced)
      if (isOf(alert) && !judged.transitions.some((one) => one.alert.key === key)) silenced.delete(key);
  };

  const isDefined = (catalog: Catalog, { identity, slo }: Alert): boolean => {
    const id = `${identity.system}/${identity.service}/${identity.subject}`;
    if (identity.kind === 'condition') return catalog.conditions.get(id)?.notConfigured === null;
    const defined = catalog.slos.get(slo ?? id);
    if (!defined || defined.notConfigured !== null) return false;
    return identity.kind !== 'burn-rate' || defined.tiers.some(({ name }) => name === identity.tier);
  };

  /** What fired for something that is no longer defined has no judge any more: it ends, or it would climb for ever. */
  const retire = async (catalog: Catalog, now: number): Promise<void> =>
    forEach([...alerts.values()], async (alert) => {
      if (alert.status === 'clear' || isDefined(catalog, alert)) return;
      const title = `${alert.title} (no longer defined)`;
      const ended: Alert = {
        ...alert,
        status: 'clear',
        since: now,
        title,
        detail: 'Nobody judges it any more',
        value: null,
      };
      await settle({ alerts: [ended], transitions: [transitionTo(ended, alert.status, now)] });
    });
  let retiredFor: Catalog | null = null;

  return {
    async run(now, only) {
      const catalog = parts.catalog();
      if (retiredFor !== catalog) await retire(catalog, now);
      retiredFor = catalog;
      forgetCleared(now);
      const breathe = createSlicer(parts.clock);
      const slos = async (): Promise<void> =>
        forEach(catalog.slos.values(), async (slo) => {
          if (only && !only.has(slo.id)) return;
          const judged = judgeSlo(slo, now);
          unsilence(judged, ({ slo: of }) => of === slo.id);
          if (judged.alerts.length > 0) await settle(judged);
          await breathe();
        });
      const conditions = async (): Promise<void> =>
        forEach(catalog.conditions.values(), async (condition) => {
          const known = knownOf(condition, now);
          const judged = evaluateCondition(condition, known, samplesOf(condition, now), now);
          const key = alertKey(conditionIdentity(condition));
          unsilence(judged, (alert) => alert.key === key);
          if (judged.alerts.length > 0) await settle(judged);
          conditionStates.set(condition.id, silenced.has(key) ? untold(known, judged.state) : judged.state);
          await breathe();
        });
      // What cannot be judged or stored for one must not keep an alert of another from being heard.
      await forEach([slos, conditions], (judging) => judging());
    },
    async refresh() {
      const breathe = createSlicer(parts.clock);
      for (const slo of parts.catalog().slos.values()) {
        statusOf(slo);
        await breathe();
      }
    },
    statuses: () => [...parts.catalog().slos.values()].map(statusOf),
    status(id) {
      const slo = parts.catalog().slos.get(id);
      return slo && statusOf(slo);
    },
    adjusted(id) {
      const slo = parts.catalog().slos.get(id);
      return slo ? booked(slo, parts.clock.now()).adjusted : null;
    },
    alerts: () => alerts,
    silenced: () => [...silenced.values()],
    adopt(stored) {
      alerts.clear();
      statuses.clear();
      // What this replica knew of them may be of a term long past.
      silenced.clear();
      conditionStates.clear();
      for (const alert of stored) {
        const own = ownOf(alert);
        if (own) remember(own);
      }
    },
    clockSet(ms) {
      for (const [id, { last, since, trueSince, ...state }] of conditionStates)
        conditionStates.set(id, {
          ...state,
          since: since + ms,
          trueSince: trueSince === null ? null : trueSince + ms,
          last: last && { ...last, at: last.at + ms },
        });
    },
    keepOnly(catalog) {
      statuses.clear();
      for (const id of conditionStates.keys()) if (!catalog.conditions.has(id)) conditionStates.delete(id);
    },
  };
};
