import type { Path } from './locate.ts';
import type { Lookup } from './resolve.ts';

type Value = string | number | boolean;

/** What `for:` holds: lists that are combined, or rows as they are. `path` is below `for`. */
export type Items =
  | { kind: 'lists'; lists: readonly (readonly [name: string, values: readonly Value[]])[] }
  | { kind: 'rows'; rows: readonly Readonly<Record<string, Value>>[] }
  | { kind: 'wrong'; path: Path; message: string };

const NAME = /^[a-z][a-zA-Z0-9]*$/;
const MOST_OF_A_RANGE = 200_000;

const isValue = (value: unknown): value is Value => ['string', 'number', 'boolean'].includes(typeof value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (path: Path, message: string): Items & { kind: 'wrong' } => ({ kind: 'wrong', path, message });

/** `1..50`, `001..100` (padded as the first is written). */
const rangeOf = (text: string): readonly string[] | null => {
  const [, first, last] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return null;
  const length = Number(last) - Number(first) + 1;
  if (length < 1 || length > MOST_OF_A_RANGE) return [];
  return Array.from({ length }, (_, index) => String(Number(first) + index).padStart(first.length, '0'));
};

/** The lines of a file; empty ones and those that begin with # are left out. */
const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

const valuesOf = (given: unknown, name: string, lookup: Lookup): readonly Value[] | (Items & { kind: 'wrong' }) => {
  if (Array.isArray(given)) {
    const at = given.findIndex((value) => !isValue(value));
    if (at >= 0) return wrong([name, at], `for.${name} must hold texts, numbers or booleans`);
    return given.length > 0 ? (given as Value[]) : wrong([name], `for.${name} must have at least one entry`);
  }
  const text = typeof given === 'string' ? given : '';
  const file = /^\$\{(file:[^}]+)\}$/.exec(text)?.[1];
  if (file !== undefined) {
    const lines = linesOf(lookup(file) ?? '');
    return lines.length > 0 ? lines : wrong([name], `file ${file.slice(5)} cannot be read or has no lines`);
  }
  const range = rangeOf(text);
  if (range && range.length > 0) return range;
  return wrong(
    [name],
    `for.${name} must be a list, a range such as 1..50, or \${file:path} with a line for each entry`,
  );
};

/** Reads `for:`. Lists by name are combined with each other; a list of records gives its rows. */
export const itemsOf = (given: unknown, lookup: Lookup): Items => {
  if (Array.isArray(given)) {
    if (given.length === 0) return wrong([], 'for must have at least one entry');
    const names = JSON.stringify(isRecord(given[0]) ? Object.keys(given[0]).sort() : null);
    for (const [index, row] of given.entries()) {
      if (!isRecord(row) || !Object.entries(row).every(([name, value]) => NAME.test(name) && isValue(value)))
        return wrong([index], 'for must hold records of texts, numbers or booleans such as { host: a, port: 80 }');
      if (JSON.stringify(Object.keys(row).sort()) !== names)
        return wrong([index], 'for must have the same names in every row');
    }
    return { kind: 'rows', rows: given as Record<string, Value>[] };
  }
  if (!isRecord(given) || Object.keys(given).length === 0)
    return wrong([], 'for must be a record of lists such as { shop: [berlin, paris], shard: 1..50 }');
  const lists: [string, readonly Value[]][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (!NAME.test(name)) return wrong([name], `for.${name} must be a name of letters and digits`);
    const values = valuesOf(value, name, lookup);
    if ('kind' in values) return values;
    lists.push([name, values]);
  }
  return { kind: 'lists', lists };
};
