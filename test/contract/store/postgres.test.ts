import { describe } from 'vitest';
import { postgresPlace } from '../../real/postgres-place.ts';
import { isMissing } from '../../real/postgres-server.ts';
import { storeContract } from './store.ts';

describe.skipIf(isMissing)('a real PostgreSQL', () => {
  const place = postgresPlace();
  storeContract('PostgreSQL', async () => {
    const store = await place.store(await place.schema());
    await store.takeOver(null);
    return store;
  });
});
