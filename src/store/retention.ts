import { DAY, HOUR, MINUTE } from '../duration.ts';
import { FINE } from './slot-statements.ts';
import type { Sql, SqlValue } from './sql.ts';

export const FINE_KEPT = 6 * HOUR;
export const MINUTES_KEPT = 14 * DAY;
export const RESULTS_KEPT = 14 * DAY;

// Small enough that a page waiting behind it in the store thread does not notice.
const INSTANTS_AT_ONCE = 3 * FINE;

const remove = async (series: Sql, where: string, values: readonly SqlValue[]): Promise<number> => {
  const [row] = await series.read<{ count: number }>(`SELECT COUNT(*) AS count FROM ${where}`, values);
  const count = row?.count ?? 0;
  if (count > 0) await series.commit([{ text: `DELETE FROM ${where}`, values }]);
  return count;
};

const removeFine = async (series: Sql, before: number): Promise<number> => {
  let removed = 0;
  for (;;) {
    const [row] = await series.read<{ start: number | null }>('SELECT MIN(start) AS start FROM fine_slot');
    const oldest = row?.start ?? null;
    if (oldest === null || oldest >= before) return removed;
    removed += await remove(series, 'fine_slot WHERE start < $1', [Math.min(before, oldest + INSTANTS_AT_ONCE)]);
  }
};

/** Deletes what has been kept long enough, in small commits. Returns the number of rows. */
export const retainSeries = async (series: Sql, now: number, days: number): Promise<number> => {
  let removed = await removeFine(series, now - FINE_KEPT);
  for (const { id } of await series.read<{ id: number }>('SELECT id FROM name')) {
    removed += await remove(series, 'slot WHERE sli = $1 AND width = $2 AND start < $3', [
      id,
      MINUTE,
      now - MINUTES_KEPT,
    ]);
    removed += await remove(series, 'slot WHERE sli = $1 AND width IN ($2, $3) AND start < $4', [
      id,
      HOUR,
      DAY,
      now - days * DAY,
    ]);
    removed += await remove(series, 'result WHERE probe = $1 AND at < $2', [id, now - RESULTS_KEPT]);
  }
  return removed;
};
