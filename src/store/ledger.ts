import { DAY, HOUR } from '../duration.ts';
import type { Slot } from '../slo/slot.ts';
import type { Sql } from './sql.ts';
import type { RecalledHours, Store } from './store.ts';

// From each name to the next: reading them off the rows would read all rows.
const SLOS = `WITH RECURSIVE one (slo) AS (
    SELECT MIN(slo) FROM ledger
    UNION ALL SELECT (SELECT MIN(ledger.slo) FROM ledger WHERE ledger.slo > one.slo) FROM one WHERE one.slo IS NOT NULL)
  SELECT slo FROM one WHERE slo IS NOT NULL`;

// The newest good hour stands for most: probes that run steadily give the same number every hour.
const SUMMARY = `SELECT COUNT(*) AS hours, MIN(start) AS first, (SELECT total FROM ledger
    WHERE slo = $1 AND start < $3 AND good = total AND covered = ${HOUR} ORDER BY start DESC LIMIT 1) AS usual
  FROM ledger WHERE slo = $1 AND start >= $2 AND start < $3`;

const DAYS = `WITH RECURSIVE day (start) AS (
    SELECT CAST($2 AS BIGINT) UNION ALL SELECT start + ${DAY} FROM day WHERE start + ${DAY} < $3)
  SELECT start,
    (SELECT COUNT(*) FROM ledger WHERE slo = $1 AND ledger.start >= day.start AND ledger.start < day.start + ${DAY}) AS hours
  FROM day`;

const UNUSUAL = `SELECT start, good, total, covered FROM ledger WHERE slo = $1 AND start >= $2 AND start < $3
  AND (good <> $4 OR total <> $4 OR covered <> ${HOUR} OR start >= $5) ORDER BY start`;
const READ = `SELECT start, good, total, covered FROM ledger WHERE slo = $1 AND start >= $2 AND start < $3 ORDER BY start`;

const hoursOf = (rows: Float64Array): Slot[] =>
  Array.from({ length: rows.length / 4 }, (_, row) => {
    const at = row * 4;
    const [start, good, total, covered] = [rows[at] ?? 0, rows[at + 1] ?? 0, rows[at + 2] ?? 0, rows[at + 3] ?? 0];
    return { start, width: HOUR, good, total, covered };
  });

/** Neighbouring days of a kind, as spans. */
const runs = (days: RecalledHours['days'], whole: boolean): { from: number; to: number }[] => {
  const found: { from: number; to: number }[] = [];
  for (const day of days) {
    const last = found.at(-1);
    if (day.whole !== whole) continue;
    if (last?.to === day.start) last.to += DAY;
    else found.push({ from: day.start, to: day.start + DAY });
  }
  return found;
};

type Summary = { hours: number; first: number | null; usual: number | null };

export const createLedger = (nines: Sql): Store['ledger'] => {
  /** The days from the first row on, and whether they have all their hours. */
  const daysOf = async (slo: string, summary: Summary | undefined, to: number): Promise<RecalledHours['days']> => {
    if (!summary || summary.first === null) return [];
    const { first, hours, usual } = summary;
    const begin = first - (first % DAY);
    // Seldom more than the first day has gaps: then nothing needs to be counted day by day.
    if (hours === (to - first) / HOUR)
      return Array.from({ length: (to - begin) / DAY }, (_, at) => {
        const start = begin + at * DAY;
        return { start, whole: usual !== null && start >= first };
      });
    const counted = await nines.numbers(DAYS, [slo, begin, to]);
    return Array.from({ length: counted.length / 2 }, (_, at) => ({
      start: counted[at * 2] ?? 0,
      whole: usual !== null && counted[at * 2 + 1] === DAY / HOUR,
    }));
  };
  const read = async (slo: string, from: number, to: number): Promise<Slot[]> =>
    hoursOf(await nines.numbers(READ, [slo, from, to]));
  return {
    saving: (rows) =>
      rows.map(({ slo, start, good, total, covered, revision }) => ({
        // An older revision that arrives late must not undo a correction.
        text: `INSERT INTO ledger (slo, start, good, total, covered, revision) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (slo, start) DO UPDATE SET good = excluded.good, total = excluded.total, covered = excluded.covered,
          revision = excluded.revision WHERE excluded.revision >= ledger.revision`,
        values: [slo, start, good, total, covered, revision],
      })),
    read,
    slos: async () => (await nines.read<{ slo: string }>(SLOS)).map(({ slo }) => slo),
    recall: async (slo, from, exactFrom, to) => {
      const [summary] = await nines.read<Summary>(SUMMARY, [slo, from, exactFrom]);
      const days = await daysOf(slo, summary, exactFrom);
      const total = summary?.usual ?? 0;
      const whole = runs(days, true);
      const last = whole.at(-1);
      // In the usual case one question is enough.
      if (last?.to === exactFrom) last.to = to;
      const rows = await Promise.all([
        ...whole.map(async (run) => hoursOf(await nines.numbers(UNUSUAL, [slo, run.from, run.to, total, exactFrom]))),
        ...runs(days, false).map((run) => read(slo, run.from, run.to)),
        ...(last?.to === to ? [] : [read(slo, exactFrom, to)]),
      ]);
      return {
        usual: { good: total, total, covered: HOUR },
        days,
        rows: rows.flat().sort((a, b) => a.start - b.start),
      };
    },
  };
};
