// A data directory as Nines leaves it after 90 days of a check every 10 s: written as SQL, because through the store it would take an hour.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DAY, HOUR, MINUTE } from '../src/duration.ts';
import { silentLog } from '../src/log.ts';
import { openStore } from '../src/store/open.ts';

const FINE = 10_000;
const WEEK = 7 * DAY;

/** Numbers from `from` up to, not with, `to`. */
const steps = (name: string, from: number, to: number, step: number): string =>
  `${name} (at) AS (SELECT ${from} WHERE ${from} < ${to} UNION ALL SELECT at + ${step} FROM ${name} WHERE at + ${step} < ${to})`;

const hash = (...parts: string[]): string =>
  `(abs(${parts.map((part, i) => `${part} * ${[48_271, 69_621, 16_807][i]}`).join(' + ')} + 12345) % 1000003)`;

/** Minutes with bad checks: about two a day, and one outage of half an hour a week; and minutes without any check. */
const spoiling = (now: number, days: number, slis: number): string[] => {
  const from = Math.floor((now - days * DAY) / DAY) * DAY;
  const week = `(${hash('sli.at', 'week.at / 1000000')} % ${(WEEK - DAY) / MINUTE})`;
  return [
    'CREATE TEMP TABLE spoiled (sli INTEGER, start INTEGER, bad INTEGER, PRIMARY KEY (sli, start)) WITHOUT ROWID',
    'CREATE TEMP TABLE silent (sli INTEGER, start INTEGER, PRIMARY KEY (sli, start)) WITHOUT ROWID',
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('week', from, now, WEEK)}, ${steps('minute', 0, 30, 1)}
      INSERT INTO spoiled SELECT sli.at, week.at + (${week} + minute.at) * ${MINUTE}, 6 FROM sli, week, minute`,
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('day', from, now, DAY)}, ${steps('turn', 1, 4, 1)}
      INSERT OR IGNORE INTO spoiled
      SELECT sli.at, day.at + (${hash('sli.at', 'day.at / 1000000', 'turn.at')} % 1440) * ${MINUTE}, 1 FROM sli, day, turn
      WHERE ${hash('turn.at', 'sli.at', 'day.at / 1000000')} % 3 > 0`,
    // Every SLI was silent for 20 minutes a week; Nines itself was off for three.
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('week', from, now, WEEK)}, ${steps('minute', 0, 20, 1)}
      INSERT INTO silent SELECT sli.at, week.at + (${week} / 2 + minute.at) * ${MINUTE} FROM sli, week, minute`,
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('week', from + 2 * DAY + 9 * HOUR, now, WEEK)}, ${steps('minute', 0, 3, 1)}
      INSERT OR IGNORE INTO silent SELECT sli.at, week.at + minute.at * ${MINUTE} FROM sli, week, minute`,
  ];
};

/** Perfect minutes first, then what was not: two lookups for each of millions of rows would take longer than all else. */
const minutes = (from: number, to: number, slis: number): string[] => [
  `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('minute', from, to, MINUTE)}
    INSERT INTO slot SELECT sli.at, ${MINUTE}, minute.at, 6, 6, ${MINUTE} FROM sli CROSS JOIN minute`,
  `UPDATE slot SET good = 6 - bad FROM spoiled
    WHERE slot.sli = spoiled.sli AND width = ${MINUTE} AND slot.start = spoiled.start AND spoiled.start >= ${from}`,
  `DELETE FROM slot WHERE (sli, width, start) IN (SELECT sli, ${MINUTE}, start FROM silent WHERE start >= ${from})`,
];

const days = (from: number, to: number, slis: number): string =>
  `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}
    INSERT INTO slot SELECT hour.sli, ${DAY}, hour.start - hour.start % ${DAY}, SUM(good), SUM(total), SUM(covered)
    FROM sli INNER JOIN slot AS hour ON hour.sli = sli.at AND hour.width = ${HOUR} AND hour.start >= ${from} AND hour.start < ${to}
    GROUP BY 1, 3`;

/** From what was spoiled and silent: it gives what their minutes would. */
const hours = (from: number, to: number, slis: number): string[] => [
  `CREATE TEMP TABLE hour (sli INTEGER, start INTEGER, bad INTEGER, silent INTEGER, PRIMARY KEY (sli, start)) WITHOUT ROWID`,
  `INSERT INTO hour SELECT sli, start - start % ${HOUR}, SUM(bad), SUM(silent) FROM (
      SELECT sli, start, bad, 0 AS silent FROM spoiled WHERE NOT EXISTS (SELECT 1 FROM silent WHERE silent.sli = spoiled.sli AND silent.start = spoiled.start)
      UNION ALL SELECT sli, start, 0, 1 FROM silent) GROUP BY 1, 2`,
  `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('step', from, to, HOUR)}
    INSERT INTO slot SELECT sli.at, ${HOUR}, step.at, 360 - 6 * coalesce(silent, 0) - coalesce(bad, 0),
      360 - 6 * coalesce(silent, 0), ${HOUR} - ${MINUTE} * coalesce(silent, 0)
    FROM sli CROSS JOIN step LEFT JOIN hour ON hour.sli = sli.at AND hour.start = step.at`,
];

const series = (now: number, kept: number, slis: number): string[] => {
  const first = Math.floor((now - kept * DAY) / DAY) * DAY;
  const minutesFrom = Math.floor((now - 14 * DAY) / DAY) * DAY;
  const fineFrom = Math.floor((now - 6 * HOUR) / MINUTE) * MINUTE;
  const [minute, hour, day] = [MINUTE, HOUR, DAY].map((width) => Math.floor(now / width) * width) as [
    number,
    number,
    number,
  ];
  return [
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)} INSERT INTO name SELECT at, 'bench/service-' || at || '/availability', ${first} FROM sli`,
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)} INSERT INTO name SELECT ${slis} + at, 'bench/service-' || at || '/health', NULL FROM sli`,
    ...spoiling(now, kept, slis),
    ...minutes(minutesFrom, minute, slis),
    ...hours(first, hour, slis),
    days(first, day, slis),
    `WITH RECURSIVE ${steps('step', fineFrom, now, FINE)}, ${steps('sli', 1, slis + 1, 1)}
      INSERT INTO fine_slot SELECT step.at, sli.at, CASE WHEN (step.at % ${MINUTE}) / ${FINE} < coalesce(bad, 0) THEN 0 ELSE 1 END, 1, ${FINE}
      FROM step CROSS JOIN sli LEFT JOIN spoiled ON spoiled.sli = sli.at AND spoiled.start = step.at - step.at % ${MINUTE}
        LEFT JOIN silent ON silent.sli = sli.at AND silent.start = step.at - step.at % ${MINUTE}
      WHERE silent.sli IS NULL`,
    ...[MINUTE, HOUR, DAY].map(
      (width) =>
        `INSERT INTO dirty SELECT ${width}, ${Math.floor(now / width) * width}, id FROM name WHERE id <= ${slis}`,
    ),
    `WITH RECURSIVE ${steps('sli', 1, slis + 1, 1)}, ${steps('check_', now - 200 * FINE, now, FINE)}
      INSERT INTO result (probe, at, location, duration_ms, outcome, reason, detail, status, phases, degraded, attempts, readings, stalled_ms)
      SELECT ${slis} + sli.at, check_.at, 'main', 12.5, 'pass', 'ok', '', 200,
        '{"resolve":1.2,"connect":2.3,"tls":9.1,"processing":20.5,"transfer":0.4}', 0, 1, '{}', 0
      FROM sli CROSS JOIN check_`,
  ];
};

const ledger = (now: number, seriesFile: string, slis: number): string[] => [
  `ATTACH '${seriesFile}' AS series`,
  `INSERT INTO ledger SELECT name, start, good, total, covered, start + ${HOUR} FROM series.name
    INNER JOIN series.slot ON sli = id AND width = ${HOUR} WHERE id <= ${slis} AND start < ${Math.floor(now / HOUR) * HOUR} ORDER BY name, start`,
  `INSERT INTO counter SELECT name, 100000, 10 FROM series.name WHERE id <= ${slis}`,
];

const write = (file: string, statements: readonly string[]): void => {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -500000',
  );
  const [attach, rest] = statements[0]?.startsWith('ATTACH')
    ? [statements.slice(0, 1), statements.slice(1)]
    : [[], statements];
  for (const text of attach) database.exec(text);
  database.exec('BEGIN');
  for (const text of rest) {
    const from = performance.now();
    database.exec(text);
    if (process.env.VERBOSE)
      console.log(Math.round(performance.now() - from), text.slice(0, 200).replaceAll(/\s+/g, ' '));
  }
  database.exec('COMMIT');
  database.close();
};

/** Fills `dir` for `slis` SLIs, their last check just before `now`. */
export const writeHistory = async (dir: string, now: number, kept: number, slis: number): Promise<void> => {
  const store = await openStore({ dir, log: silentLog });
  await store.close();
  write(join(dir, 'series.db'), series(now, kept, slis));
  write(join(dir, 'nines.db'), ledger(now, join(dir, 'series.db'), slis));
};
