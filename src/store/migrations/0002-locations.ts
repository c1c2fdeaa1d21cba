import type { Migration } from './migration.ts';

const COMMON = 'probe, at, duration_ms, outcome, reason, detail, status, phases, certificate_expires_at';

/**
 * Results name the location that saw them, and keep what else a check found. What is deleted with an incident is found
 * by its id.
 */
export const locations: Migration = {
  version: 2,
  nines: ['CREATE INDEX audit_object ON audit (object)'],
  series: [
    `ALTER TABLE result RENAME TO result_before`,
    `CREATE TABLE result (
      probe BIGINT NOT NULL,
      at BIGINT NOT NULL,
      location TEXT NOT NULL,
      duration_ms DOUBLE PRECISION NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('pass', 'fail', 'unknown')),
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      status BIGINT,
      phases TEXT NOT NULL,
      certificate_expires_at BIGINT,
      address TEXT,
      degraded BIGINT NOT NULL CHECK (degraded IN (0, 1)),
      attempts BIGINT NOT NULL,
      readings TEXT NOT NULL,
      stalled_ms DOUBLE PRECISION NOT NULL,
      PRIMARY KEY (probe, at, location)) WITHOUT ROWID`,
    `INSERT INTO result (location, address, degraded, attempts, readings, stalled_ms, ${COMMON})
      SELECT 'main', NULL, 0, 1, '{}', 0, ${COMMON} FROM result_before`,
    `DROP TABLE result_before`,
  ],
};
