import { afterAll, beforeAll, describe } from 'vitest';
import { openPostgres } from '../../../src/store/postgres.ts';
import { createPostgres, isMissing, type PostgresServer } from '../../real/postgres-server.ts';
import { sqlContract } from './sql.ts';

describe.skipIf(isMissing)('a real PostgreSQL', () => {
  let server: PostgresServer;
  let schemas = 0;
  beforeAll(async () => {
    server = await createPostgres();
  });
  afterAll(() => server.remove());

  for (const part of ['nines', 'series'] as const)
    sqlContract(`PostgreSQL, ${part}`, async () => {
      const schema = `contract_${++schemas}`;
      await server.admin(`CREATE SCHEMA ${schema}`);
      const databases = await openPostgres(server.url({ schema }));
      return { sql: databases[part], close: databases.close };
    });
});
