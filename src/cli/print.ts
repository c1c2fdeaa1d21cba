import { NinesError } from '../errors.ts';

// Names and notes are written by others: they may not steer a terminal (escape sequences, C1 controls, bidi overrides).
// oxlint-disable-next-line no-control-regex -- these are what must go
const STEERING = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
const harmless = (text: string): string => text.replaceAll(STEERING, '\uFFFD');
const escaped = (json: string): string =>
  json.replaceAll(STEERING, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** One line for a person, never a stack. */
export const explain = (error: unknown): string => harmless(sentenceOf(error));

const sentenceOf = (error: unknown): string => {
  if (error instanceof NinesError) return `nines: ${error.code}: ${error.message}`;
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return `nines: invalid_request: ${error.message}`;
  return `nines: internal: ${error instanceof Error ? error.message : String(error)}`;
};

export const print = (text: string): void => void process.stdout.write(`${harmless(text)}\n`);
export const printJson = (value: unknown): void => print(escaped(JSON.stringify(value, null, 2)));

/** Columns padded to their widest cell; the last one runs free. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll(/\s+/g, ' ')));
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

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `12.4 MB` */
export const size = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
};
