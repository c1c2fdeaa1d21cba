import { formatDuration } from '../duration.ts';
import type { Aim, Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { ConnectorSpec, ProbeSpec, ServiceSpec } from './meaning.ts';
import { nearest } from './near.ts';
import type { SystemDocument } from './spec/document.ts';

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

const MOST_LISTED = 10;

const listed = (known: ReadonlySet<string>): string => {
  const names = known.values().take(MOST_LISTED).toArray().join(', ');
  return known.size > MOST_LISTED ? `${names} and others` : names;
};

/** A name of something that is defined elsewhere. */
export const lintName = (tell: Tell, path: Path, what: string, id: string, known: ReadonlySet<string>): boolean => {
  if (known.has(id) || tell.isLost(id)) return known.has(id);
  const meant = nearest(id, known);
  const hint = meant
    ? `did you mean ${meant}?`
    : known.size > 0
      ? `there is ${listed(known)}`
      : `no ${what} is defined`;
  tell.error(path, `${what} ${id} does not exist; ${hint}`);
  return false;
};

/** The ids of a list, as names that can be given. */
export const idsOf = (list: readonly { id: string }[]): ReadonlySet<string> => new Set(list.map(({ id }) => id));

/** A duration below what makes sense. */
export const lintLeast = (tell: Tell, path: Path, name: string, text: string | undefined, least: number): void => {
  if (text !== undefined && ms(text) < least)
    tell.error(path, `${name} must be at least ${formatDuration(least)}, got ${text}`);
};

export const probeNamed = (service: ServiceSpec, id: string): ProbeSpec | undefined =>
  service.probes.find((probe) => probe.id === id);

export const connectorNamed = ({ connectors }: SystemDocument, id: string): ConnectorSpec | undefined =>
  connectors.find((connector) => connector.id === id);
