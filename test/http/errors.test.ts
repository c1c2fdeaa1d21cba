import { expect, test } from 'vitest';
import { ERROR_CODES, NinesError } from '../../src/errors.ts';
import type { Log } from '../../src/log.ts';
import { silentLog } from '../../src/log.ts';
import { bearer, INGEST, PEOPLE, start } from './start.ts';

const forPeople = { accept: 'text/html' };

test('a machine gets code and sentence, a person gets a page', async () => {
  const { app } = await start();
  expect((await app.inject('/api/v1/nothing')).json()).toEqual({
    code: 'not_found',
    message: 'Nothing is at /api/v1/nothing.',
  });
  const page = await app.inject({ url: '/slos/nobody/knows', headers: forPeople });
  expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(page.body).toContain('No SLO is called nobody/knows.');
});

test('whoever is refused before anything else gets a page too, and neither a session nor a look at what is open', async () => {
  const { app } = await start();
  const page = await app.inject({ url: '/', headers: { ...forPeople, host: 'rebound.example' } });
  expect([page.statusCode, page.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
  expect(page.body).toContain('This name does not belong to Nines');
  expect(page.headers['set-cookie']).toBeUndefined();
  expect(page.body).not.toContain('name="csrf"');
});

test('a path is shown, never run', async () => {
  const { app } = await start();
  const page = await app.inject({ url: '/slos/%3Cscript%3Ealert(1)%3C/script%3E', headers: forPeople });
  expect(page.body).toContain('&lt;script&gt;');
  expect(page.body).not.toContain('<script>alert');
});

test('an accident shows no stack and no cause; the log has them', async () => {
  const logged: unknown[] = [];
  const log: Log = { ...silentLog, error: (message, facts) => void logged.push([message, facts]) };
  const broken = () => {
    throw new Error('SELECT secret FROM /var/lib/nines');
  };
  const { app } = await start({ log }, { slos: broken });
  for (const headers of [{}, forPeople]) {
    const answer = await app.inject({ url: Object.keys(headers).length ? '/slos?q=private' : '/api/v1/slos', headers });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/SELECT|at .*\.ts|node_modules/);
    expect(answer.body).toContain('internal');
  }
  expect(logged).toHaveLength(2);
  expect(JSON.stringify(logged)).not.toContain('private');
});

test('a store that does not answer is 503 with a time to come back', async () => {
  const { app } = await start(
    {},
    {
      incidents: async () => {
        throw new NinesError('store_unavailable', 'The store does not answer; look at the disk.');
      },
    },
  );
  const answer = await app.inject('/api/v1/incidents');
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([
    503,
    '10',
    'store_unavailable',
  ]);
  // The page about it needs the store for its head as well, and must come all the same.
  const page = await app.inject({ url: '/incidents', headers: forPeople });
  expect([page.statusCode, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
  expect(page.body).toMatch(/<h1>That did not work<\/h1>[^]*The store does not answer/);
});

test.each([
  ['broken JSON', '{"by":', 'application/json', 400],
  ['a body of another type', '<a/>', 'text/xml', 415],
  ['a body of a megabyte', JSON.stringify({ text: 'x'.repeat(1_000_000) }), 'application/json', 413],
  ['prototype poisoning', '{"__proto__":{"x":1},"text":"a"}', 'application/json', 400],
])('%s is refused with a stable code', async (_name, payload, type, status) => {
  const { app } = await start();
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/happenings',
    headers: { ...bearer(INGEST), 'content-type': type },
    payload,
  });
  expect([answer.statusCode, answer.json().code]).toEqual([status, 'invalid_request']);
});

test('a wrong field is named', async () => {
  const { app } = await start();
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/incidents/x/note',
    headers: bearer(PEOPLE),
    payload: { text: 1 },
  });
  expect(answer.json().message).toMatch(/^body\.text: /);
});

test('every code that is answered is one of ours', async () => {
  const { app } = await start({ loginRequired: true });
  for (const url of ['/api/v1/slos', '/x', '/metrics'])
    expect(ERROR_CODES).toContain((await app.inject(url)).json().code);
});
