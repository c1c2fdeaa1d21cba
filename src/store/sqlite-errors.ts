import { NinesError, messageOf } from '../errors.ts';

// https://www.sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const FULL = 13;
const CONSTRAINT = 19;
const NOT_A_DATABASE = 26;
const ERROR = 1;
const UNIQUE = new Set([1555, 2067, 2579]);

const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

/** What is in the file, so lost with it, and what to do. */
const consequence = (file: string): string =>
  file.endsWith('series.db')
    ? 'check results and the last days of the charts are in it, no pages. Start Nines again: it puts the file aside and begins a fresh one; nines restore FILE --force restores a backup of everything.'
    : 'incidents, pages and the books of closed hours are in it. Stop Nines and restore a backup: nines restore FILE --force.';

export const damaged = (file: string, said: string, options?: ErrorOptions): NinesError =>
  new NinesError('data_corrupt', `${file} is damaged (${oneLine(said)}): ${consequence(file)}`, options);

/** What SQLite said about `file`, as an error that a person can act on. */
export const sqliteError = (error: unknown, file: string): NinesError => {
  if (error instanceof NinesError) return error;
  const extended = codeOf(error);
  const code = extended & 0xff;
  const said = oneLine(messageOf(error));
  const cause = { cause: error };
  if (code === BUSY || code === LOCKED)
    return new NinesError(
      'data_locked',
      `Another process uses ${file}: stop it, or give this one its own directory with --data.`,
      cause,
    );
  if (code === CORRUPT || code === NOT_A_DATABASE) return damaged(file, said, cause);
  if (code === FULL)
    return new NinesError(
      'data_full',
      `No room left to write ${file}: free space on its disk; nothing was half-written.`,
      cause,
    );
  if (UNIQUE.has(extended))
    return new NinesError(
      'commit_conflict',
      `Something else wrote the same row first (${said}): load it and decide again.`,
      cause,
    );
  // A broken CHECK or a faulty statement is a mistake of ours, not of the disk.
  if (code === CONSTRAINT || code === ERROR || code === 0)
    return new NinesError('internal', `${file} refused a statement: ${said}.`, cause);
  return new NinesError(
    'store_unavailable',
    `${file} cannot be used (${said}): see that its directory exists and can be written.`,
    cause,
  );
};

/** The disk failed while a commit was being made durable: it may or may not be there after a restart. */
export const isUnclear = (error: unknown): boolean => (codeOf(error) & 0xff) === 10;
