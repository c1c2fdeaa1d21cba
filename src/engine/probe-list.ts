import type { Clock } from '../clock.ts';
import type { Catalog, CatalogProbe } from '../definition/catalog.ts';
import type { ProbeFilter, ProbeList, ProbeStatus } from './nines.ts';
import { createSlicer } from './slices.ts';

/** Some of the probes in the order of the catalog, and how many there are in each state; gives way to others. */
export const createProbeList =
  (parts: { clock: Clock; catalog: () => Catalog; statusOf: (probe: CatalogProbe) => ProbeStatus }) =>
  async ({ states = null, after = null, limit }: ProbeFilter): Promise<ProbeList> => {
    const breathe = createSlicer(parts.clock);
    const counts = new Map<ProbeStatus['state'], number>();
    const found: ProbeStatus[] = [];
    let passed = after === null;
    let next: string | null = null;
    for (const probe of parts.catalog().probes.values()) {
      const status = parts.statusOf(probe);
      counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
      const fits = passed && (states === null || states.includes(status.state));
      if (fits && found.length < limit) found.push(status);
      else if (fits) next ??= found.at(-1)?.probe.id ?? null;
      passed ||= probe.id === after;
      await breathe();
    }
    return { probes: found, counts, next };
  };
