import { lintDatabaseUrl, lintReadAssertions } from './lint-database.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import { oneOf } from './say.ts';
import type { Tell } from './tell.ts';

const URL = {
  schemes: ['postgres', 'postgresql'],
  example: 'postgres://user:${env:DATABASE_PASSWORD}@db.example.org:5432/shop',
};
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** What no schema says about one PostgreSQL probe. */
export const lintPostgres = (probe: Extract<ProbeSpec, { kind: 'postgres' }>, at: Path, tell: Tell): void => {
  const path: Path = [...at, 'url'];
  const url = lintDatabaseUrl(probe, URL, at, tell);
  const parameters = new URLSearchParams(url?.query ?? '');
  const mode = parameters.get('sslmode');
  if (mode !== null && referencesIn(mode).length === 0 && !SSL_MODES.includes(mode))
    tell.error(path, `url must have ${oneOf(SSL_MODES)} as its sslmode, got ${JSON.stringify(mode)}`);
  if (['host', 'password', 'user'].some((name) => parameters.has(name)))
    tell.error(path, 'url must have host, user and password in front of its database, not as parameters');
  // A second statement could leave the transaction that makes the first one read only.
  if (/;\s*\S/.test(probe.query)) tell.error([...at, 'query'], 'query must be one statement, without a ; inside');
  lintReadAssertions(probe, mode !== 'disable', at, tell);
};
