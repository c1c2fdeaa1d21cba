import type { Catalog, Problem } from '../definition/catalog.ts';
import { problemText } from '../definition/catalog.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { createSerial } from './serial.ts';

export type Loaded =
  | { catalog: Catalog; problems: readonly Problem[] }
  | { catalog: null; problems: readonly Problem[] };

/** The catalog in force, and the faulty one that is being ignored. */
export type CatalogHolder = {
  current(): Catalog;
  problems(): { since: number; problems: readonly Problem[] } | null;
  /** Swaps in what `source` gives when it is without mistakes; else keeps the running one and says so. Never rejects. */
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
  const serially = createSerial();

  const refuse = (problems: readonly Problem[]): readonly Problem[] => {
    faulty = { since: faulty?.since ?? parts.clock.now(), problems };
    parts.log.error('The definitions are faulty: the catalog that was running stays in force.', {
      code: 'definition_invalid',
      problems: problems.slice(0, 20).map(problemText),
    });
    parts.onReload('failure');
    return problems;
  };

  const reload = async (): Promise<readonly Problem[]> => {
    const loaded = await parts.source();
    if (!loaded.catalog) return refuse(loaded.problems);
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
  };

  return {
    current: () => catalog,
    problems: () => faulty,
    loadedAt: () => loadedAt,
    // One after the other, or the files of yesterday could win. A folder that is gone must not end whoever asked.
    reload: () =>
      serially(() =>
        reload().catch((error: unknown) =>
          refuse([{ file: 'definitions', line: 1, column: 1, message: messageOf(error) }]),
        ),
      ),
  };
};
