import type { Message } from '../incident/message.ts';
import type { Sql, Statement } from './sql.ts';
import type { OutboxRow, Store } from './store.ts';

type Stored = Omit<OutboxRow, 'message' | 'possibleRepeat' | 'fallbackTold'> & {
  message: string;
  possibleRepeat: number;
  fallbackTold: number;
};

const COLUMNS = `id, key, incident, episode, channel, kind, lane, priority, dedup_key AS "dedupKey", message,
  due_at AS "dueAt", state, attempts, next_at AS "nextAt", lease_owner AS "leaseOwner", lease_until AS "leaseUntil",
  attempted_at AS "attemptedAt", sent_at AS "sentAt", ref, error, possible_repeat AS "possibleRepeat",
  created_at AS "createdAt", fallback_told AS "fallbackTold"`;

const UNFINISHED = `('queued', 'sending', 'uncertain')`;

const FREE_LANE = `NOT EXISTS (SELECT 1 FROM outbox earlier
  WHERE earlier.lane = outbox.lane AND earlier.id < outbox.id AND earlier.state IN ${UNFINISHED})`;

// $1 is now.
const DUE = `outbox.state IN ${UNFINISHED} AND CASE outbox.state
  WHEN 'sending' THEN outbox.lease_until <= $1
  ELSE outbox.next_at <= $1 AND (outbox.lease_until IS NULL OR outbox.lease_until <= $1) END`;

// DUE stands twice: of two claims at once, the second looks again at the row that the first has just leased.
const CLAIM = `UPDATE outbox SET
    state = CASE state WHEN 'queued' THEN 'sending' ELSE 'uncertain' END,
    attempts = attempts + CASE state WHEN 'queued' THEN 1 ELSE 0 END,
    attempted_at = CASE state WHEN 'queued' THEN $1 ELSE attempted_at END,
    lease_owner = $2, lease_until = $3
  WHERE ${DUE} AND id IN (
    SELECT id FROM outbox WHERE ${DUE} AND ${FREE_LANE} ORDER BY priority DESC, next_at, id LIMIT $4)
  RETURNING ${COLUMNS}`;

const parsed = (row: Stored): OutboxRow =>
  Object.assign(row, {
    message: JSON.parse(row.message) as Message,
    possibleRepeat: row.possibleRepeat === 1,
    fallbackTold: row.fallbackTold === 1,
  });

const adding: Store['outbox']['adding'] = (notifications, now) =>
  notifications.flatMap((notification): Statement[] => {
    const { key, incident, episode, channel, kind, lane, priority, dedupKey, message, dueAt } = notification;
    const supersede: Statement = {
      // A repeated insert of an old update must not supersede the newer ones.
      text: `UPDATE outbox SET state = 'superseded' WHERE lane = $1 AND kind = 'update' AND state = 'queued'
        AND NOT EXISTS (SELECT 1 FROM outbox known WHERE known.key = $2)`,
      values: [lane, key],
    };
    const insert: Statement = {
      text: `INSERT INTO outbox (id, key, incident, episode, channel, kind, lane, priority, dedup_key, message, due_at,
          next_at, created_at, state, attempts, possible_repeat, fallback_told)
        SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, 'queued', 0, 0, 0
        FROM outbox WHERE 1 = 1 ON CONFLICT (key) DO NOTHING`,
      values: [key, incident, episode, channel, kind, lane, priority, dedupKey, JSON.stringify(message), dueAt, now],
    };
    return kind === 'update' ? [supersede, insert] : [insert];
  });

const settling: Store['outbox']['settling'] = (row, result, now) => {
  const { state } = result;
  const error = result.error === undefined ? row.error : result.error;
  return [
    {
      text: `UPDATE outbox SET state = $1, next_at = $2, ref = $3, error = $4, possible_repeat = $5, sent_at = $6,
          lease_owner = NULL, lease_until = NULL
        WHERE id = $7 AND state = $8 AND lease_owner = $9 AND lease_until = $10`,
      values: [
        state,
        result.nextAt ?? row.nextAt,
        result.ref === undefined ? row.ref : result.ref,
        state === 'failed' || state === 'dead' ? (error ?? 'no reason was given') : error,
        (result.possibleRepeat ?? row.possibleRepeat) ? 1 : 0,
        state === 'sent' ? now : null,
        row.id,
        row.state,
        row.leaseOwner,
        row.leaseUntil,
      ],
      rows: 1,
    },
  ];
};

const byUrgency = (a: OutboxRow, b: OutboxRow): number => b.priority - a.priority || a.nextAt - b.nextAt || a.id - b.id;

export const createOutbox = (nines: Sql, shared: boolean): Store['outbox'] => ({
  adding,
  settling,
  claim: async (owner, now, until, limit) => {
    const rows = await nines.read<Stored>(CLAIM, [now, owner, until, limit]);
    return rows.map(parsed).sort(byUrgency);
  },
  rootOf: async (incident, channel) => {
    const [row] = await nines.read<{ ref: string }>(
      `SELECT ref FROM outbox WHERE incident = $1 AND channel = $2 AND kind IN ('root', 'update') AND state = 'sent'
        AND ref IS NOT NULL ORDER BY id DESC LIMIT 1`,
      [incident, channel],
    );
    return row?.ref ?? null;
  },
  ofIncident: async (incident) => {
    const rows = await nines.read<Stored>(`SELECT ${COLUMNS} FROM outbox WHERE incident = $1 ORDER BY id`, [incident]);
    return rows.map(parsed);
  },
  // A page that was given up will not arrive by waiting: it is told at once.
  undelivered: async (now, ms) => {
    const rows = await nines.read<Stored>(
      `SELECT ${COLUMNS} FROM outbox WHERE kind = 'page' AND fallback_told = 0 AND state NOT IN ('sent', 'superseded')
        AND (due_at <= $1 OR state IN ('failed', 'dead')) ORDER BY priority DESC, due_at, id`,
      [now - ms],
    );
    return rows.map(parsed);
  },
  tellingFallback: (ids) =>
    ids.map((id) => ({
      text: 'UPDATE outbox SET fallback_told = 1 WHERE id = $1 AND fallback_told = 0',
      values: [id],
      rows: 1,
    })),
  counts: () =>
    nines.read('SELECT state, channel, COUNT(*) AS count, MIN(due_at) AS oldest FROM outbox GROUP BY state, channel'),
  // The leases of a living replica are its own; those of a dead one run out.
  reclaiming: () =>
    shared
      ? []
      : [
          {
            text: `UPDATE outbox SET lease_until = 0 WHERE lease_owner IS NOT NULL AND state IN ${UNFINISHED}`,
            values: [],
          },
        ],
});
