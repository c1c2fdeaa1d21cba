import type { SqlValue, Statement } from './sql.ts';

// Few sizes, so that few texts are ever prepared.
const SIZES = [100, 10, 1];
const texts = new Map<string, string>();

const textOf = (head: string, tail: string, rows: number, columns: number): string => {
  const key = `${rows} ${head} ${tail}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const row = (at: number): string =>
    `(${Array.from({ length: columns }, (_, i) => `$${at * columns + i + 1}`).join(', ')})`;
  const text = `${head} VALUES ${Array.from({ length: rows }, (_, at) => row(at)).join(', ')} ${tail}`;
  texts.set(key, text);
  return text;
};

/** Inserts many rows with few statements: `head` is `INSERT INTO t (a, b)`, `tail` is `ON CONFLICT …`. */
export const inserting = (head: string, rows: readonly (readonly SqlValue[])[], tail: string): Statement[] => {
  const made: Statement[] = [];
  let at = 0;
  while (at < rows.length) {
    const size = SIZES.find((fits) => fits <= rows.length - at) ?? 1;
    const some = rows.slice(at, at + size);
    made.push({ text: textOf(head, tail, size, some[0]?.length ?? 0), values: some.flat() });
    at += size;
  }
  return made;
};
