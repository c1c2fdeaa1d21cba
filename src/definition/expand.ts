import type { Problem } from './catalog.ts';
import type { Draft } from './draft.ts';
import { itemsOf, type Items } from './items.ts';
import type { Path } from './locate.ts';
import type { Lookup } from './resolve.ts';
import { isEntryOf } from './shape.ts';

// Not conditions: there `for` is how long they must hold.
const LISTS = ['probes', 'slos'] as const;
const MOST = 200_000;
const EACH = /\$\{each:([a-z][a-zA-Z0-9]*)\}/g;

type Item = Readonly<Record<string, string | number | boolean>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every combination of the lists, the last one turning fastest; rows are taken as they are. */
const combinations = (items: Exclude<Items, { kind: 'wrong' }>): readonly Item[] => {
  if (items.kind === 'rows') return items.rows;
  let all: Item[] = [{}];
  for (const [name, values] of items.lists)
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  return all;
};

/** A copy in which `${each:name}` is the item's value; alone it keeps its type, so that a number stays one. */
const fill = (value: unknown, item: Item): unknown => {
  if (typeof value === 'string') {
    if (!value.includes('${each:')) return value;
    const whole = /^\$\{each:([a-zA-Z0-9]+)\}$/.exec(value)?.[1];
    if (whole !== undefined && Object.hasOwn(item, whole)) return item[whole];
    return value.replace(EACH, (text, name: string) => (Object.hasOwn(item, name) ? String(item[name]) : text));
  }
  if (Array.isArray(value)) return value.map((inner: unknown) => fill(inner, item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, item)]));
};

const namesIn = (value: unknown, path: Path, found: { name: string; path: Path }[]): typeof found => {
  if (typeof value === 'string') for (const [, name = ''] of value.matchAll(EACH)) found.push({ name, path });
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      namesIn(inner, [...path, Array.isArray(value) ? Number(key) : key], found);
  return found;
};

/**
 * Turns entries with `for:` into one entry per item, so that a fleet is a few lines. Everything after this sees plain
 * entries; places in messages are those of the template, and a template whose first entry has mistakes of shape is
 * not multiplied, so that each mistake is told once.
 */
export const expand = (draft: Draft, lookup: Lookup): { draft: Draft; problems: Problem[] } => {
  const problems: Problem[] = [];
  const origins = new Map<string, number[]>();
  const tell = (path: Path, message: string, text?: string): void =>
    void problems.push({ file: draft.file, ...draft.locate(path, text === undefined ? {} : { text }), message });

  const entriesOf = (list: (typeof LISTS)[number], entry: unknown, path: Path): readonly unknown[] => {
    if (!isRecord(entry) || !Object.hasOwn(entry, 'for')) return [entry];
    const { for: given, ...template } = entry;
    const items = itemsOf(given, lookup);
    if (items.kind === 'wrong') {
      tell([...path, 'for', ...items.path], items.message);
      return [];
    }
    const size =
      items.kind === 'rows'
        ? items.rows.length
        : items.lists.reduce((product, [, values]) => product * values.length, 1);
    if (size > MOST) {
      tell([...path, 'for'], `for makes ${size} entries, at most ${MOST} are allowed; split the system`);
      return [];
    }
    const all = combinations(items);
    const [first] = all;
    if (!first) return [];
    const unknown = namesIn(template, path, []).find(({ name }) => !Object.hasOwn(first, name));
    if (unknown) {
      const known = Object.keys(first).join(', ');
      tell(
        unknown.path,
        `\${each:${unknown.name}} is no name of this for, which has ${known}`,
        `\${each:${unknown.name}}`,
      );
      return [];
    }
    if (typeof template['id'] === 'string' && all.length > 1 && namesIn(template['id'], [], []).length === 0) {
      tell([...path, 'id'], 'id must hold ${each:…}, or all entries of this for would have the same');
      return [];
    }
    const filled = fill(template, first);
    return isEntryOf(list, filled) ? [filled, ...all.slice(1).map((item) => fill(template, item))] : [filled];
  };

  const expandList = (list: (typeof LISTS)[number], entries: unknown, path: Path): unknown => {
    if (!Array.isArray(entries) || !entries.some((entry) => isRecord(entry) && Object.hasOwn(entry, 'for')))
      return entries;
    const origin: number[] = [];
    const made = entries.flatMap((entry: unknown, index) => {
      const some = entriesOf(list, entry, [...path, index]);
      for (let i = 0; i < some.length; i++) origin.push(index);
      return some;
    });
    origins.set(path.join('/'), origin);
    return made;
  };

  const { value } = draft;
  if (!isRecord(value) || !Array.isArray(value['services'])) return { draft, problems };
  const services = value['services'].map((service: unknown, index) => {
    if (!isRecord(service)) return service;
    const changed = LISTS.filter((list) => Object.hasOwn(service, list)).map((list) => [
      list,
      expandList(list, service[list], ['services', index, list]),
    ]);
    return { ...service, ...Object.fromEntries(changed) };
  });
  if (origins.size === 0) return { draft, problems };
  const written = (path: Path): Path => {
    const origin = origins.get(path.slice(0, 3).join('/'));
    const index = path[3];
    return origin && typeof index === 'number' ? [...path.slice(0, 3), origin[index] ?? index, ...path.slice(4)] : path;
  };
  return {
    draft: {
      file: draft.file,
      value: { ...value, services },
      locate: (path, aim) => draft.locate(written(path), aim),
      holds: (path) => draft.holds(written(path)),
    },
    problems,
  };
};
