import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import type { Target } from '../probe/probe.ts';
import type { Prober } from '../probe/prober.ts';
import type { Bursts } from './bursts.ts';
import type { Locations } from './locations.ts';
import { inSlices } from './slices.ts';

export type RepacingParts = {
  catalog: () => Catalog;
  /** What a prober is told of it, revealed; null when there is nothing to check or it is not configured. */
  target: (probe: CatalogProbe) => Target | null;
  bursts: Pick<Bursts, 'paced'>;
  locations: Pick<Locations, 'begin'>;
  prober: Pick<Prober, 'set'>;
  leads: () => boolean;
  turn: () => Promise<void>;
};

/**
 * Hands the targets of the running catalog to the prober and to agents, or none to one that does not lead. Whoever asks
 * while it is under way begins it anew: all of them settle when the newest is handed over.
 */
export const createRepacing = (parts: RepacingParts): (() => Promise<void>) => {
  let asked = 0;
  let newest: Promise<void> = Promise.resolve();

  const handOver = async (mine: number): Promise<void> => {
    const catalog = parts.catalog();
    const gathering = parts.locations.begin(catalog);
    const own: Target[] = [];
    const add = (probe: CatalogProbe): void => {
      const target = parts.target(probe);
      const paced = target && parts.bursts.paced(target, probe);
      if (gathering.add(probe, paced) && paced) own.push(paced);
    };
    const isWanted = (): boolean => mine === asked;
    if (!(await inSlices(catalog.probes.values(), add, parts.turn, isWanted))) return newest;
    gathering.apply();
    await parts.prober.set(parts.leads() ? own : []);
  };

  return () => (newest = handOver(++asked));
};
