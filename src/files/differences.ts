import { loadAll } from 'js-yaml';
import { messageOf } from '../errors.ts';
import { changesOf, type Change, type Compared } from '../generate/changes.ts';
import type { Difference, TextPair } from '../generate/diff.ts';
import { textOf, type GeneratedFile } from '../generate/file.ts';
import type { Plan } from '../generate/plan.ts';
import { recordChanges } from './apply.ts';
import type { Place } from './output.ts';

/** How a plan stands to a place: what it would write, remove, or refuse. By path; the records of ownership last. */
export const differencesOf = (plan: Plan, place: Place): Difference[] => {
  const files: Difference[] = [
    ...plan.write.map(({ path, over }): Difference => ({ path, state: over === 'missing' ? 'missing' : 'changed' })),
    ...plan.remove.map((path): Difference => ({ path, state: 'stale' })),
    ...plan.refuse.map(({ path, kind, why }): Difference => ({ path, state: kind, why })),
  ];
  const records = recordChanges(place.manifests, plan.manifests());
  const owners = new Set(place.manifests.map(({ owner }) => owner));
  return [
    ...files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    ...records.write.map(({ path, owner }): Difference => ({ path, state: owners.has(owner) ? 'changed' : 'missing' })),
    ...records.remove.map((path): Difference => ({ path, state: 'stale' })),
  ];
};

type Parsed = { value: unknown; mistake?: string };

/** YAML or JSON by its name; several documents as a list. Other texts stand for themselves. */
const parse = (path: string, text: string | null): Parsed => {
  if (text === null) return { value: null };
  try {
    if (path.endsWith('.json')) return { value: JSON.parse(text) };
    if (!/\.ya?ml$/.test(path)) return { value: text };
    const documents = loadAll(text);
    return { value: documents.length === 1 ? documents[0] : documents };
  } catch (error) {
    return { value: null, mistake: messageOf(error).split('\n')[0] ?? 'it is damaged' };
  }
};

export type Comparison = { differences: Difference[]; changes: Change[]; pairs: TextPair[] };

/** What a plan changes, or refuses to: by file, in words, and both texts. */
export const compare = (
  place: Place,
  files: readonly GeneratedFile[],
  plan: Plan,
  inScope: (path: string) => boolean,
): Comparison => {
  const generated = new Map(files.map((file) => [file.path, file]));
  const differences = differencesOf(plan, place);
  const paths = [...plan.write, ...plan.refuse, ...plan.remove.map((path) => ({ path }))].map(({ path }) => path);
  const pairs = paths.toSorted().map((path): TextPair => {
    const file = generated.get(path);
    return { path, before: place.textOf(path), after: file && inScope(path) ? textOf(file) : null };
  });
  return { differences, changes: changesOf(pairs.map(parsedPair)), pairs };
};

const parsedPair = ({ path, before, after }: TextPair): Compared => {
  const [then, now] = [parse(path, before), parse(path, after)];
  return {
    path,
    before: then.value,
    after: now.value,
    ...(then.mistake === undefined ? {} : { unreadable: then.mistake }),
  };
};
