import { describe } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { postgresPlace } from '../../real/postgres-place.ts';
import { isMissing } from '../../real/postgres-server.ts';
import { storeContract } from './store.ts';

describe.skipIf(isMissing)('a real PostgreSQL', () => {
  const place = postgresPlace();
  const open = async (): Promise<Store> => {
    const store = await place.store(await place.schema());
    await store.takeOver(null);
    return store;
  };
  storeContract('PostgreSQL', open, { runs: 15 });
});
