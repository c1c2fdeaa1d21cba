import { NinesError } from '../errors.ts';

/** One line for a person; a stack only for what should never happen, and then only with NINES_DEBUG. */
export const explain = (error: unknown): string => {
  if (error instanceof NinesError) return `nines: ${error.code}: ${error.message}`;
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return `nines: invalid_request: ${error.message}`;
  return `nines: internal: ${error instanceof Error ? error.message : String(error)}`;
};

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Columns padded to their widest cell; the last one runs free. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
