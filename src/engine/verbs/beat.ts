import type { Catalog } from '../../definition/catalog.ts';
import type { Store } from '../../store/store.ts';

/** A heartbeat reports in. False when no such probe exists; durable when it settles. */
export const beat = async (
  parts: { store: Store; catalog: () => Catalog; lastBeats: Map<string, number>; now: () => number },
  probe: string,
): Promise<boolean> => {
  if (parts.catalog().probes.get(probe)?.kind !== 'heartbeat') return false;
  const at = parts.now();
  await parts.store.commit(parts.store.beats.saving(probe, at));
  parts.lastBeats.set(probe, at);
  return true;
};
