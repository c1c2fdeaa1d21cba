import type { Catalog, Problem } from '../definition/catalog.ts';
import { problemText } from '../definition/catalog.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../clock.ts';

export type Loaded =
  | { catalog: Catalog; problems: readonly Problem[] }
  | { catalog: null; problems: readonly Problem[] };

/** The catalog in force, and the faulty one that is being ignored. */
export type CatalogHolder = {
  current(): Catalog;
  problems(): { since: number; problems: readonly Problem[] } | null;
  /** Swaps in what `source` gives when it is without mistakes; else keeps the running one and says so. */
  reload(): Promise<readonly Problem[]>;
  loadedAt(): number;
};

export type CatalogParts = {
  initial: Catalog;
  source: () => Promise<Loaded>;
  /** Called after a swap, before `reload` settles. */
  onSwap: (catalog: Catalog) => Promise<void>;
  onReload: (outcome: 'success' | 'failure') => void;
  clock: Clock;
  log: Log;
};

export const createCatalogHolder = (parts: CatalogParts): CatalogHolder => {
  let catalog = parts.initial;
  let loadedAt = parts.clock.now();
  let faulty: { since: number; problems: readonly Problem[] } | null = null;
  return {
    current: () => catalog,
    problems: () => faulty,
    loadedAt: () => loadedAt,
    async reload() {
      const loaded = await parts.source();
      if (!loaded.catalog) {
        faulty = { since: faulty?.since ?? parts.clock.now(), problems: loaded.problems };
        parts.log.error('The definitions are faulty: the catalog that was running stays in force.', {
          code: 'definition_invalid',
          problems: loaded.problems.slice(0, 20).map(problemText),
        });
        parts.onReload('failure');
        return loaded.problems;
      }
      catalog = loaded.catalog;
      loadedAt = parts.clock.now();
      faulty = null;
      await parts.onSwap(catalog);
      parts.onReload('success');
      parts.log.info('Catalog loaded.', {
        systems: catalog.systems.size,
        slos: catalog.slos.size,
        probes: catalog.probes.size,
      });
      return [];
    },
  };
};
