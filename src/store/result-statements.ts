import { DAY } from '../duration.ts';
import { inserting } from './many.ts';
import { RESULTS_KEPT } from './retention.ts';
import type { SeriesNames } from './series-names.ts';
import type { Statement } from './sql.ts';
import type { StoredResult } from './store.ts';

/** Passed checks kept per probe and location, of few and of many; those that did not pass are kept for 14 days. */
const MOST_KEPT = 200;
const FEWEST_KEPT = 20;
/** Passed checks kept in all, about: some 300 MB. */
const KEPT_IN_ALL = 2_000_000;
const TRIMMED_EVERY = 50;
/** Who brought no result for so long is no longer counted. */
const SILENT = DAY;

/** How many passed checks are kept of each probe at each location when so many of these report. */
export const passesKept = (lines: number): number =>
  Math.max(FEWEST_KEPT, Math.min(MOST_KEPT, Math.floor(KEPT_IN_ALL / Math.max(1, lines))));

const HEAD = `INSERT INTO result
  (probe, at, duration_ms, outcome, reason, detail, status, phases, certificate_expires_at, location, address,
  degraded, attempts, readings, stalled_ms)`;

// $2 is how many of the newest stay whatever they are; of the older ones, those that did not pass since $3.
const TRIM = `DELETE FROM result WHERE probe = $1 AND location = $4
  AND at < (SELECT at FROM result WHERE probe = $1 AND location = $4 ORDER BY at DESC LIMIT 1 OFFSET $2)
  AND (outcome = 'pass' OR at < $3)`;

/** Writes results; one that is stored already stays as it is. */
export const writingResults = (results: readonly StoredResult[], names: SeriesNames): Statement[] => {
  const rows = results.map((result) => [
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
  return inserting(HEAD, rows, 'ON CONFLICT DO NOTHING');
};

/** Now and then, what takes away the older results of the probes and locations of these. */
export type Trimming = (results: readonly StoredResult[]) => Statement[];

export const createTrimming = (names: SeriesNames, keptOf = passesKept): Trimming => {
  // One for each probe at each location that lately reported, with its newest result.
  const untrimmed = new Map<string, { count: number; at: number }>();
  let forgottenAt = 0;
  /** What is gone leaves its share to the others; its own rows go with their age. */
  const forget = (now: number): void => {
    if (now < forgottenAt + SILENT) return;
    forgottenAt = now;
    for (const [key, { at }] of untrimmed) if (at < now - SILENT) untrimmed.delete(key);
  };
  return (results) => {
    const kept = keptOf(untrimmed.size);
    const every = Math.min(TRIMMED_EVERY, kept);
    const due = new Map<string, StoredResult>();
    for (const result of results) {
      const key = `${result.location} ${result.probe}`;
      const before = untrimmed.get(key);
      const count = (before?.count ?? 0) + 1;
      untrimmed.set(key, { count: count < every ? count : 0, at: Math.max(before?.at ?? 0, result.at) });
      if (count >= every) due.set(key, result);
    }
    forget(results.reduce((newest, { at }) => Math.max(newest, at), 0));
    return [...due.values()].map(({ probe, at, location }) => ({
      text: TRIM,
      values: [names.id(probe), kept - 1, at - RESULTS_KEPT, location],
    }));
  };
};
