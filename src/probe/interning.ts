import type { Target } from './probe.ts';

/** A fleet of one template has a handful of these; past that they are each probe's own, and nothing is gained. */
const MOST = 10_000;

const known = new Map<string, object>();
let shared = new WeakSet<object>();

const internPart = (part: object): object => {
  if (shared.has(part)) return part;
  const key = JSON.stringify(part);
  const same = known.get(key);
  if (same) return same;
  if (known.size >= MOST) {
    known.clear();
    shared = new WeakSet();
  }
  known.set(key, part);
  shared.add(part);
  return part;
};

/** The same object when each of its parts is shared already. */
const internParts = <T extends object>(whole: T, except?: keyof T): T => {
  let made: T | null = null;
  for (const name in whole) {
    const part = whole[name];
    if (name === except || typeof part !== 'object' || part === null) continue;
    const same = internPart(part);
    if (same !== part) (made ??= { ...whole })[name] = same as typeof part;
  }
  return made ?? whole;
};

/**
 * The same target with the parts that others of this thread have too (how it is reached, TLS, headers, assertions) as
 * one object for all: most of the memory of a fleet, and what was compiled for one serves all. Nobody may change them.
 */
export const intern = (target: Target): Target => {
  const check = internParts(target.check);
  const made = internParts(target, 'check');
  return check === made.check ? made : { ...made, check };
};
