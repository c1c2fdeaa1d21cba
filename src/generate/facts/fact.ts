import { formatDuration, parseDuration, SECOND } from '../../duration.ts';

/**
 * What a definition says of one thing, by the word it says it with: `objective` → 99.9. A fact that is undefined or null is not said.
 * Other things are named by their whole ids, so that a reader sees what depends on what.
 */
export type Facts = Readonly<Record<string, string | number | undefined>>;

/** Lengths of time (ms) as they are written, exact: `1h30m`, `1.5s`, `0s`. */
export const lengthText = (ms: number): string => {
  const short = formatDuration(ms);
  return parseDuration(short) === ms ? short : `${ms / SECOND}s`;
};

export const instantText = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString();

export const listText = (all: readonly (string | number)[]): string | undefined =>
  all.length === 0 ? undefined : all.join(', ');

const REFERENCE = /^\$\{[^}]*\}$/;
const USER = /(\/\/)[^/@\s]*@/;
const QUERY = /[?#].*$/s;

/**
 * Generated files go into other repositories: of a text that may hold a secret only a bare reference is shown.
 * `${env:TOKEN}` → itself, anything else → `set`.
 */
export const guardedText = (text: string | undefined): string | undefined =>
  text === undefined || REFERENCE.test(text) ? text : 'set';

/** An address without user, password and query. */
export const addressText = (url: string): string => url.replace(USER, '$1').replace(QUERY, '');
