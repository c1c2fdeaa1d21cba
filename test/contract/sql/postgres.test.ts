import { describe } from 'vitest';
import { postgresPlace } from '../../real/postgres-place.ts';
import { isMissing } from '../../real/postgres-server.ts';
import { sqlContract } from './sql.ts';

describe.skipIf(isMissing)('a real PostgreSQL', () => {
  const place = postgresPlace();
  for (const part of ['nines', 'series'] as const)
    sqlContract(`PostgreSQL, ${part}`, async () => {
      const databases = await place.databases(place.server.url({ schema: await place.schema() }));
      return { sql: databases[part], close: databases.close };
    });
});
