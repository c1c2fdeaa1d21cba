import { NinesError, messageOf } from '../errors.ts';

/** What a failure means: the error for the caller, and what may be done after it. */
export type Judged = {
  error: NinesError;
  /** The server said it and goes on: the transaction is undone for certain. Otherwise its outcome is unclear. */
  undone: boolean;
  /** The same statements may go through when they are sent again. */
  again: boolean;
  /** The connection is not what it was: it must not be used again. */
  discard: boolean;
};

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const AGAIN = new Set(['40001', '40P01']);
const CONFLICT = new Set(['23505', '23P01']);
const FULL = new Set(['53100']);
const CORRUPT = new Set(['XX001', 'XX002']);
const NO_LOGIN = new Set(['28000', '28P01']);
const READ_ONLY = '25006';
const NO_RIGHT = '42501';
const NO_DATABASE = '3D000';
const NO_STATEMENT = '26000';
// Another process changed the tables under a prepared statement.
const STALE_PLAN = '0A000';
// Bad data, broken constraints, faulty statements: mistakes of ours, not of the server.
const OURS = /^(?:0A|21|22|23|25|2F|34|42)/;

type Said = { code: string; severity: string; message: string };

const saidBy = (error: unknown): Said => {
  const from = (error ?? {}) as Partial<Record<keyof Said, unknown>>;
  const code = typeof from.code === 'string' ? from.code : '';
  return {
    code,
    severity: typeof from.severity === 'string' ? from.severity : '',
    // A refused connection to a name with several addresses has no message of its own.
    message: (messageOf(error) || code || 'no reason was given').trim().replaceAll(/\s+/g, ' ').replace(/\.$/, ''),
  };
};

const meaning = ({ code, severity, message }: Said, place: string): [NinesError['code'], string] => {
  if (AGAIN.has(code))
    return ['store_unavailable', `${place} undid a transaction for another (${message}), repeatedly: send it again.`];
  if (CONFLICT.has(code))
    return ['commit_conflict', `Something else wrote the same row first (${message}): load it and decide again.`];
  if (FULL.has(code))
    return [
      'data_full',
      `No room left on the disk of ${place} (${message}): free space there; nothing was half-written.`,
    ];
  if (CORRUPT.has(code))
    return ['data_corrupt', `${place} is damaged (${message}): stop Nines and restore a backup of the database.`];
  if (NO_LOGIN.has(code))
    return ['database_forbidden', `${place} lets nobody in (${message}): check user and password of DATABASE_URL.`];
  if (code === NO_RIGHT)
    return [
      'database_forbidden',
      `${place} refuses (${message}): make the role of DATABASE_URL the owner of these tables, or GRANT SELECT, INSERT, UPDATE, DELETE on them.`,
    ];
  if (code === NO_DATABASE)
    return ['store_unavailable', `${place} does not exist (${message}): create it, or correct DATABASE_URL.`];
  if (code === READ_ONLY)
    return [
      'store_unavailable',
      `${place} can only be read (${message}): it has become a standby; point DATABASE_URL at the primary.`,
    ];
  if (code === NO_STATEMENT)
    return [
      'store_unavailable',
      `${place} forgot a prepared statement (${message}): if a pooler stands before it, use the direct port.`,
    ];
  if (severity === 'ERROR' && OURS.test(code)) return ['internal', `${place} refused a statement: ${message}.`];
  return ['store_unavailable', `${place} does not answer as it should (${message}): see that it runs.`];
};

/** What pg threw, judged. `place` names the server in sentences and never holds a password. */
export const judge = (error: unknown, place: string): Judged => {
  if (error instanceof NinesError) return { error, undone: true, again: false, discard: false };
  const said = saidBy(error);
  const [code, sentence] = meaning(said, place);
  // FATAL ends the connection, perhaps while a COMMIT was being written.
  const undone = said.severity === 'ERROR';
  const discard = !undone || said.code === NO_STATEMENT || said.code === STALE_PLAN;
  return {
    error: new NinesError(code, sentence, { cause: error }),
    undone,
    again: undone && (AGAIN.has(said.code) || discard),
    discard,
  };
};
