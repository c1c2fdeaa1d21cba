import { NinesError } from '../errors.ts';
import type { SeriesNames } from './series-names.ts';
import type { Sql, Statement } from './sql.ts';
import type { Term } from './term.ts';

/** Writes to the series in order: what is buffered as numbered batches, the rest as it comes. */
export type SeriesWriter = {
  /** One source of buffered rows; `take` empties it. */
  buffer(take: () => Statement[]): void;
  flush(): Promise<void>;
  /** Runs `work` after everything before it, with all buffers flushed. */
  next<T>(work: () => Promise<T>): Promise<T>;
  /** Commits behind the fence of the term, with the names that are still unwritten. */
  commit(statements: readonly Statement[]): Promise<void>;
  /**
   * Writes what is buffered if it still may, drops it if another process has written since, believes the database from
   * then on and guards every later commit with `fence`. `forget` what else is known of the database, in between.
   */
  takeOver(fence: Statement | null, forget: () => void): Promise<void>;
};

const codeOf = (error: unknown): string | null => (error instanceof NinesError ? error.code : null);

/** `unclear` once an attempt may or may not have been stored. */
type Batch = { statements: readonly Statement[]; unclear: boolean };

// Of up to 100 rows each: a page that waits behind a batch in the store thread waits a few ms.
const STATEMENTS_PER_BATCH = 5;

export const createSeriesWriter = async (series: Sql, names: SeriesNames, term: Term): Promise<SeriesWriter> => {
  const takes: (() => Statement[])[] = [];
  const numberStored = async (): Promise<number> => {
    const [row] = await series.read<{ number: number }>('SELECT number FROM batch');
    return row?.number ?? 0;
  };
  let written = await numberStored();
  const unfinished: Batch[] = [];
  let tail: Promise<unknown> = Promise.resolve();

  const commit = async (statements: readonly Statement[]): Promise<void> => {
    const unwritten = names.unwritten();
    await series.commit(term.fenced([...unwritten.statements, ...statements]));
    unwritten.written();
  };

  // A batch whose fate is unclear is repeated whole under its number; adding it twice is impossible.
  const write = async (batch: Batch): Promise<void> => {
    const number = written + 1;
    const mark = { text: 'UPDATE batch SET number = $1 WHERE number = $2', values: [number, written], rows: 1 };
    try {
      await commit([mark, ...batch.statements]);
    } catch (error) {
      const already = batch.unclear && codeOf(error) === 'commit_conflict' && (await numberStored()) === number;
      if (codeOf(error) !== 'commit_conflict') batch.unclear = true;
      if (!already) throw error;
    }
    written = number;
  };

  const writeUnfinished = async (): Promise<void> => {
    for (let batch = unfinished[0]; batch; batch = unfinished[0]) {
      try {
        await write(batch);
      } catch (error) {
        // A row that the schema refuses would be refused for ever, and everything behind it would wait.
        if (codeOf(error) === 'internal') unfinished.shift();
        // Another process has written since: its ids and batch numbers are others.
        if (codeOf(error) === 'commit_conflict') unfinished.length = 0;
        throw error;
      }
      unfinished.shift();
    }
  };

  const writeAll = async (): Promise<void> => {
    await writeUnfinished();
    const statements = takes.flatMap((take) => take());
    for (let at = 0; at < statements.length; at += STATEMENTS_PER_BATCH)
      unfinished.push({ statements: statements.slice(at, at + STATEMENTS_PER_BATCH), unclear: false });
    await writeUnfinished();
  };

  /** Empties all buffers, into the database if it may still be. */
  const writeOrDrop = async (): Promise<void> => {
    try {
      await writeAll();
    } catch (error) {
      if (codeOf(error) === 'internal') return writeOrDrop();
      if (codeOf(error) !== 'commit_conflict') throw error;
      for (const take of takes) take();
    }
  };

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };

  return {
    buffer: (take) => {
      takes.push(take);
    },
    flush: () => inOrder(writeAll),
    next: (work) =>
      inOrder(async () => {
        await writeAll();
        return work();
      }),
    commit,
    takeOver: (fence, forget) =>
      inOrder(async () => {
        await writeOrDrop();
        await names.reload();
        forget();
        written = await numberStored();
        term.begin(fence);
      }),
  };
};
