import { inserting } from './many.ts';
import { RESULTS_KEPT } from './retention.ts';
import { idOf, type SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import type { Sql, Statement } from './sql.ts';
import type { Store, StoredResult } from './store.ts';

/** Passed checks kept per probe; those that did not pass are kept for 14 days. */
export const PASSES_KEPT = 200;
const TRIMMED_EVERY = 50;
// While nothing can be written, memory must not grow without end.
const WAITING_AT_MOST = 20_000;

const COLUMNS = `result.at, duration_ms AS "durationMs", outcome, reason, detail, status, phases,
  certificate_expires_at AS "certificateExpiresAt", location, address, degraded, attempts, readings,
  stalled_ms AS "stalledMs"`;

// $2 is how many of the newest stay whatever they are; of the older ones, those that did not pass since $3.
const TRIM = `DELETE FROM result WHERE probe = $1
  AND at < (SELECT at FROM result WHERE probe = $1 ORDER BY at DESC LIMIT 1 OFFSET $2) AND (outcome = 'pass' OR at < $3)`;

type Stored = Omit<StoredResult, 'degraded'> & { degraded: number };

const parsed = (row: Stored): StoredResult => Object.assign(row, { degraded: row.degraded === 1 });

export const createResults = (series: Sql, names: SeriesNames, writer: SeriesWriter): Store['results'] => {
  let waiting: StoredResult[] = [];
  const untrimmed = new Map<string, number>();

  const trimming = (results: readonly StoredResult[]): Statement[] => {
    const due = new Map<string, number>();
    for (const { probe, at } of results) {
      const count = (untrimmed.get(probe) ?? 0) + 1;
      untrimmed.set(probe, count % TRIMMED_EVERY);
      if (count === TRIMMED_EVERY) due.set(probe, at);
    }
    return [...due].map(([probe, at]) => ({
      text: TRIM,
      values: [names.id(probe), PASSES_KEPT - 1, at - RESULTS_KEPT],
    }));
  };

  writer.buffer(() => {
    const taken = waiting;
    waiting = [];
    const rows = taken.map((result) => [
      names.id(result.probe),
      result.at,
      result.durationMs,
      result.outcome,
      result.reason,
      result.detail,
      result.status,
      result.phases,
      result.certificateExpiresAt,
      result.location,
      result.address,
      result.degraded ? 1 : 0,
      result.attempts,
      result.readings,
      result.stalledMs,
    ]);
    const head = `INSERT INTO result
      (probe, at, duration_ms, outcome, reason, detail, status, phases, certificate_expires_at, location, address,
      degraded, attempts, readings, stalled_ms)`;
    return [...inserting(head, rows, 'ON CONFLICT DO NOTHING'), ...trimming(taken)];
  });

  const settled = (): Promise<void> => writer.flush().catch(() => undefined);

  return {
    add: (results) => {
      waiting.push(...results);
      if (waiting.length > WAITING_AT_MOST) waiting.splice(0, waiting.length - WAITING_AT_MOST);
    },
    latest: async (probe, limit) => {
      await settled();
      const id = await idOf(probe, names);
      if (id === undefined) return [];
      const rows = await series.read<Omit<Stored, 'probe'>>(
        `SELECT ${COLUMNS} FROM result WHERE probe = $1 ORDER BY at DESC LIMIT $2`,
        [id, limit],
      );
      return rows.map((row) => parsed({ ...row, probe }));
    },
    newest: async () => {
      await settled();
      const rows = await series.read<Stored>(
        `SELECT name.name AS probe, ${COLUMNS} FROM name INNER JOIN result ON result.probe = name.id
          AND result.at = (SELECT MAX(at) FROM result AS later WHERE later.probe = name.id) ORDER BY name.name`,
      );
      return rows.map(parsed);
    },
  };
};
