import type { ErrorCode } from '../errors.ts';
import type { Row, SqlValue, Statement } from './sql.ts';
import type { SqliteOptions, SqlitePart } from './sqlite-open.ts';

/** What crosses into the store thread; plain data only. `id` is unique per request. */
export type Request = { id: number } & (
  | { kind: 'read'; part: SqlitePart; text: string; values: readonly SqlValue[] }
  | { kind: 'numbers'; part: SqlitePart; text: string; values: readonly SqlValue[] }
  | { kind: 'commit'; part: SqlitePart; statements: readonly Statement[] }
  | { kind: 'bytes' }
  /** Copies both files into an empty directory, beside all other work. */
  | { kind: 'copy'; into: string }
  /** Writes the logs into the files, so that nothing deleted is left in a log. */
  | { kind: 'checkpoint' }
  | { kind: 'close' }
);

export type Fault = { code: ErrorCode; message: string };

/** `result` are rows of a read, its `numbers`, the number of `bytes`, or null. */
export type Answer =
  | { id: number; result: readonly Row[] | Float64Array | number | null }
  | { id: number; fault: Fault };

/** The first message says whether the directory could be opened, and which damaged file was put aside; answers follow in groups. */
export type FromThread =
  | { opened: true; setAside: string | null }
  | { opened: false; fault: Fault }
  | { answers: readonly Answer[] };

export type ThreadData = { dir: string; options: SqliteOptions };
