import { NinesError, messageOf } from '../errors.ts';
import type { SqliteFile } from './sqlite-file.ts';
import type { Answer, Fault, Request } from './sqlite-messages.ts';
import type { SqliteDirectory } from './sqlite-open.ts';

type Work = Extract<Request, { kind: 'read' | 'numbers' | 'commit' }>;

export const faultOf = (error: unknown): Fault =>
  error instanceof NinesError
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: messageOf(error) };

const reading = (file: SqliteFile, { id, kind, text, values }: Exclude<Work, { kind: 'commit' }>): Answer => {
  try {
    return { id, result: kind === 'read' ? file.read(text, values) : file.numbers(text, values) };
  } catch (error) {
    return { id, fault: faultOf(error) };
  }
};

const committing = (file: SqliteFile, group: readonly Extract<Work, { kind: 'commit' }>[]): Answer[] =>
  file.commit(group.map(({ statements }) => statements)).map((error, at) => {
    const id = group[at]?.id ?? 0;
    return error === null ? { id, result: null } : { id, fault: faultOf(error) };
  });

const checkpointing = (directory: SqliteDirectory, id: number): Answer => {
  try {
    for (const file of [directory.nines, directory.series]) file.read('PRAGMA wal_checkpoint(TRUNCATE)', []);
    return { id, result: null };
  } catch (error) {
    return { id, fault: faultOf(error) };
  }
};

/** Runs what waits for one file in order; neighbouring commits share one fsync. */
const runPart = (file: SqliteFile, waiting: readonly Work[]): Answer[] => {
  const answers: Answer[] = [];
  for (let at = 0; at < waiting.length;) {
    const work = waiting[at];
    if (work?.kind === 'commit') {
      const end = waiting.findIndex((next, i) => i > at && next.kind !== 'commit');
      const group = waiting.slice(at, end < 0 ? undefined : end).filter((next) => next.kind === 'commit');
      answers.push(...committing(file, group));
      at += group.length;
    } else {
      if (work) answers.push(reading(file, work));
      at++;
    }
  }
  return answers;
};

/**
 * Answers all that waits. What concerns people (nines.db) goes before the series; between the two files there is no
 * promised order.
 */
export const runWaiting = (directory: SqliteDirectory, waiting: readonly Request[]): Answer[] => {
  const of = (part: Work['part']): Work[] =>
    waiting.filter((request): request is Work => 'part' in request && request.part === part);
  return [
    ...runPart(directory.nines, of('nines')),
    ...runPart(directory.series, of('series')),
    ...waiting.filter(({ kind }) => kind === 'bytes').map(({ id }) => ({ id, result: directory.bytes() })),
    ...waiting.filter(({ kind }) => kind === 'checkpoint').map(({ id }) => checkpointing(directory, id)),
  ];
};
