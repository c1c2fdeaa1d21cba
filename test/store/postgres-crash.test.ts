import { expect, test } from 'vitest';
import { killPostgresLoop } from '../chaos/postgres-kill.ts';
import { isMissing } from '../real/postgres-server.ts';

test.skipIf(isMissing)('kill -9 of PostgreSQL and of its writer loses no acknowledged commit', async () => {
  const { acknowledged, faults } = await killPostgresLoop(4);
  expect(faults).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
});
