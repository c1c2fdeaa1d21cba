import { writingResults, type Trimming } from './result-statements.ts';
import type { SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import { checkSlot, marking, slotKey, writingSlots } from './slot-statements.ts';
import type { Sql } from './sql.ts';
import type { SliSlot, Store } from './store.ts';

/** Few lengths of a list, so that few texts are ever prepared: the next power of two, filled up with its last entry. */
const filledUp = (ids: readonly number[]): number[] => {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  return Array.from({ length }, (_, index) => ids[Math.min(index, ids.length - 1)] ?? 0);
};

/** One slot for those with the same place. */
const summed = (slots: readonly SliSlot[]): SliSlot[] => {
  const sums = new Map<string, SliSlot>();
  for (const slot of slots) {
    checkSlot(slot);
    const { good = 0, total = 0, covered = 0 } = sums.get(slotKey(slot)) ?? {};
    sums.set(slotKey(slot), {
      ...slot,
      good: good + slot.good,
      total: total + slot.total,
      covered: Math.min(covered + slot.covered, slot.width),
    });
  }
  return [...sums.values()];
};

export const createReports = (
  series: Sql,
  names: SeriesNames,
  writer: SeriesWriter,
  trimming: Trimming,
): Store['reports'] => {
  return {
    known: async (location, results) => {
      // Another process may have stored what this one never did.
      if (results.some(({ probe }) => names.known(probe) === undefined)) await names.refresh();
      const ids = [...new Set(results.map(({ probe }) => names.known(probe)))].filter((id) => id !== undefined);
      if (ids.length === 0) return [];
      const listed = filledUp(ids);
      const instants = results.map(({ at }) => at);
      const rows = await series.read<{ probe: number; at: number }>(
        `SELECT probe, at FROM result WHERE location = $1 AND at >= $2 AND at <= $3
          AND probe IN (${listed.map((_, index) => `$${index + 4}`).join(', ')})`,
        [location, Math.min(...instants), Math.max(...instants), ...listed],
      );
      return rows.map(({ probe, at }) => `${at} ${names.name(probe)}`);
    },
    add: (results, slots) =>
      writer.next(() => {
        for (const { sli, start, total, covered } of slots) if (covered > 0 || total > 0) names.sawData(sli, start);
        const sums = summed(slots);
        return writer.commit([
          ...marking(sums, names, () => true),
          ...writingSlots(sums, names, 'add'),
          ...writingResults(results, names),
          ...trimming(results),
        ]);
      }),
  };
};
