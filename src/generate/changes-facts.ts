import type { Change, Compared } from './changes.ts';
import { canonical, compared, fieldOf, isRecord } from './value.ts';

/** `slo` and `duru-notes/api/availability`, with its facts. */
type Thing = { kind: string; id: string; facts: unknown };
type Side = ReadonlyMap<string, Thing>;

/** What sentences about facts say already, so that nobody needs to hear it of rules, tests and dashboards again. */
export type Told = {
  /** Things of which a sentence speaks, and those that depend on them, as rules name them: `duru-notes/api availability`. */
  subjects: ReadonlySet<string>;
  /** Their systems. */
  systems: ReadonlySet<string>;
  /** Whether the two texts differ in nothing but what was renamed. */
  isRenamed: (before: string, after: string) => boolean;
};

/** Of the shared ones: `links`, `policy standard`. */
const subjectOf = ({ kind, id }: Thing): string => {
  if (kind === 'links') return 'links';
  if (kind === 'policy' || kind === 'channel') return `${kind} ${id}`;
  if (kind === 'system' || kind === 'service') return id;
  const at = id.lastIndexOf('/');
  return `${id.slice(0, at)} ${kind === 'connector' ? 'connector ' : ''}${id.slice(at + 1)}`;
};

const thingsIn = (value: unknown): Side =>
  new Map(
    Object.entries(fieldOf(value, 'facts') ?? {}).flatMap(([kind, all]) =>
      isRecord(all) ? Object.entries(all).map(([id, facts]) => [`${kind} ${id}`, { kind, id, facts }] as const) : [],
    ),
  );

const factsOf = ({ facts }: Thing): ReadonlyMap<string, unknown> =>
  new Map(isRecord(facts) ? Object.entries(facts) : []);

// A text beyond this is no word of a sentence; the lines show it.
const LONGEST = 80;

const valueText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : canonical(value);
  return /\s/.test(text) ? `'${text}'` : text;
};

const sentence = (fact: string, before: unknown, after: unknown): string => {
  const [then, now] = [valueText(before), valueText(after)];
  const told = then.length + now.length > LONGEST * 2 || fact === 'description' ? 'changed' : `${then} → ${now}`;
  return `${fact} ${told}`;
};

/** L4 is only reached from services of tier 0. */
const consequence = (kind: string, fact: string, before: unknown, after: unknown): string => {
  if (kind !== 'service' || fact !== 'tier') return '';
  if (after === 0) return ' (its incidents may now climb to L4)';
  return before === 0 ? ' (its incidents no longer climb to L4)' : '';
};

const changesWithin = (before: Thing, after: Thing): string[] => {
  const { added, removed, changed } = compared(factsOf(before), factsOf(after));
  return [
    ...changed.map(
      (one) => sentence(one.key, one.before, one.after) + consequence(after.kind, one.key, one.before, one.after),
    ),
    ...added.map(([fact, value]) => (fact.includes(' ') ? `${fact} added` : `${fact} ${valueText(value)} added`)),
    ...removed.map(([fact]) => `${fact} removed`),
  ];
};

/** What they name in any of their facts depends on it: an SLO on its probes, a composite on its parts. */
const withDependents = (changed: ReadonlySet<string>, sides: readonly Side[]): Set<string> => {
  const readers = sides.flatMap((side) =>
    [...side.values()].map((thing) => ({
      id: thing.id,
      names: [...factsOf(thing)].flatMap(([fact, value]) => `${fact} ${String(value)}`.match(/[\w./-]+/g) ?? []),
    })),
  );
  const reached = new Set(changed);
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const { id, names } of readers) if (names.some((name) => reached.has(name))) reached.add(id);
  }
  return reached;
};

// Times that the window of a calendar begins at follow from it.
const OF_ALL = 'timeZone';
const WORDS: ReadonlySet<string> = new Set(['name', 'description', 'runbook', 'environment', 'owner']);
const isWord = (kind: string, fact: string): boolean => kind === 'links' || WORDS.has(fact);

/** Rules, tests and dashboards are made of these. */
const IN_RULES: ReadonlySet<string> = new Set(['service', 'slo', 'condition', 'probe']);

const inJson = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : '');

/**
 * Each old word may stand in `after` as it was, or as one of its new ones: a name can also be a word of another text. Longest
 * first, so that a name within another one is not taken for it. Texts are JSON.
 */
const renaming = (pairs: readonly (readonly [string, string])[]): Told['isRenamed'] => {
  if (pairs.length === 0) return (before, after) => before === after;
  const words = Map.groupBy(pairs, ([old]) => old);
  const longestFirst = [...words.keys()].toSorted((a, b) => b.length - a.length);
  const any = new RegExp(longestFirst.map((old) => RegExp.escape(old)).join('|'), 'g');
  return (before, after) => {
    if (before === after) return true;
    let [places, end] = [new Set([0]), 0];
    const step = (texts: readonly string[]): void => {
      places = new Set(
        [...places].flatMap((at) => texts.filter((text) => after.startsWith(text, at)).map((text) => at + text.length)),
      );
    };
    for (const { 0: old, index } of before.matchAll(any)) {
      step([before.slice(end, index)]);
      step([old, ...(words.get(old) ?? []).map(([, now]) => now)]);
      if (places.size === 0) return false;
      end = index + old.length;
    }
    step([before.slice(end)]);
    return places.has(after.length);
  };
};

/** Alerts say the names of their system and service, unless their own name says them already. */
const isWithin = ({ kind, id }: Thing, place: Thing): boolean =>
  (kind === 'slo' || kind === 'condition') && (id === place.id || id.startsWith(`${place.id}/`));

/**
 * What differs between the definitions of two sets of generated files, as far as both have them; and what that explains.
 */
export const factChanges = (files: readonly Compared[]): { changes: Change[]; told: Told } => {
  const changes: Change[] = [];
  const ids = new Set<string>();
  const sides: Side[] = [];
  const renamed: [string, string][] = [];
  const systems = new Set<string>();
  const reach = ({ kind, id }: Thing): void => {
    if (IN_RULES.has(kind)) ids.add(id);
    if (IN_RULES.has(kind) || kind === 'system') systems.add(id.split('/')[0] ?? id);
  };
  for (const { path, before: then, after: now } of files) {
    if (!isRecord(fieldOf(then, 'facts')) || !isRecord(fieldOf(now, 'facts'))) continue;
    const [before, after] = [thingsIn(then), thingsIn(now)];
    sides.push(before, after);
    const things = compared(before, after);
    for (const [list, what] of [
      [things.added, 'added'],
      [things.removed, 'removed'],
    ] as const)
      for (const [, thing] of list) {
        changes.push({ subject: subjectOf(thing), what, path });
        reach(thing);
      }
    for (const one of things.changed) {
      const { kind } = one.after;
      changes.push(
        ...changesWithin(one.before, one.after).map((what) => ({ subject: subjectOf(one.after), what, path })),
      );
      reach(one.after);
      const facts = compared(factsOf(one.before), factsOf(one.after));
      for (const fact of facts.changed)
        if (isWord(kind, fact.key)) renamed.push([inJson(fact.before), inJson(fact.after)]);
      const [isOfAll, isOfTitles] = [OF_ALL, 'name'].map((fact) => facts.changed.some(({ key }) => key === fact));
      for (const side of [before, after])
        for (const other of side.values())
          if ((isOfAll && other.kind === 'slo') || (isOfTitles && isWithin(other, one.after))) reach(other);
    }
  }
  const reached = withDependents(ids, sides);
  const subjects = sides.flatMap((side) => [...side.values()].filter(({ id }) => reached.has(id)).map(subjectOf));
  return {
    changes,
    told: { subjects: new Set(subjects), systems, isRenamed: renaming(renamed.filter(([old]) => old !== '')) },
  };
};
