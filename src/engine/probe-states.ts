import type { CatalogProbe } from '../definition/catalog.ts';
import { nextProbeState, NO_PROBE_STATE, type ProbeState } from '../probe/threshold.ts';
import type { StoredResult } from '../store/store.ts';
import type { ProbeStatus } from './nines.ts';

/** Silent for more intervals than this, a probe's last word is no longer the present. */
const STALE_INTERVALS = 3;

/** What each probe last said, and whether it counts as up or down. */
export type ProbeStates = {
  /** `heard` locations report on it, so that an interval brings that many results. */
  see(probe: CatalogProbe, result: StoredResult, heard?: number): void;
  /** The newest stored results replace what is known. */
  restore(results: readonly StoredResult[]): void;
  status(probe: CatalogProbe, now: number): Omit<ProbeStatus, 'explainedBy'>;
  /** Its newest check while it was down or under planned work; null when it was neither, as far as is remembered. */
  awayAt(id: string): number | null;
  /** Its newest three checks passed, all since `from`, and the last of them just now. */
  provedSince(probe: CatalogProbe, from: number, now: number): boolean;
  keepOnly(probes: ReadonlyMap<string, CatalogProbe>): void;
  /** The wall clock was set by `ms`: what is remembered goes with it. */
  clockSet(ms: number): void;
};

/** `passes`: starts of the newest passed checks in a row, at most three. `knownAt`: the last check that said anything about the target; unknown ones do not keep a state fresh. */
type Known = {
  state: ProbeState;
  last: StoredResult;
  knownAt: number;
  passes: readonly number[];
  awayAt: number | null;
};

/** So many good checks in a row prove a recovery (design 4.7). */
const PROOF = 3;

/** After a restart, the last check stands for the row it was in: one pass more must not end what its threshold defends. */
const restored = ({ outcome, at }: StoredResult): ProbeState =>
  outcome === 'unknown' ? NO_PROBE_STATE : { state: outcome === 'pass' ? 'up' : 'down', since: at, against: 0 };

const isAway = ({ state }: ProbeState, { reason }: StoredResult): boolean =>
  state === 'down' || reason === 'maintenance';

export const createProbeStates = (): ProbeStates => {
  const known = new Map<string, Known>();

  const stateOf = (probe: CatalogProbe, entry: Known | undefined, now: number): ProbeStatus['state'] => {
    if (probe.notConfigured) return 'not-configured';
    if (!entry || entry.knownAt === 0) return 'no-data';
    if (now - entry.knownAt > STALE_INTERVALS * Math.max(probe.intervalMs, 10_000)) return 'stale';
    if (entry.last.reason === 'maintenance') return 'maintenance';
    return entry.state.state === 'up' && entry.last.degraded ? 'degraded' : entry.state.state;
  };

  return {
    see(probe, result, heard = 1) {
      const before = known.get(probe.id);
      const state = nextProbeState(before?.state ?? NO_PROBE_STATE, result, {
        failureThreshold: probe.failureThreshold * heard,
        recoveryThreshold: probe.recoveryThreshold * heard,
      });
      const row = result.outcome === 'pass' ? [...(before?.passes ?? []), result.at].slice(-PROOF) : [];
      const passes = result.outcome === 'unknown' ? (before?.passes ?? []) : row;
      // Several locations report in batches: what is seen last is not always the newest.
      const newer = heard > 1 && before && before.last.at > result.at ? before : null;
      const tells = result.outcome !== 'unknown' || result.reason === 'maintenance';
      const knownAt = tells ? (newer?.knownAt ?? result.at) : (before?.knownAt ?? 0);
      const awayAt = isAway(state, result) ? Math.max(before?.awayAt ?? 0, result.at) : (before?.awayAt ?? null);
      known.set(probe.id, { state, last: newer?.last ?? result, knownAt, passes, awayAt });
    },
    restore(results) {
      known.clear();
      for (const result of results)
        known.set(result.probe, {
          state: restored(result),
          last: result,
          knownAt: result.at,
          passes: [],
          awayAt: isAway(restored(result), result) ? result.at : null,
        });
    },
    status(probe, now) {
      const entry = known.get(probe.id);
      return { probe, state: stateOf(probe, entry, now), since: entry?.state.since ?? null, last: entry?.last ?? null };
    },
    awayAt: (id) => known.get(id)?.awayAt ?? null,
    provedSince(probe, from, now) {
      const passes = known.get(probe.id)?.passes ?? [];
      const [first = 0] = passes;
      const fresh = now - (passes.at(-1) ?? 0) <= 2 * Math.max(probe.intervalMs, 1_000);
      return passes.length === PROOF && first >= from && fresh;
    },
    clockSet(ms) {
      for (const [id, { state, last, knownAt, passes, awayAt }] of known)
        known.set(id, {
          state: { ...state, since: state.since === null ? null : state.since + ms },
          last: { ...last, at: last.at + ms },
          knownAt: knownAt === 0 ? 0 : knownAt + ms,
          passes: passes.map((at) => at + ms),
          awayAt: awayAt === null ? null : awayAt + ms,
        });
    },
    keepOnly(probes) {
      for (const id of known.keys()) if (!probes.has(id)) known.delete(id);
    },
  };
};
