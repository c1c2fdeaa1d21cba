/** What must always hold. `broken` lists what breaks it, a few rows at most; the series are attached as `series`. */
export type Invariant = { what: string; broken: string };

const LIMIT = 'LIMIT 4';

// Sums are of floating-point numbers, added in another order.
const DIFFERS = (a: string, b: string): string => `ABS(${a} - ${b}) > 1e-6 * (1 + ABS(${b}))`;

const nines: readonly Invariant[] = [
  {
    what: 'one open incident per group',
    broken: `SELECT group_key FROM incident NOT INDEXED WHERE state <> 'resolved' GROUP BY group_key HAVING COUNT(*) > 1 ${LIMIT}`,
  },
  {
    what: 'incidents say the same in column and body',
    broken: `SELECT id FROM incident WHERE json_valid(body) = 0 OR body ->> '$.id' <> id OR body ->> '$.state' <> state
      OR body ->> '$.group' <> group_key ${LIMIT}`,
  },
  {
    what: 'timelines without gaps',
    broken: `SELECT incident FROM timeline GROUP BY incident HAVING MIN(seq) <> 1 OR MAX(seq) <> COUNT(*) ${LIMIT}`,
  },
  {
    what: 'no timeline without its incident',
    broken: `SELECT DISTINCT incident FROM timeline WHERE incident NOT IN (SELECT id FROM incident) ${LIMIT}`,
  },
  {
    what: 'no message without its incident',
    broken: `SELECT DISTINCT incident FROM outbox WHERE incident NOT IN (SELECT id FROM incident) ${LIMIT}`,
  },
  {
    what: 'one message at a time in a lane',
    broken: `SELECT lane FROM outbox WHERE state IN ('sending', 'uncertain') GROUP BY lane HAVING COUNT(*) > 1 ${LIMIT}`,
  },
  {
    what: 'the books hold no hour with more good than total',
    broken: `SELECT slo, start FROM ledger
      WHERE good < 0 OR good > total * (1 + 1e-9) OR covered < 0 OR covered > 3600000 OR start % 3600000 <> 0 ${LIMIT}`,
  },
];

const series: readonly Invariant[] = [
  {
    what: 'no slot with more good than total',
    broken: `SELECT sli, start FROM (
      SELECT sli, start, 10000 AS width, good, total, covered FROM series.fine_slot
      UNION ALL SELECT sli, start, width, good, total, covered FROM series.slot)
      WHERE good < 0 OR good > total * (1 + 1e-9) OR covered < 0 OR (width >= 3600000 AND covered > width) OR start % width <> 0 ${LIMIT}`,
  },
  {
    what: 'no slot without the name of its SLI',
    broken: `SELECT DISTINCT sli FROM series.slot WHERE sli NOT IN (SELECT id FROM series.name)
      UNION SELECT DISTINCT sli FROM series.fine_slot WHERE sli NOT IN (SELECT id FROM series.name)
      UNION SELECT DISTINCT probe FROM series.result WHERE probe NOT IN (SELECT id FROM series.name) ${LIMIT}`,
  },
];

const both: readonly Invariant[] = [
  {
    // An hour of which both saw the same part must have the same sums; one that was revised late is not compared.
    what: 'the books agree with the hourly slots',
    broken: `SELECT ledger.slo, ledger.start FROM ledger INNER JOIN series.name ON name.name = ledger.slo
      INNER JOIN series.slot ON slot.sli = name.id AND slot.width = 3600000 AND slot.start = ledger.start
      WHERE slot.covered = ledger.covered
        AND NOT EXISTS (SELECT 1 FROM series.dirty WHERE dirty.sli = slot.sli AND dirty.start = slot.start)
        AND (${DIFFERS('slot.good', 'ledger.good')} OR ${DIFFERS('slot.total', 'ledger.total')}) ${LIMIT}`,
  },
];

export const INVARIANTS = { nines, series, both } as const;
