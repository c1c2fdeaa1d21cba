import { HOUR, MINUTE } from '../duration.ts';
import type { Slot } from '../slo/slot.ts';
import type { SeriesNames } from './series-names.ts';
import { FINE } from './slot-statements.ts';
import type { Sql } from './sql.ts';
import type { Recalled, RecallSpans } from './store.ts';

// So many that one message holds neither the store thread nor the main loop for long.
const SLIS_AT_ONCE = 25;

const PARTS = 'part (ms) AS (VALUES (0), (10000), (20000), (30000), (40000), (50000))';

// CROSS JOINs, because SQLite keeps their order: from the SLI to its slots, and from a flawed slot to what lies in it.
const IN_TIME = `SELECT name.id AS sli, start, good, total, covered FROM name CROSS JOIN slot
  WHERE id >= $1 AND id < $2 AND sli = id AND width = $5 AND start >= $3 AND start < $4 ORDER BY id, start`;

const FLAWED_MINUTES = `SELECT minute.sli, minute.start, minute.good, minute.total, minute.covered
  FROM name CROSS JOIN slot AS hour CROSS JOIN slot AS minute
  WHERE id >= $1 AND id < $2 AND hour.sli = id AND hour.width = ${HOUR} AND hour.start >= $3 AND hour.start < $4
    AND (hour.good < hour.total OR hour.covered < ${HOUR})
    AND minute.sli = id AND minute.width = ${MINUTE} AND minute.start >= hour.start AND minute.start < hour.start + ${HOUR}
    AND (hour.covered < ${HOUR} OR minute.good < minute.total)
  ORDER BY minute.sli, minute.start`;

// Bad ones since $3, and since $5 also those of a minute that is not covered whole.
const FLAWED_FINE = `WITH ${PARTS}
  SELECT finer.sli, finer.start, finer.good, finer.total, finer.covered
  FROM name CROSS JOIN slot AS minute CROSS JOIN part CROSS JOIN fine_slot AS finer
  WHERE id >= $1 AND id < $2 AND minute.sli = id AND minute.width = ${MINUTE} AND minute.start >= $3 AND minute.start < $4
    AND (minute.good < minute.total OR (minute.covered < ${MINUTE} AND minute.start >= $5))
    AND finer.start = minute.start + ms AND finer.sli = id AND (minute.covered < ${MINUTE} OR finer.good < finer.total)
  ORDER BY finer.sli, finer.start`;

const DIRTY_MINUTES = `SELECT minute.sli, minute.start, minute.good, minute.total, minute.covered
  FROM dirty CROSS JOIN slot AS minute
  WHERE dirty.width = ${HOUR} AND dirty.sli >= $1 AND dirty.sli < $2 AND dirty.start >= $3 AND dirty.start < $4
    AND minute.sli = dirty.sli AND minute.width = ${MINUTE}
    AND minute.start >= dirty.start AND minute.start < dirty.start + ${HOUR}
  ORDER BY minute.sli, minute.start`;

const DIRTY_FINE = `WITH ${PARTS}
  SELECT finer.sli, finer.start, finer.good, finer.total, finer.covered
  FROM dirty CROSS JOIN part CROSS JOIN fine_slot AS finer
  WHERE dirty.width = ${MINUTE} AND dirty.sli >= $1 AND dirty.sli < $2 AND dirty.start >= $3 AND dirty.start < $4
    AND finer.start = dirty.start + ms AND finer.sli = dirty.sli
  ORDER BY finer.sli, finer.start`;

const TAIL = `SELECT sli, start, good, total, covered FROM fine_slot WHERE start >= $1 AND start < $2 ORDER BY start, sli`;

/** Slots of one width by SLI; of two for one instant the later given one counts. */
type ById = Map<number, Map<number, Slot>>;

const sort = (into: ById, width: number, rows: Float64Array): void => {
  for (let at = 0; at < rows.length; at += 5) {
    const [sli, start, good] = [rows[at] ?? 0, rows[at + 1] ?? 0, rows[at + 2] ?? 0];
    const [total, covered] = [rows[at + 3] ?? 0, rows[at + 4] ?? 0];
    const of = into.get(sli) ?? new Map<number, Slot>();
    of.set(start, { start, width, good, total, covered });
    into.set(sli, of);
  }
};

const inOrder = (slots: ReadonlyMap<number, Slot> | undefined): Slot[] =>
  [...(slots?.values() ?? [])].sort((a, b) => a.start - b.start);

/** See `Store.slots.recall`. */
export async function* recall(series: Sql, names: SeriesNames, spans: RecallSpans): AsyncGenerator<Recalled[]> {
  const { hoursFrom, minutesFrom, badFineFrom, fineFrom, settled, until } = spans;
  const tail: ById = new Map();
  sort(tail, FINE, await series.numbers(TAIL, [settled, until]));
  if ([...tail.keys()].some((id) => id > names.highest())) await names.refresh();

  const of = async (from: number): Promise<Recalled[]> => {
    const ids = [from, from + SLIS_AT_ONCE];
    const [hour, flawed, dirty, minute, fine, dirtyFine] = await Promise.all([
      series.numbers(IN_TIME, [...ids, hoursFrom, minutesFrom, HOUR]),
      series.numbers(FLAWED_MINUTES, [...ids, hoursFrom, minutesFrom]),
      series.numbers(DIRTY_MINUTES, [...ids, hoursFrom, minutesFrom]),
      series.numbers(IN_TIME, [...ids, minutesFrom, settled, MINUTE]),
      series.numbers(FLAWED_FINE, [...ids, badFineFrom, settled, fineFrom]),
      series.numbers(DIRTY_FINE, [...ids, badFineFrom, settled]),
    ]);
    const [hours, minutes, fines]: [ById, ById, ById] = [new Map(), new Map(), new Map()];
    sort(hours, HOUR, hour);
    for (const rows of [flawed, dirty, minute]) sort(minutes, MINUTE, rows);
    for (const rows of [fine, dirtyFine]) sort(fines, FINE, rows);
    const found: Recalled[] = [];
    for (let id = from; id < from + SLIS_AT_ONCE; id++) {
      const newest = tail.get(id);
      if (!hours.has(id) && !minutes.has(id) && !fines.has(id) && !newest) continue;
      found.push({
        sli: names.name(id),
        hours: inOrder(hours.get(id)),
        minutes: inOrder(minutes.get(id)),
        fine: [...inOrder(fines.get(id)), ...inOrder(newest)],
      });
    }
    return found;
  };

  // The store thread reads the next ones while the main loop works on these.
  let next = of(0);
  for (let id = 0; id <= names.highest(); id += SLIS_AT_ONCE) {
    const found = await next;
    next = id + SLIS_AT_ONCE <= names.highest() ? of(id + SLIS_AT_ONCE) : Promise.resolve([]);
    // Whoever stops halfway does not wait for it.
    next.catch(() => undefined);
    yield found;
  }
}
