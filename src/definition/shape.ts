import type { Problem } from './catalog.ts';
import type { Draft } from './draft.ts';
import type { Path } from './locate.ts';
import { knownFields, say } from './say.ts';
import { document } from './spec/document.ts';
import { probe } from './spec/probe.ts';
import { slo } from './spec/system.ts';
import type { Document } from './spec/document.ts';

/**
 * A document that fits the schema. Where parts did not, they are left out, so that the rest can still be checked:
 * `ids` are the ids of what was left out (references to them are no mistakes), `origin` turns a path of the document
 * into the path in its file.
 */
export type Shaped = { draft: Draft; document: Document; ids: ReadonlySet<string>; origin: (path: Path) => Path };

type Issue = ReturnType<typeof parse>['error'] extends infer E
  ? E extends { issues: (infer I)[] }
    ? I
    : never
  : never;

const MOST_ROUNDS = 8;

const parse = (value: unknown) => document.safeParse(value, { reportInput: true, error: knownFields });

const LISTED = { probes: probe, slos: slo };

/** Whether a value fits what the entries of a service's list must be. */
export const isEntryOf = (list: keyof typeof LISTED, value: unknown): boolean => LISTED[list].safeParse(value).success;

/** Checks a draft against the schema. `shaped` is null where nothing of it can be used. */
export const checkShape = (draft: Draft): { shaped: Shaped | null; problems: Problem[] } => {
  const first = parse(draft.value);
  if (first.success) {
    return { shaped: { draft, document: first.data, ids: new Set(), origin: (path) => path }, problems: [] };
  }
  return { shaped: salvage(draft, first.error.issues), problems: problemsOf(draft, first.error.issues) };
};

const problemsOf = (draft: Draft, issues: readonly Issue[]): Problem[] => {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const mistake of issues.flatMap(say)) {
    const path = JSON.stringify(mistake.path);
    // A value that breaks two demands at once is told by the first.
    if (seen.has(path)) continue;
    seen.add(path);
    problems.push({ file: draft.file, ...draft.locate(mistake.path, mistake.aim), message: mistake.message });
  }
  return problems;
};

const salvage = (draft: Draft, issues: readonly Issue[]): Shaped | null => {
  const value: unknown = structuredClone(draft.value);
  const ids = new Set<string>();
  const places = new Map<unknown, number[]>();
  let failing = issues;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    leaveOut(value, failing, ids, places);
    const next = parse(value);
    if (next.success) return { draft, document: next.data, ids, origin: originOf(value, places) };
    failing = next.error.issues;
  }
  return null;
};

const originOf =
  (value: unknown, places: ReadonlyMap<unknown, readonly number[]>) =>
  (path: Path): Path => {
    let at = value;
    return path.map((step) => {
      const original = typeof step === 'number' ? (places.get(at)?.[step] ?? step) : step;
      at = child(at, step);
      return original;
    });
  };

/** Removes what each issue is about: the unknown fields, else the innermost list entry around it, else the field. */
const leaveOut = (value: unknown, issues: readonly Issue[], ids: Set<string>, places: Map<unknown, number[]>): void => {
  const entries = new Map<unknown[], Set<number>>();
  const fields: { holder: unknown; name: PropertyKey }[] = [];
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      const holder = issue.path.reduce(child, value);
      fields.push(...issue.keys.map((name) => ({ holder, name })));
      continue;
    }
    const entry = issue.path.findLastIndex((step) => typeof step === 'number');
    const list = entry < 0 ? undefined : issue.path.slice(0, entry).reduce(child, value);
    const index = issue.path[entry];
    if (Array.isArray(list) && typeof index === 'number')
      entries.set(list, (entries.get(list) ?? new Set()).add(index));
    else if (issue.path[0] !== undefined) fields.push({ holder: value, name: issue.path[0] });
  }
  for (const { holder, name } of fields) {
    if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, name);
  }
  for (const [list, removed] of entries) {
    for (const index of removed) collectIds(list[index], ids);
    const original = places.get(list) ?? list.map((_, index) => index);
    places.set(
      list,
      original.filter((_, index) => !removed.has(index)),
    );
    list.splice(0, list.length, ...list.filter((_, index) => !removed.has(index)));
  }
};

const child = (value: unknown, step: PropertyKey): unknown => {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return Reflect.get(value, step);
};

const collectIds = (value: unknown, ids: Set<string>): void => {
  if (typeof value !== 'object' || value === null) return;
  const id = child(value, 'id');
  if (typeof id === 'string') ids.add(id);
  for (const inner of Object.values(value)) if (typeof inner === 'object') collectIds(inner, ids);
};
