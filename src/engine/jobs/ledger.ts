import type { Catalog } from '../../definition/catalog.ts';
import { DAY, HOUR } from '../../duration.ts';
import type { Statement } from '../../store/sql.ts';
import type { Store } from '../../store/store.ts';
import type { Adjustments } from '../adjustments.ts';
import type { Windows } from '../windows.ts';

/** Late slots change an hour's books for this long after it closed. */
const OPEN_FOR = 2 * DAY;

/** `fence` heads every commit: the books are the leader's. */
export type LedgerParts = {
  store: Store;
  windows: Windows;
  catalog: Catalog;
  fence: readonly Statement[];
  adjustments: Pick<Adjustments, 'record'>;
};

/** Writes the hours that closed into the books; one that changed since is written again with the next revision. */
export const closeLedger = async (parts: LedgerParts, now: number): Promise<void> => {
  const { store, windows, catalog, fence } = parts;
  const closed = Math.floor(now / HOUR) * HOUR;
  for (const [slo, { system }] of catalog.slos) {
    // What retention has deleted must not come back from memory.
    const keptSince = Math.ceil((now - (catalog.systems.get(system)?.retentionMs ?? OPEN_FOR)) / HOUR) * HOUR;
    const from = Math.max(closed - OPEN_FOR, keptSince);
    const written = new Map((await store.ledger.read(slo, from, closed)).map((row) => [row.start, row]));
    const rows = windows.hours(slo, from, closed).filter((hour) => {
      const before = written.get(hour.start);
      return !before || before.good !== hour.good || before.total !== hour.total || before.covered !== hour.covered;
    });
    if (rows.length === 0) continue;
    await store.commit([
      ...fence,
      ...store.ledger.saving(
        rows.map(({ start, good, total, covered }) => ({ slo, start, good, total, covered, revision: now })),
      ),
    ]);
  }
  // After the books, which hold what was counted: people's word stands beside it.
  await parts.adjustments.record(now);
};
