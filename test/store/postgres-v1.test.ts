import { expect, describe, test } from 'vitest';
import { foundation } from '../../src/store/migrations/0001-foundation.ts';
import { postgresPlace } from '../real/postgres-place.ts';
import { isMissing } from '../real/postgres-server.ts';
import { START } from './samples.ts';

describe.skipIf(isMissing)('tables of the first schema', () => {
  const place = postgresPlace();

  test('are brought to the newest by replicas that start at once, and keep their results', async () => {
    const schema = await place.schema();
    const run = (text: string) => place.server.admin(`SET search_path = ${schema}; ${text}`);
    await run('CREATE TABLE migration (version BIGINT PRIMARY KEY); INSERT INTO migration VALUES (1)');
    for (const text of [...foundation.nines, ...foundation.series]) await run(text.replaceAll(' WITHOUT ROWID', ''));
    await run(`INSERT INTO name (id, name, first) VALUES (1, 'shop/api/health', ${START});
      INSERT INTO result VALUES (1, ${START}, 12.5, 'fail', 'status', 'was 503', 503, '{}', NULL)`);
    const stores = await Promise.all([1, 2, 3].map(() => place.store(schema)));
    for (const store of stores)
      expect(await store.results.latest('shop/api/health', 5)).toMatchObject([
        { at: START, outcome: 'fail', location: 'main', degraded: false, attempts: 1, readings: '{}' },
      ]);
  });
});
