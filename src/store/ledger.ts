import { HOUR } from '../duration.ts';
import type { Sql } from './sql.ts';
import type { Store } from './store.ts';

export const createLedger = (nines: Sql): Store['ledger'] => ({
  saving: (rows) =>
    rows.map(({ slo, start, good, total, covered, revision }) => ({
      // An older revision that arrives late must not undo a correction.
      text: `INSERT INTO ledger (slo, start, good, total, covered, revision) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (slo, start) DO UPDATE SET good = excluded.good, total = excluded.total, covered = excluded.covered,
          revision = excluded.revision WHERE excluded.revision >= ledger.revision`,
      values: [slo, start, good, total, covered, revision],
    })),
  readAll: async (from, to) => {
    const rows = await nines.read<{ slo: string; start: number; good: number; total: number; covered: number }>(
      'SELECT slo, start, good, total, covered FROM ledger WHERE start >= $1 AND start < $2',
      [from, to],
    );
    return rows.map(({ slo, ...row }) => ({ sli: slo, width: HOUR, ...row }));
  },
  read: async (slo, from, to) => {
    const rows = await nines.read<{ start: number; good: number; total: number; covered: number }>(
      'SELECT start, good, total, covered FROM ledger WHERE slo = $1 AND start >= $2 AND start < $3 ORDER BY start',
      [slo, from, to],
    );
    return rows.map(({ start, good, total, covered }) => ({ start, width: HOUR, good, total, covered }));
  },
});
