import type { Migration } from './migration.ts';

const incidents = [
  `CREATE TABLE incident (
    id TEXT PRIMARY KEY,
    group_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('recovering', 'triggered', 'acknowledged', 'snoozed', 'clearing', 'resolved')),
    opened_at BIGINT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    body TEXT NOT NULL)`,
  // The invariant "one open incident per group", kept by the database and not by hope.
  `CREATE UNIQUE INDEX incident_open ON incident (group_key) WHERE state <> 'resolved'`,
  `CREATE INDEX incident_group ON incident (group_key, opened_at)`,
  `CREATE INDEX incident_opened ON incident (opened_at, id)`,
  `CREATE TABLE timeline (
    incident TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (incident, seq)) WITHOUT ROWID`,
  `CREATE TABLE alert (key TEXT PRIMARY KEY, saved_at BIGINT NOT NULL, body TEXT NOT NULL)`,
];

const outbox = [
  `CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL,
    episode BIGINT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('root', 'page', 'update', 'note', 'acknowledge', 'resolve')),
    lane TEXT NOT NULL,
    priority BIGINT NOT NULL,
    dedup_key TEXT,
    message TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'uncertain', 'sent', 'failed', 'superseded', 'dead')),
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    next_at BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    attempted_at BIGINT,
    sent_at BIGINT,
    ref TEXT,
    error TEXT,
    possible_repeat BIGINT NOT NULL CHECK (possible_repeat IN (0, 1)),
    created_at BIGINT NOT NULL,
    fallback_told BIGINT NOT NULL CHECK (fallback_told IN (0, 1)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK (state IN ('sending', 'uncertain') OR lease_owner IS NULL),
    CHECK (state <> 'sending' OR lease_owner IS NOT NULL),
    CHECK (state NOT IN ('sending', 'uncertain') OR attempts > 0),
    CHECK ((attempts = 0) = (attempted_at IS NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state NOT IN ('failed', 'dead') OR error IS NOT NULL))`,
  `CREATE INDEX outbox_unfinished ON outbox (lane, id) WHERE state IN ('queued', 'sending', 'uncertain')`,
  `CREATE INDEX outbox_incident ON outbox (incident, id)`,
  `CREATE INDEX outbox_untold ON outbox (due_at) WHERE kind = 'page' AND fallback_told = 0 AND state NOT IN ('sent', 'superseded')`,
  `CREATE INDEX outbox_state ON outbox (state, channel, due_at)`,
];

const books = [
  `CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    door TEXT NOT NULL,
    verb TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL)`,
  `CREATE TABLE ledger (
    slo TEXT NOT NULL,
    start BIGINT NOT NULL,
    good DOUBLE PRECISION NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    covered BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (slo, start)) WITHOUT ROWID`,
  `CREATE TABLE counter (slo TEXT PRIMARY KEY, events DOUBLE PRECISION NOT NULL, bad DOUBLE PRECISION NOT NULL)`,
  `CREATE TABLE happening (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    system TEXT NOT NULL,
    service TEXT,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    url TEXT)`,
  `CREATE INDEX happening_at ON happening (at)`,
  `CREATE TABLE beat (probe TEXT PRIMARY KEY, at BIGINT NOT NULL)`,
  `CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until BIGINT NOT NULL)`,
  `CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
];

const series = [
  // Ids of SLIs and probes keep the many rows small. \`first\` is the first instant with data.
  `CREATE TABLE name (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, first BIGINT)`,
  // 10 s slots lie in order of time: one second's writes touch few pages instead of one page per SLI.
  `CREATE TABLE fine_slot (
    start BIGINT NOT NULL,
    sli BIGINT NOT NULL,
    good DOUBLE PRECISION NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    covered BIGINT NOT NULL,
    PRIMARY KEY (start, sli)) WITHOUT ROWID`,
  `CREATE TABLE slot (
    sli BIGINT NOT NULL,
    width BIGINT NOT NULL CHECK (width IN (60000, 3600000, 86400000)),
    start BIGINT NOT NULL,
    good DOUBLE PRECISION NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    covered BIGINT NOT NULL,
    PRIMARY KEY (sli, width, start)) WITHOUT ROWID`,
  // Slots whose finer data changed since they were last rolled up.
  `CREATE TABLE dirty (width BIGINT NOT NULL, start BIGINT NOT NULL, sli BIGINT NOT NULL, PRIMARY KEY (width, start, sli)) WITHOUT ROWID`,
  `CREATE TABLE result (
    probe BIGINT NOT NULL,
    at BIGINT NOT NULL,
    duration_ms DOUBLE PRECISION NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('pass', 'fail', 'unknown')),
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    status BIGINT,
    phases TEXT NOT NULL,
    certificate_expires_at BIGINT,
    PRIMARY KEY (probe, at)) WITHOUT ROWID`,
  // The number of the last batch written: repeating one after an unclear failure adds nothing twice.
  `CREATE TABLE batch (number BIGINT NOT NULL)`,
  `INSERT INTO batch (number) VALUES (0)`,
];

export const foundation: Migration = { version: 1, nines: [...incidents, ...outbox, ...books], series };
