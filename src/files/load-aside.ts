import { Worker } from 'node:worker_threads';
import type { Catalog, Problem } from '../definition/catalog.ts';
import type { Requirement } from '../definition/requirements.ts';
import { messageOf, NinesError } from '../errors.ts';
import type { LoadedFolder } from './load.ts';

/** What the thread needs to read a folder; values of references are among it. */
export type Reading = { dir: string; profile: string; env: Readonly<Record<string, string | undefined>> };

type Large = 'probes' | 'slos' | 'conditions';
type Entry<Name extends Large> = Catalog[Name] extends ReadonlyMap<string, infer T> ? readonly [string, T] : never;

/** A catalog in pieces small enough for the loop that takes them. */
export type LoadedPart =
  | { kind: 'probes'; entries: readonly Entry<'probes'>[] }
  | { kind: 'slos'; entries: readonly Entry<'slos'>[] }
  | { kind: 'conditions'; entries: readonly Entry<'conditions'>[] }
  | { kind: 'whole'; rest: Omit<Catalog, Large>; problems: []; requirements: readonly Requirement[] | null }
  | { kind: 'faulty'; problems: Problem[]; requirements: readonly Requirement[] | null }
  | { kind: 'unreadable'; message: string };

const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './load-thread.ts' : './load-thread.js', import.meta.url);

/** `loadFolder` in a thread of its own: a large fleet takes seconds to read, and pages cannot wait for it. */
export const loadAside = (reading: Reading): Promise<LoadedFolder> => {
  const { promise, resolve, reject } = Promise.withResolvers<LoadedFolder>();
  const large = { probes: new Map(), slos: new Map(), conditions: new Map() };
  const worker = new Worker(ENTRY, { name: 'definitions', workerData: reading });
  const unreadable = (why: string): void =>
    reject(new NinesError('definition_unreadable', `Definitions cannot be read from ${reading.dir}: ${why}`));
  worker.on('message', (part: LoadedPart) => {
    switch (part.kind) {
      case 'whole':
        resolve({ catalog: { ...part.rest, ...large }, problems: [], requirements: part.requirements });
        break;
      case 'faulty':
        resolve({ catalog: null, problems: part.problems, requirements: part.requirements });
        break;
      case 'unreadable':
        unreadable(part.message);
        break;
      case 'probes':
      case 'slos':
      case 'conditions':
        for (const [id, one] of part.entries) large[part.kind].set(id, one);
    }
  });
  worker.on('error', (error) => unreadable(messageOf(error)));
  worker.once('exit', () => unreadable('the thread that reads them ended.'));
  return promise;
};
