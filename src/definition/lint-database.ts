import { lintAssertions, type AssertionSpec } from './lint-assertion.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { nearest } from './near.ts';
import { readingsOf } from './readings.ts';
import { referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

type DatabaseSpec = Extract<ProbeSpec, { kind: 'postgres' | 'redis' }>;

/** `scheme://login@host:port/database?query` with references in any part; the last @ ends the login. */
const PARTS =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:(?<login>.*)@)?(?<host>\[[0-9a-f:.]+\]|(?:\$\{[^}]*\}|[^:/?#@[\]])+)(?::(?<port>\d{1,5}|\$\{[^}]*\}))?(?:\/(?<database>[^?#@]*))?(?:\?(?<query>[^#@]*))?$/is;

type WrittenUrl = { scheme: string; login: string | undefined; database: string | undefined; query: string };

/** The url in its written parts. `open` = a reference holds what is not written; null = it is none. */
const writtenUrl = (text: string): WrittenUrl | 'open' | null => {
  const parts = PARTS.exec(text)?.groups;
  if (!parts) return referencesIn(text).length > 0 && /^\$\{[^}]*\}/.test(text) ? 'open' : null;
  const { scheme = '', login, database, query = '' } = parts;
  return { scheme: scheme.toLowerCase(), login, database, query };
};

/** Judges the url, and what of the way there only other kinds know; gives its parts where they are written down. */
export const lintDatabaseUrl = (
  { url }: DatabaseSpec,
  { schemes, example }: { schemes: readonly string[]; example: string },
  at: Path,
  tell: Tell,
): WrittenUrl | null => {
  const path: Path = [...at, 'url'];
  const parts = writtenUrl(url);
  if (parts === 'open') return null;
  if (!parts || !schemes.includes(parts.scheme)) {
    tell.error(path, `url must be an address such as ${example}, or a reference that holds one`);
    return null;
  }
  const password = parts.login?.replace(/^[^:]*:?/, '') ?? '';
  // A user name that is a reference may hold the password as well.
  if (password !== '' && referencesIn(password).length === 0)
    tell.error(path, 'url must not hold a password as it is; use a reference such as ${env:DATABASE_PASSWORD}');
  return parts;
};

const lintReading = (
  kind: DatabaseSpec['kind'],
  reading: NonNullable<AssertionSpec['reading']>,
  at: Path,
  tell: Tell,
): void => {
  lintReadingName(kind, reading.name, [...at, 'name'], 'name', tell);
  const bounds = [reading.below, reading.above, reading.equals].filter((bound) => bound !== undefined);
  if (bounds.length === 0) tell.error(at, 'reading needs below, above or equals beside its name', { key: true });
};

/** A reading that no check of the kind has is never judged. */
export const lintReadingName = (kind: ProbeSpec['kind'], name: string, path: Path, field: string, tell: Tell): void => {
  const known = readingsOf(kind);
  if (known.has(name)) return;
  const meant = nearest(name, known);
  const hint = meant ? `did you mean ${meant}?` : `there is ${[...known].join(', ')}`;
  tell.error(path, `${field} ${name} is no reading of a ${kind} probe; ${hint}`);
};

/** What assertions of a probe that reads numbers may ask. `secure` false = there is never a certificate. */
export const lintReadAssertions = (probe: DatabaseSpec, secure: boolean, at: Path, tell: Tell): void =>
  lintAssertions(probe, ['reading', 'responseTime', 'certificate'], at, tell, ({ reading, certificate }, path) => {
    if (reading) lintReading(probe.kind, reading, [...path, 'reading'], tell);
    if (certificate !== undefined && !secure)
      tell.error([...path, 'certificate'], 'certificate needs a connection with TLS, and the url asks for none', {
        key: true,
      });
  });
