import { DAY, HOUR, MINUTE } from '../duration.ts';
import { mostCovered } from './slot-statements.ts';
import type { Statement } from './sql.ts';

// Loaded history has coarse slots without, or with fewer, finer ones: what covers less never replaces what covers more.
const REPLACING = `ON CONFLICT (sli, width, start) DO UPDATE
  SET good = excluded.good, total = excluded.total, covered = excluded.covered WHERE excluded.covered >= slot.covered`;

const SUMS = (width: number): string => {
  const covered = 'SUM(finer.covered)';
  const most = mostCovered(width);
  return `SUM(finer.good), SUM(finer.total), ${most === Infinity ? covered : `CASE WHEN ${covered} > ${most} THEN ${most} ELSE ${covered} END`}`;
};

// $1 is the newest start that has closed, [$2, $3) the ids of SLIs. Seeks per slot, because a range over time would read every SLI each time.
const MINUTES = `WITH part (ms) AS (VALUES (0), (10000), (20000), (30000), (40000), (50000))
  INSERT INTO slot (sli, width, start, good, total, covered)
  SELECT dirty.sli, ${MINUTE}, dirty.start, ${SUMS(MINUTE)}
  FROM dirty CROSS JOIN part
    INNER JOIN fine_slot AS finer ON finer.start = dirty.start + part.ms AND finer.sli = dirty.sli
  WHERE dirty.width = ${MINUTE} AND dirty.start <= $1 AND dirty.sli >= $2 AND dirty.sli < $3
  GROUP BY dirty.sli, dirty.start ${REPLACING}`;

const COARSER = (width: number, finer: number): string => `INSERT INTO slot (sli, width, start, good, total, covered)
  SELECT dirty.sli, ${width}, dirty.start, ${SUMS(width)}
  FROM dirty INNER JOIN slot AS finer ON finer.sli = dirty.sli AND finer.width = ${finer}
    AND finer.start >= dirty.start AND finer.start < dirty.start + ${width}
  WHERE dirty.width = ${width} AND dirty.start <= $1 AND dirty.sli >= $2 AND dirty.sli < $3
  GROUP BY dirty.sli, dirty.start ${REPLACING}`;

const MARK_NEXT = (width: number, coarser: number): string => `INSERT INTO dirty (width, start, sli)
  SELECT DISTINCT ${coarser}, start - start % ${coarser}, sli FROM dirty WHERE width = ${width} AND start <= $1 AND sli >= $2 AND sli < $3
  ON CONFLICT DO NOTHING`;

const UNMARK = (width: number): string =>
  `DELETE FROM dirty WHERE width = ${width} AND start <= $1 AND sli >= $2 AND sli < $3`;

/**
 * Recomputes every closed minute, hour and day (in this order) that is marked, and takes the marks away, for SLIs with
 * ids in [from, to). A slot closes when `now` reaches its end. The same marks again give the same slots.
 */
export const rollingUp = (now: number, from: number, to: number): Statement[] => {
  const step = (text: string, width: number): Statement => ({ text, values: [now - width, from, to] });
  return [
    step(MINUTES, MINUTE),
    step(MARK_NEXT(MINUTE, HOUR), MINUTE),
    step(UNMARK(MINUTE), MINUTE),
    step(COARSER(HOUR, MINUTE), HOUR),
    step(MARK_NEXT(HOUR, DAY), HOUR),
    step(UNMARK(HOUR), HOUR),
    step(COARSER(DAY, HOUR), DAY),
    step(UNMARK(DAY), DAY),
  ];
};
