import { retainNines } from './retain-nines.ts';
import { retainSeries } from './retain-series.ts';
import { createRetention, createTally, type RetentionReport } from './retention.ts';
import type { SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

const FACT = 'retention';

export const retainStore = (parts: {
  nines: Sql;
  series: Sql;
  names: SeriesNames;
  writer: SeriesWriter;
  facts: Store['facts'];
  /** Of several replicas only the one that writes series deletes. */
  leads: () => boolean;
  checkpoint: () => Promise<void>;
}): Pick<Store, 'retain' | 'retention'> => ({
  retain: async (now, systems) => {
    if (!parts.leads()) return { at: now, systems: [] };
    const retention = createRetention(systems);
    const tally = createTally(retention);
    await retainSeries(parts, now, retention, tally);
    await retainNines({ deleting: parts.nines, now, retention, tally });
    const report = tally.report(now);
    await parts.nines.commit(parts.facts.setting(FACT, JSON.stringify(report)));
    // What was deleted still stands in the logs until they are written into the files.
    await parts.checkpoint();
    return report;
  },
  retention: async () => {
    const stored = await parts.facts.get(FACT);
    return stored === null ? null : (JSON.parse(stored) as RetentionReport);
  },
});
