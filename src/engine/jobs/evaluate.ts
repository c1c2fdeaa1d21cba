import { evaluateAbsence } from '../../alert/absence.ts';
import type { Alert, AlertTransition } from '../../alert/alert.ts';
import { evaluateCondition, type ConditionState } from '../../alert/condition.ts';
import type { Condition } from '../../alert/condition.ts';
import { evaluateSlo } from '../../alert/evaluate.ts';
import type { Clock } from '../../clock.ts';
import type { Catalog } from '../../definition/catalog.ts';
import { DAY } from '../../duration.ts';
import { createSpans } from '../../slo/window.ts';
import type { Slo } from '../../slo/slo.ts';
import { sloStatus } from '../../slo/state.ts';
import type { SloStatus } from '../../slo/status.ts';
import type { Store } from '../../store/store.ts';
import type { Incidents } from '../incidents.ts';
import type { ProbeStates } from '../probe-states.ts';
import type { Windows } from '../windows.ts';

/** Work on the main loop is given back to it after this long, ms. */
const SLICE = 5;

export type Evaluate = {
  /** Judges the SLOs of `only` (all of them when null) and every condition; writes transitions; refreshes statuses. */
  run(now: number, only: ReadonlySet<string> | null): Promise<void>;
  statuses(): readonly SloStatus[];
  status(id: string): SloStatus | undefined;
  alerts(): ReadonlyMap<string, Alert>;
  restore(alerts: readonly Alert[]): void;
  keepOnly(catalog: Catalog): void;
};

export type EvaluateParts = {
  store: Store;
  clock: Clock;
  catalog: () => Catalog;
  windows: Windows;
  probeStates: ProbeStates;
  incidents: Incidents;
  startedAt: number;
};

type Judged = { alerts: readonly Alert[]; transitions: readonly AlertTransition[] };

export const createEvaluate = (parts: EvaluateParts): Evaluate => {
  const { windows } = parts;
  const spans = createSpans();
  const alerts = new Map<string, Alert>();
  const statuses = new Map<string, SloStatus>();
  const conditionStates = new Map<string, ConditionState>();

  const refresh = (slo: Slo, tiers: SloStatus['tiers'], now: number): void => {
    const span = spans.of(slo.window, slo.zone, now);
    statuses.set(
      slo.id,
      sloStatus({
        slo,
        span,
        tiers,
        sumsOf: (ms) => windows.lookBack(slo.id, ms, now - slo.settleLagMs),
        windowSums: windows.window(slo.id, span, now),
        firstDataAt: windows.firstAt(slo.id),
        lastDataAt: windows.lastAt(slo.id),
        now,
      }),
    );
  };

  const judgeSlo = (slo: Slo, now: number): Judged => {
    const sumsOf = (ms: number) => windows.lookBack(slo.id, ms, now - slo.settleLagMs);
    const budgetRemaining = statuses.get(slo.id)?.budget.remaining ?? null;
    const burn = evaluateSlo({ slo, sumsOf, budgetRemaining, previous: alerts, now });
    refresh(slo, burn.tiers, now);
    if (slo.notConfigured) return burn;
    const lastDataAt = windows.lastAt(slo.id);
    const absence = evaluateAbsence(slo, { lastDataAt, startedAt: parts.startedAt, traffic: sumsOf(slo.noData.afterMs).total > 0 }, alerts, now);
    return { alerts: [...burn.alerts, ...absence.alerts], transitions: [...burn.transitions, ...absence.transitions] };
  };

  const sampleOf = (condition: Condition, now: number): { at: number; value: number } | null => {
    if (condition.source.kind !== 'probe') return null;
    const probe = parts.catalog().probes.get(condition.source.probe);
    if (!probe) return null;
    const { state, last } = parts.probeStates.status(probe, now);
    if (!last || last.outcome === 'unknown') return null;
    switch (condition.source.metric) {
      case 'failing':
        return { at: last.at, value: state === 'down' ? 1 : 0 };
      case 'response-time':
        return { at: last.at, value: last.durationMs / 1000 };
      case 'certificate-days':
        return last.certificateExpiresAt === null ? null : { at: last.at, value: (last.certificateExpiresAt - last.at) / DAY };
    }
  };

  const judgeCondition = (condition: Condition, now: number): Judged => {
    const judged = evaluateCondition(condition, conditionStates.get(condition.id) ?? null, sampleOf(condition, now), alerts, now);
    conditionStates.set(condition.id, judged.state);
    return judged;
  };

  /** Alerts are remembered only after their transitions are written: a failed commit is judged again on the next tick. */
  const settle = async (judged: Judged): Promise<void> => {
    const { transitions } = judged;
    for (const { id, at, alert } of transitions) {
      await parts.incidents.hear({ alert }, { id, at, type: 'alert', alert }, parts.store.alerts.saving([alert], at));
      alerts.set(alert.key, alert);
    }
    for (const alert of judged.alerts) alerts.set(alert.key, alert);
  };

  return {
    async run(now, only) {
      const catalog = parts.catalog();
      let sliceStart = parts.clock.monotonic();
      const breathe = async (): Promise<void> => {
        if (parts.clock.monotonic() - sliceStart < SLICE) return;
        await parts.clock.turn();
        sliceStart = parts.clock.monotonic();
      };
      for (const slo of catalog.slos.values()) {
        if (only && !only.has(slo.id)) continue;
        const judged = judgeSlo(slo, now);
        if (judged.transitions.length > 0) await settle(judged);
        else for (const alert of judged.alerts) alerts.set(alert.key, alert);
        await breathe();
      }
      for (const condition of catalog.conditions.values()) {
        if (condition.notConfigured) continue;
        await settle(judgeCondition(condition, now));
        await breathe();
      }
    },
    statuses: () => [...statuses.values()],
    status: (id) => statuses.get(id),
    alerts: () => alerts,
    restore(stored) {
      for (const alert of stored) alerts.set(alert.key, alert);
    },
    keepOnly(catalog) {
      for (const id of statuses.keys()) if (!catalog.slos.has(id)) statuses.delete(id);
      for (const id of conditionStates.keys()) if (!catalog.conditions.has(id)) conditionStates.delete(id);
    },
  };
};
