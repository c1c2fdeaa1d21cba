import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import type { Target } from '../probe/probe.ts';
import type { Store } from '../store/store.ts';

export type Bursts = {
  /**
   * Looks which happenings are young enough to count, and calls `repace` when other probes than before are checked more
   * often. Rejects when that rejects; then the next look calls it again.
   */
  look(now: number, repace: () => Promise<void>): Promise<void>;
  /** How often a probe is due now, ms. */
  intervalOf(probe: CatalogProbe): number;
  /** The target at its present pace; its timeout never outlasts it. */
  paced(target: Target, probe: CatalogProbe): Target;
};

/** Probes are checked more often for a while after a happening of their service, or of their whole system. */
export const createBursts = ({ catalog, store }: { catalog: () => Catalog; store: Store }): Bursts => {
  let bursting: ReadonlySet<string> = new Set();

  const intervalOf = (probe: CatalogProbe): number =>
    probe.burst && bursting.has(probe.id) ? probe.burst.intervalMs : probe.intervalMs;

  return {
    async look(now, repace) {
      const candidates = [...catalog().probes.values()].filter(({ burst, notConfigured }) => burst && !notConfigured);
      if (candidates.length === 0 && bursting.size === 0) return;
      const longest = Math.max(0, ...candidates.map(({ burst }) => burst?.forMs ?? 0));
      const happenings = await store.happenings.read(null, now - longest, now + 1);
      const after = candidates.filter((probe) =>
        happenings.some(
          ({ kind, system, service, at }) =>
            system === probe.system &&
            (service === null || service === probe.service) &&
            probe.burst?.after.includes(kind) === true &&
            now < at + probe.burst.forMs,
        ),
      );
      const ids = new Set(after.map(({ id }) => id));
      const before = bursting;
      if (ids.symmetricDifference(before).size === 0) return;
      // Whoever repaces asks for the new pace.
      bursting = ids;
      try {
        await repace();
      } catch (error) {
        bursting = before;
        throw error;
      }
    },
    intervalOf,
    paced: (target, probe) => {
      const intervalMs = intervalOf(probe);
      if (intervalMs === target.intervalMs) return target;
      return { ...target, intervalMs, timeoutMs: Math.min(target.timeoutMs, intervalMs) };
    },
  };
};
