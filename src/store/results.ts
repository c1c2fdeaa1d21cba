import { writingResults, type Trimming } from './result-statements.ts';
import { idOf, type SeriesNames } from './series-names.ts';
import type { SeriesWriter } from './series-writer.ts';
import type { Sql } from './sql.ts';
import type { Store, StoredResult } from './store.ts';

// While nothing can be written, memory must not grow without end.
const WAITING_AT_MOST = 20_000;

const COLUMNS = `result.at, duration_ms AS "durationMs", outcome, reason, detail, status, phases,
  certificate_expires_at AS "certificateExpiresAt", location, address, degraded, attempts, readings,
  stalled_ms AS "stalledMs"`;

type Stored = Omit<StoredResult, 'degraded'> & { degraded: number };

const parsed = (row: Stored): StoredResult => Object.assign(row, { degraded: row.degraded === 1 });

export const createResults = (
  series: Sql,
  names: SeriesNames,
  writer: SeriesWriter,
  trimming: Trimming,
): Store['results'] => {
  let waiting: StoredResult[] = [];

  writer.buffer(() => {
    const taken = waiting;
    waiting = [];
    return [...writingResults(taken, names), ...trimming(taken)];
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
