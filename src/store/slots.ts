import type { Slot } from '../slo/slot.ts';
import { rollingUp } from './roll-up.ts';
import { idOf, type SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import { FINE, checkSlot, mostCovered, marking, slotKey, writingSlots } from './slot-statements.ts';
import type { Sql, Statement } from './sql.ts';
import { recall } from './slot-recall.ts';
import type { SliSlot, Store } from './store.ts';
import type { Term } from './term.ts';

// Slices, so that a page that waits behind one in the store thread does not notice.
const REPLACED_AT_ONCE = 1_000;
const ROLLED_UP_AT_ONCE = 1_000;

// The instants of one SLI are sought one by one: 10 s slots lie in order of time, between those of all other SLIs.
const READ_FINE = `WITH RECURSIVE instant (start, newest) AS (
    SELECT CASE WHEN MIN(start) > $2 THEN MIN(start) ELSE CAST($2 AS BIGINT) END, MAX(start) FROM fine_slot
    UNION ALL SELECT start + ${FINE}, newest FROM instant WHERE start + ${FINE} < $3 AND start < newest)
  SELECT found.start, good, total, covered FROM instant
    INNER JOIN fine_slot AS found ON found.start = instant.start AND found.sli = $1
  WHERE found.start < $3 ORDER BY found.start`;
const READ = `SELECT start, good, total, covered FROM slot
  WHERE sli = $1 AND start >= $2 AND start < $3 AND width = $4 ORDER BY start`;
const READ_ALL_FINE = `SELECT sli, start, good, total, covered FROM fine_slot
  WHERE start >= $1 AND start < $2 ORDER BY start, sli`;
const READ_ALL = `SELECT sli, start, good, total, covered FROM slot
  WHERE start >= $1 AND start < $2 AND width = $3 ORDER BY start, sli`;

export const createSlots = (
  series: Sql,
  names: SeriesNames,
  writer: SeriesWriter,
  term: Term,
): Store['slots'] & { takeOver(fence: Statement | null): Promise<void> } => {
  let waiting = new Map<string, SliSlot>();
  // Marks that the database has already; cleared before a roll-up takes them away.
  const marked = new Set<string>();

  const saw = ({ sli, start, total, covered }: SliSlot): void => {
    if (covered > 0 || total > 0) names.sawData(sli, start);
  };

  writer.buffer(() => {
    const taken = [...waiting.values()];
    waiting = new Map();
    const isNew = (mark: string): boolean => !marked.has(mark) && Boolean(marked.add(mark));
    // Marks first: a mark without its slot is harmless, a slot without its mark would never be rolled up.
    return [...marking(taken, names, isNew), ...writingSlots(taken, names, 'add')];
  });

  // A disk that is full must not hide what is stored: the failed flush shows at its next turn.
  const settled = (): Promise<void> => writer.flush().catch(() => undefined);

  return {
    add: (slots) => {
      for (const slot of slots) {
        checkSlot(slot);
        saw(slot);
        const key = slotKey(slot);
        const before = waiting.get(key) ?? { good: 0, total: 0, covered: 0 };
        waiting.set(key, {
          ...slot,
          good: before.good + slot.good,
          total: before.total + slot.total,
          covered: Math.min(before.covered + slot.covered, mostCovered(slot.width)),
        });
      }
    },
    replace: async (slots) => {
      for (const slot of slots) checkSlot(slot);
      const rows = [...new Map(slots.map((slot) => [slotKey(slot), slot])).values()];
      for (let at = 0; at < rows.length; at += REPLACED_AT_ONCE) {
        const some = rows.slice(at, at + REPLACED_AT_ONCE);
        await writer.next(() => {
          for (const slot of some) saw(slot);
          return writer.commit([...writingSlots(some, names, 'replace'), ...marking(some, names, () => true)]);
        });
      }
    },
    read: async (sli, width, from, to) => {
      await settled();
      const id = await idOf(sli, names);
      if (id === undefined) return [];
      const fineFrom = Math.ceil(from / FINE) * FINE;
      const rows = await (width === FINE
        ? series.read<Omit<Slot, 'width'>>(READ_FINE, [id, fineFrom, to])
        : series.read<Omit<Slot, 'width'>>(READ, [id, from, to, width]));
      return rows.map(({ start, good, total, covered }) => ({ start, width, good, total, covered }));
    },
    readAll: async (width, from, to) => {
      await settled();
      type Found = Omit<Slot, 'width'> & { sli: number };
      const rows = await (width === FINE
        ? series.read<Found>(READ_ALL_FINE, [from, to])
        : series.read<Found>(READ_ALL, [from, to, width]));
      if (rows.some((row) => row.sli > names.highest())) await names.refresh();
      return rows.map(({ sli, start, good, total, covered }) => ({
        sli: names.name(sli),
        start,
        width,
        good,
        total,
        covered,
      }));
    },
    recall: async function* (spans) {
      await settled();
      yield* recall(series, names, spans);
    },
    firsts: () => Promise.resolve(names.firsts()),
    rollUp: async (now) => {
      if (!term.leads()) return;
      await writer.next(async () => {
        marked.clear();
        for (let id = 0; id <= names.highest(); id += ROLLED_UP_AT_ONCE)
          await writer.commit(rollingUp(now, id, id + ROLLED_UP_AT_ONCE));
      });
    },
    takeOver: (fence) => writer.takeOver(fence, () => marked.clear()),
    flush: () => writer.flush(),
  };
};
