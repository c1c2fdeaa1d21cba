import { lintDatabaseUrl, lintReadAssertions } from './lint-database.ts';
import type { Path } from './locate.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

const URL = { schemes: ['redis', 'rediss'], example: 'rediss://:${env:REDIS_PASSWORD}@cache.example.org:6379/0' };

/** What no schema says about one Redis probe. */
export const lintRedis = (probe: Extract<ProbeSpec, { kind: 'redis' }>, at: Path, tell: Tell): void => {
  const url = lintDatabaseUrl(probe, URL, at, tell);
  const database = url?.database ?? '';
  if (database !== '' && referencesIn(database).length === 0 && !/^\d{1,6}$/.test(database))
    tell.error([...at, 'url'], `url must end in the number of a database such as /0, got /${database}`);
  lintReadAssertions(probe, url?.scheme !== 'redis', at, tell);
};
