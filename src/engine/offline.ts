import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import { cutOff, whileCutOff, type Reference } from '../probe/connectivity.ts';
import type { CheckResult } from '../probe/probe.ts';
import type { ProbeStates } from './probe-states.ts';

export type OfflineParts = { catalog: () => Catalog; probeStates: Pick<ProbeStates, 'status'> };

/**
 * The result as it counts: while the references of its system say that this machine is cut off, it says nothing about
 * its target. What references themselves say stays as it is, or nobody could tell that the cut is over.
 */
export const createOffline =
  ({ catalog, probeStates }: OfflineParts) =>
  (probe: CatalogProbe, result: CheckResult): CheckResult => {
    const connectivity = catalog().systems.get(probe.system)?.connectivity;
    if (!connectivity || connectivity.probes.includes(probe.id)) return result;
    const references = connectivity.probes.flatMap((id): Reference[] => {
      const reference = catalog().probes.get(id);
      if (!reference) return [];
      return [{ id, intervalMs: reference.intervalMs, last: probeStates.status(reference, result.at).last }];
    });
    const why = cutOff(references, connectivity.atLeast, result.at);
    return why === null ? result : whileCutOff(result, why);
  };
