import { describe, expect, onTestFinished, test } from 'vitest';
import { startCuttingProxy } from '../real/cutting-proxy.ts';
import { postgresPlace } from '../real/postgres-place.ts';
import { isMissing } from '../real/postgres-server.ts';

describe.skipIf(isMissing)('replicas on one PostgreSQL', () => {
  const place = postgresPlace();

  test('one that stops in the middle of a commit holds up the others for seconds and not for ever', async () => {
    const proxy = await startCuttingProxy(place.server.host, place.server.port);
    onTestFinished(() => proxy.stop());
    const schema = await place.schema();
    const url = place.server.url({ schema });
    const stopped = await place.databases(url.replace(`:${place.server.port}/`, `:${proxy.port}/`));
    const living = await place.databases(url);
    const guarded = (name: string) => ({
      text: 'INSERT INTO fact (name, value) VALUES ($1, $1)',
      values: [name],
      rows: 1,
    });
    proxy.hold();
    const lost = stopped.nines.commit([guarded('stopped')]);
    const held = `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'`;
    await expect.poll(() => place.server.admin(held)).toHaveLength(1);
    const [first, second] = await Promise.allSettled([lost, living.nines.commit([guarded('living')])]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } });
    expect(second).toMatchObject({ status: 'fulfilled' });
    expect(await living.nines.read('SELECT name FROM fact')).toEqual([{ name: 'living' }]);
  });
});
