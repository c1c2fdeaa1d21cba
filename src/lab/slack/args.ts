import type { Refusal } from './answer.ts';
import { refuse } from './answer.ts';

/** How one argument of a method is written: forms carry everything as text, JSON bodies carry it as itself. */
type Shape = 'text' | 'flag' | 'count' | 'json';
type Value<S extends Shape> = S extends 'text'
  ? string
  : S extends 'flag'
    ? boolean
    : S extends 'count'
      ? number
      : unknown;
export type Values<T extends Record<string, Shape>> = { [K in keyof T]?: Value<T[K]> };

const FLAGS = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  ['1', true],
  [false, false],
  ['false', false],
  ['0', false],
]);

const parseJson = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
};

const readers: Record<Shape, (value: unknown) => unknown> = {
  text: (value) => (typeof value === 'string' ? value : undefined),
  flag: (value) => FLAGS.get(value),
  count: (value) => (/^\d{1,6}$/.test(String(value)) ? Number(value) : undefined),
  json: parseJson,
};

const NAMES: Record<Shape, string> = { text: 'string', flag: 'boolean', count: 'integer', json: 'JSON value' };
const MALFORMED: Readonly<Record<string, string>> = {
  blocks: 'invalid_blocks_format',
  metadata: 'invalid_metadata_format',
};

/** Checks and reads the arguments a method knows; unknown ones are tolerated, as Slack does. */
export const readArgs = <T extends Record<string, Shape>>(
  shapes: T,
  required: readonly (keyof T & string)[],
  args: Readonly<Record<string, unknown>>,
): Values<T> | Refusal => {
  const values: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const given = args[name];
    if (given === undefined || given === null || given === '') {
      if (required.includes(name)) return refuse('invalid_arguments', [`missing required field: ${name}`]);
      continue;
    }
    const value = readers[shape](given);
    if (value === undefined)
      return refuse(MALFORMED[name] ?? 'invalid_arguments', [`must be a ${NAMES[shape]} [json-pointer:/${name}]`]);
    values[name] = value;
  }
  return values as Values<T>;
};
