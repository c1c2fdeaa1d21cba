import { inserting } from './many.ts';
import type { Sql, Statement } from './sql.ts';

/** The small ids of SLIs and probes, and the first instant with data of each. All of them are held in memory. */
export type SeriesNames = {
  id(name: string): number;
  /** undefined when nothing was ever stored under this name. */
  known(name: string): number | undefined;
  name(id: number): string;
  highest(): number;
  sawData(name: string, at: number): void;
  /** Data from before `at` is gone. */
  keptSince(name: string, at: number): void;
  /** Nothing is stored under this name any more; its id is not given to another until the next start. */
  forget(name: string): void;
  firsts(): Map<string, number>;
  /** Believes the database and forgets what it does not have. */
  reload(): Promise<void>;
  /** Learns the names that another process added. */
  refresh(): Promise<void>;
  /** What the database does not have yet: add it to the next commit, and call `written` when that is stored. */
  unwritten(): { statements: Statement[]; written(): void };
};

type Entry = { id: number; first: number | null };
type Row = Entry & { name: string };

export const loadSeriesNames = async (series: Sql): Promise<SeriesNames> => {
  const entries = new Map<string, Entry>();
  const names = new Map<number, string>();
  let highest = 0;
  const changed = new Set<string>();

  const loadAbove = (id: number): Promise<Row[]> =>
    series.read<Row>('SELECT id, name, first FROM name WHERE id > $1', [id]);
  const learn = (rows: readonly Row[]): void => {
    for (const { id, name, first } of rows) {
      if (entries.has(name)) continue;
      entries.set(name, { id, first });
      names.set(id, name);
      highest = Math.max(highest, id);
    }
  };
  learn(await loadAbove(0));

  const entryOf = (name: string): Entry => {
    const known = entries.get(name);
    if (known) return known;
    const made: Entry = { id: ++highest, first: null };
    entries.set(name, made);
    names.set(made.id, name);
    changed.add(name);
    return made;
  };

  return {
    id: (name) => entryOf(name).id,
    known: (name) => entries.get(name)?.id,
    name: (id) => names.get(id) ?? '',
    highest: () => highest,
    sawData: (name, at) => {
      const entry = entryOf(name);
      if (entry.first !== null && entry.first <= at) return;
      entry.first = at;
      changed.add(name);
    },
    keptSince: (name, at) => {
      const entry = entries.get(name);
      if (!entry || entry.first === null || entry.first >= at) return;
      entry.first = at;
      changed.add(name);
    },
    forget: (name) => {
      const entry = entries.get(name);
      if (entry) names.delete(entry.id);
      entries.delete(name);
      changed.delete(name);
    },
    firsts: () =>
      new Map([...entries].flatMap(([name, { first }]): [string, number][] => (first === null ? [] : [[name, first]]))),
    reload: async () => {
      const rows = await loadAbove(0);
      entries.clear();
      names.clear();
      changed.clear();
      highest = 0;
      learn(rows);
    },
    refresh: async () => learn(await loadAbove(highest)),
    unwritten: () => {
      const taken = [...changed].map((name) => [name, entryOf(name).id, entryOf(name).first] as const);
      return {
        statements: inserting(
          'INSERT INTO name (id, name, first)',
          taken.map(([name, id, first]) => [id, name, first]),
          'ON CONFLICT (id) DO UPDATE SET first = excluded.first',
        ),
        written: () => {
          for (const [name, , first] of taken) if (entries.get(name)?.first === first) changed.delete(name);
        },
      };
    },
  };
};

/** The id under which something was stored, also by another process; undefined when nothing was. */
export const idOf = async (name: string, names: SeriesNames): Promise<number | undefined> => {
  if (names.known(name) === undefined) await names.refresh();
  return names.known(name);
};
