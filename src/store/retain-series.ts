import { DAY, HOUR, MINUTE } from '../duration.ts';
import { FINE_KEPT, MINUTES_KEPT, OTHERS, RESULTS_KEPT, deleteBefore } from './retention.ts';
import type { Deleting, Retention, Tally } from './retention.ts';
import type { SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import { FINE } from './slot-statements.ts';
import type { Sql } from './sql.ts';

// Rows of one SLI at a time; a row is deleted in a few microseconds.
const SLOTS_AT_ONCE = 1_000;
const INSTANTS_AT_ONCE = 3 * FINE;
const RESULTS_AT_ONCE = 2 * HOUR;

type Parts = { series: Sql; names: SeriesNames; writer: SeriesWriter };

const retainFine = async (
  { names }: Parts,
  deleting: Deleting,
  now: number,
  retention: Retention,
  tally: Tally,
): Promise<void> => {
  const before = now - FINE_KEPT;
  for (;;) {
    const [row] = await deleting.read<{ oldest: number | null }>('SELECT MIN(start) AS oldest FROM fine_slot');
    const oldest = row?.oldest ?? null;
    if (oldest === null || oldest >= before) return;
    const until = [Math.min(before, oldest + INSTANTS_AT_ONCE)];
    const counts = await deleting.read<{ sli: number; count: number }>(
      'SELECT sli, COUNT(*) AS count FROM fine_slot WHERE start < $1 GROUP BY sli',
      until,
    );
    await deleting.commit([{ text: 'DELETE FROM fine_slot WHERE start < $1', values: until }]);
    for (const { sli, count } of counts) tally.deleted(retention.systemOf(names.name(sli)), 'fine_slot', count);
  }
};

/** A name of a system that is gone, with nothing under it, goes too. */
const forget = ({ series, names, writer }: Parts, id: number, name: string): Promise<void> =>
  writer.next(async () => {
    const rows = await series.read(
      `SELECT sli FROM slot WHERE sli = $1 UNION ALL SELECT probe FROM result WHERE probe = $1
        UNION ALL SELECT sli FROM fine_slot WHERE sli = $1 LIMIT 1`,
      [id],
    );
    if (rows.length > 0) return;
    await writer.commit([
      { text: 'DELETE FROM dirty WHERE sli = $1', values: [id] },
      { text: 'DELETE FROM name WHERE id = $1', values: [id] },
    ]);
    names.forget(name);
  });

/** Marks of slots that are gone: nothing is left to roll up under them. */
const retainMarks = async ({ names }: Parts, deleting: Deleting, now: number, retention: Retention): Promise<void> => {
  const shortest = Math.min(...retention.systems.map(retention.keptMs));
  const marks = await deleting.read<{ width: number; start: number; sli: number }>(
    'SELECT width, start, sli FROM dirty WHERE start < $1',
    [now - shortest],
  );
  const due = marks.filter(({ start, sli }) => start < now - retention.keptMs(retention.systemOf(names.name(sli))));
  for (let at = 0; at < due.length; at += SLOTS_AT_ONCE)
    await deleting.commit(
      due.slice(at, at + SLOTS_AT_ONCE).map(({ width, start, sli }) => ({
        text: 'DELETE FROM dirty WHERE width = $1 AND start = $2 AND sli = $3',
        values: [width, start, sli],
      })),
    );
};

/** Slots and check results. 10 s slots are kept 6 h, 1 m slots and results 14 d, or as long as their system wants if that is shorter. */
export const retainSeries = async (parts: Parts, now: number, retention: Retention, tally: Tally): Promise<void> => {
  const { series, names, writer } = parts;
  // Between two commits whatever else waits gets its turn: what probes found, and the tick that waits for it to be stored.
  const deleting: Deleting = {
    read: (text, values) => series.read(text, values),
    commit: (statements) => writer.next(() => writer.commit(statements)),
  };
  await retainFine(parts, deleting, now, retention, tally);
  for (const { id, name } of await series.read<{ id: number; name: string }>('SELECT id, name FROM name ORDER BY id')) {
    const system = retention.systemOf(name);
    const kept = retention.keptMs(system);
    const one = async (table: string, where: string, values: number[], time: string, ms: number, step: number) => {
      const { deleted, oldest } = await deleteBefore(deleting, { table, where, values, time }, now - ms, step);
      tally.deleted(system, table, deleted);
      tally.oldest(system, table, oldest);
      return oldest;
    };
    const slots = (width: number, ms: number) =>
      one('slot', 'sli = $1 AND width = $2', [id, width], 'start', ms, SLOTS_AT_ONCE * width);
    const left = [
      await slots(MINUTE, Math.min(kept, MINUTES_KEPT)),
      await slots(HOUR, kept),
      await slots(DAY, kept),
      await one('result', 'probe = $1', [id], 'at', Math.min(kept, RESULTS_KEPT), RESULTS_AT_ONCE),
    ];
    names.keptSince(name, now - kept);
    if (system === OTHERS && left.every((oldest) => oldest === null)) await forget(parts, id, name);
  }
  await retainMarks(parts, deleting, now, retention);
  // The names that were changed are written with the next commit.
  await writer.next(() => writer.commit([]));
};
