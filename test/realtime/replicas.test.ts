import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, stage, until } from '../chaos/story.ts';
import { freePort } from '../probe/real-server.ts';
import { createPostgres, isMissing, type PostgresServer } from '../real/postgres-server.ts';

type Ready = { ready: boolean; role: string };

describe.skipIf(isMissing)('two servers on one PostgreSQL', () => {
  let database: PostgresServer;
  beforeAll(async () => void (database = await createPostgres()));
  afterAll(() => database.remove());

  it(
    'the leader is killed with -9 in the middle of an incident, then the database is: one root, one broadcast, one PagerDuty incident',
    { timeout: 180_000 },
    async () => {
      const set = await stage({ DATABASE_URL: database.url() });
      const ports = [await freePort(), await freePort()];
      const urls = ports.map((port) => `http://127.0.0.1:${port}`);
      const servers: ChildProcess[] = ports.map((port, index) => set.serve(port, `data-${index}`));
      const ready = (index: number): Promise<Ready> => json<Ready>(`${urls[index]}/ready`);
      const leader = async (): Promise<number> => {
        const roles = await Promise.all([0, 1].map((index) => ready(index).catch(() => null)));
        return roles.findIndex((one) => one?.ready === true && one.role === 'leader');
      };
      const states = async (index: number): Promise<string[]> =>
        (await json<{ incidents: { state: string }[] }>(`${urls[index]}/api/v1/incidents?limit=9`)).incidents.map(
          ({ state }) => state,
        );
      try {
        await until('one of them leads', async () => (await leader()) >= 0);
        const first = await leader();
        const other = 1 - first;
        await until('the other one follows', async () => (await ready(other)).role === 'follower');
        await until(
          'the probe is up',
          async () =>
            (await json<{ probes: { state: string }[] }>(`${urls[first]}/api/v1/probes`)).probes[0]?.state === 'up',
        );
        await set.break(true);
        await until('Slack is paged', async () => (await set.slack()).broadcasts === 1);
        servers[first]?.kill('SIGKILL');
        await until('the other one leads', async () => (await leader()) === other);
        await until('the ladder climbs on to PagerDuty', async () => (await set.pagerduty()).length === 1);

        await database.stop('SIGKILL');
        await until('it is not ready without its database', async () => !(await ready(other)).ready);
        await database.start();
        await until('it leads again', async () => (await leader()) === other);

        await set.break(false);
        await until('the incident is over', async () => (await states(other)).every((state) => state === 'resolved'));
        await until('PagerDuty is closed', async () =>
          (await set.pagerduty()).every(({ status }) => status === 'resolved'),
        );
        expect(await states(other)).toEqual(['resolved']);
        expect(await set.slack()).toEqual({ roots: 1, broadcasts: 1 });
        expect(await set.pagerduty()).toHaveLength(1);
      } finally {
        for (const server of servers) server.kill('SIGKILL');
        await set.strike();
      }
    },
  );
});
