import { expect, test } from 'vitest';
import { bearer, INGEST, PEOPLE, start } from './start.ts';

const ask = (headers: Record<string, string>) => ({
  method: 'POST' as const,
  url: '/api/v1/backup',
  headers,
  payload: { by: 'Ann' },
});

test('a backup is streamed to who has the token of people, under their name, and is let go of afterwards', async () => {
  const { app, calls } = await start();
  const answer = await app.inject(ask({ ...bearer(PEOPLE), 'x-nines-door': 'cli' }));
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
    200,
    'application/x-tar',
    'an archive, in pieces',
  ]);
  const by = { name: 'Ann', door: 'cli' };
  await expect
    .poll(() => calls)
    .toEqual([
      { verb: 'backup', of: 'store', by },
      { verb: 'release', of: 'store', by },
    ]);
});

test('one that is never read to its end does not keep the server from stopping, and is let go of', async () => {
  let released = false;
  const chunks = (async function* () {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  })();
  const backup = async () => ({ takenAt: 0, chunks, release: async () => void (released = true) });
  const { app, nines } = await start();
  nines.verbs.backup = backup;
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${url}/api/v1/backup`, { method: 'POST', headers: bearer(PEOPLE) });
  const reader = answer.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await app.close();
  const rest = async (): Promise<void> => {
    while (!(await reader?.read())?.done);
  };
  await expect(rest()).rejects.toThrow(/terminated/);
  expect(released).toBe(true);
});

test('nobody else gets one', async () => {
  const { app, calls } = await start();
  expect((await app.inject(ask({}))).statusCode).toBe(401);
  expect((await app.inject(ask(bearer(INGEST)))).statusCode).toBe(403);
  expect(calls).toEqual([]);
});
