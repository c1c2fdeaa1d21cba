import { isDeepStrictEqual } from 'node:util';
import type { ToThread } from './hand-over.ts';
import { intern } from './interning.ts';
import type { Target } from './probe.ts';

/** So many targets cross at once: more would hold up the loops at both ends, and one of them measures. */
const AT_ONCE = 100;

/** What can be gone through again and again: a list, a map, or a part of one. */
export type Many<T> = { values(): Iterable<T> };

/** Hands the targets of one probe thread over, slice by slice. */
export type Sending = {
  /** Settles when these run, or newer ones that were set meanwhile. */
  set(targets: Many<Target>): Promise<void>;
  /** The thread has taken what it was told last. */
  taken(): void;
  /** A new thread, which runs nothing yet, gets all of them. */
  restart(): void;
  /** Nobody listens any more; whoever waits is let go. */
  stop(): void;
};

type Wanted = { revision: number; targets: Many<Target> };
type Slices = Generator<ToThread, Map<string, Target>>;

export const createSending = (tell: (message: ToThread) => void): Sending => {
  let wanted: Wanted = { revision: 0, targets: [] };
  // What the thread runs, and its revision.
  let running = new Map<string, Target>();
  let applied = 0;
  let current: { revision: number; slices: Slices; last: ToThread['kind'] } | null = null;
  let waiting: { revision: number; resolve: () => void }[] = [];
  let isStopped = false;

  const slicesOf = function* (targets: Iterable<Target>): Slices {
    const all = new Map<string, Target>();
    let slice: (Target | string)[] = [];
    for (const given of targets) {
      const before = running.get(given.id);
      const target = intern(given);
      const isSame = before !== undefined && isDeepStrictEqual(before, target);
      all.set(given.id, isSame ? before : target);
      if (slice.push(isSame ? before.id : target) < AT_ONCE) continue;
      yield { kind: 'slice', targets: slice };
      slice = [];
    }
    if (slice.length > 0) yield { kind: 'slice', targets: slice };
    yield { kind: 'apply' };
    return all;
  };

  const release = (upTo: number): void => {
    for (const { revision, resolve } of waiting) if (revision <= upTo) resolve();
    waiting = waiting.filter(({ revision }) => revision > upTo);
  };

  const start = (): void => {
    current = null;
    if (isStopped || wanted.revision === applied) return;
    current = { revision: wanted.revision, slices: slicesOf(wanted.targets.values()), last: 'begin' };
    tell({ kind: 'begin' });
    step(current);
  };

  const step = (one: NonNullable<typeof current>): void => {
    const { done, value } = one.slices.next();
    if (!done) {
      one.last = value.kind;
      return tell(value);
    }
    running = value;
    applied = one.revision;
    // The same ones with shared parts; what they were made of may go.
    if (wanted.revision === applied) wanted.targets = running;
    release(applied);
    start();
  };

  return {
    set: (targets) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isStopped) resolve();
      wanted = { revision: wanted.revision + 1, targets };
      waiting.push({ revision: wanted.revision, resolve });
      if (!current) start();
      return promise;
    },
    taken: () => {
      if (!current) return;
      // What is applied runs, even if there are newer ones: the next comparison is with that.
      if (current.revision < wanted.revision && current.last !== 'apply') start();
      else step(current);
    },
    restart: () => {
      running = new Map();
      applied = 0;
      start();
    },
    stop: () => {
      isStopped = true;
      current = null;
      release(wanted.revision);
    },
  };
};
