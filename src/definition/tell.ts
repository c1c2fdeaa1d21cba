import { formatDuration } from '../duration.ts';
import type { Aim, Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { ProbeSpec, ServiceSpec } from './meaning.ts';
import { nearest } from './near.ts';

/** How a check speaks. `error` stops the load, `warn` does not; `isLost` knows ids whose objects had mistakes of their own. */
export type Tell = {
  error(path: Path, message: string, aim?: Aim): void;
  warn(path: Path, message: string, aim?: Aim): void;
  isLost(id: string): boolean;
  isWritten(path: Path): boolean;
};

/** The same id twice in one list: told at the second. */
export const lintTwice = (tell: Tell, path: Path, entries: readonly { id: string }[]): void => {
  const seen = new Set<string>();
  entries.forEach(({ id }, index) => {
    if (seen.has(id)) tell.error([...path, index, 'id'], `id ${id} is used twice in these ${String(path.at(-1))}`);
    seen.add(id);
  });
};

/** A name of something that is defined elsewhere. */
export const lintName = (tell: Tell, path: Path, what: string, id: string, known: readonly string[]): boolean => {
  if (known.includes(id) || tell.isLost(id)) return known.includes(id);
  const meant = nearest(id, known);
  const hint = meant
    ? `did you mean ${meant}?`
    : known.length > 0
      ? `there is ${[...new Set(known)].join(', ')}`
      : `no ${what} is defined`;
  tell.error(path, `${what} ${id} does not exist; ${hint}`);
  return false;
};

/** A duration below what makes sense. */
export const lintLeast = (tell: Tell, path: Path, name: string, text: string | undefined, least: number): void => {
  if (text !== undefined && ms(text) < least)
    tell.error(path, `${name} must be at least ${formatDuration(least)}, got ${text}`);
};

/** Runbooks become links on pages: an address in one must be one that a browser may open. */
export const lintRunbook = (runbook: string | undefined, at: Path, tell: Tell): void => {
  if (runbook !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(runbook) && !/^https?:\/\//i.test(runbook))
    tell.error([...at, 'runbook'], 'runbook must be an http or https address, or relative to runbooks');
};

export const probeNamed = (service: ServiceSpec, id: string): ProbeSpec | undefined =>
  service.probes.find((probe) => probe.id === id);
