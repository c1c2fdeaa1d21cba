import type { Pool, PoolClient, QueryResult } from 'pg';
import { NinesError } from '../errors.ts';
import { judge, type Judged } from './postgres-errors.ts';
import type { Patience } from './postgres-patience.ts';
import { queryOf } from './postgres-values.ts';
import type { Statement } from './sql.ts';

type List = readonly Statement[];
type Answer = NinesError | null;

/** `place` names the server in sentences; `lock` is the line that commits of one part stand in. */
export type Line = { pool: Pool; place: string; lock: Statement; patience: Patience };

const ATTEMPTS = 4;

/** Sends all at once and waits for all; the first failure is the cause of those behind it. */
const pipelined = async (sent: readonly Promise<QueryResult>[]): Promise<QueryResult[]> => {
  const settled = await Promise.allSettled(sent);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
};

const guard = ({ rows }: Statement, changed: number): void => {
  if (rows === undefined || changed === rows) return;
  throw new NinesError(
    'commit_conflict',
    `Expected ${rows} changed rows and got ${changed}: something else changed it first; load it and decide again.`,
  );
};

/**
 * One transaction. BEGIN, the lock and all statements travel together, and COMMIT with them when there is no guard to
 * look at: one round trip without guards, two with them.
 */
const transact = async (client: PoolClient, lock: Statement, statements: List): Promise<void> => {
  const isGuarded = statements.some(({ rows }) => rows !== undefined);
  const commit = (): Promise<QueryResult> => client.query('COMMIT');
  const [, , ...results] = await pipelined([
    // A snapshot per statement, so that what waited for the lock sees what the one before it stored.
    client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'),
    client.query(queryOf(lock.text, lock.values)),
    ...statements.map(({ text, values }) => client.query(queryOf(text, values))),
    ...(isGuarded ? [] : [commit()]),
  ]);
  for (const [at, statement] of statements.entries()) guard(statement, results[at]?.rowCount ?? 0);
  const last = isGuarded ? await commit() : results.at(-1);
  // A transaction that had failed answers COMMIT with ROLLBACK and no error.
  if (last?.command !== 'COMMIT')
    throw new NinesError('store_unavailable', `A commit was answered with ${last?.command}: nothing was stored.`);
};

const attempt = async ({ pool, place, lock, patience }: Line, statements: List): Promise<Judged | null> => {
  let client: PoolClient;
  let began = Infinity;
  try {
    began = patience.begin();
    client = await pool.connect();
  } catch (error) {
    const judged = judge(error, place);
    patience.failed(began, judged);
    return { ...judged, again: false };
  }
  try {
    await transact(client, lock, statements);
    client.release();
    return null;
  } catch (error) {
    const judged = judge(error, place);
    patience.failed(began, judged);
    const isClean =
      judged.undone &&
      (await client.query('ROLLBACK').then(
        () => true,
        () => false,
      ));
    client.release(judged.discard || !isClean);
    return judged;
  }
};

/** Deadlocks and the like go through when tried again; what was undone for certain may be. An unclear one never. */
const persist = async (line: Line, statements: List): Promise<Judged | null> => {
  let judged: Judged | null = null;
  for (let tried = 0; tried < ATTEMPTS && (judged === null || judged.again); tried++) {
    judged = await attempt(line, statements);
    if (judged === null) return null;
  }
  return judged;
};

/** Each list is all or nothing; all of them become durable together. One answer per list, in order. */
export const commitTogether = async (line: Line, lists: readonly List[]): Promise<Answer[]> => {
  const judged = await persist(line, lists.flat());
  if (judged === null) return lists.map(() => null);
  if (lists.length === 1 || !judged.undone) return lists.map(() => judged.error);
  // One that is refused must not take its neighbours along.
  const answers: Answer[] = [];
  for (const list of lists) answers.push((await persist(line, list))?.error ?? null);
  return answers;
};
