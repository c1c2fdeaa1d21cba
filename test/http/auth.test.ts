import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { INCIDENT } from './duru-incident.ts';
import { bearer, browse, INGEST, PEOPLE, post, start } from './start.ts';

const ack = `/incidents/${INCIDENT}/acknowledge`;
const apiAck = `/api/v1/incidents/${INCIDENT}/acknowledge`;
const login = (s: Awaited<ReturnType<typeof start>>, fields: Record<string, string>) =>
  post(s, '/login', { name: 'Ann', ...fields });
const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']).split(';')[0]!;

describe('on loopback without NINES_TOKEN', () => {
  test('pages and API are open to read', async () => {
    const { app } = await start();
    for (const url of ['/', '/slos', '/api/v1/slos', '/api/v1/incidents', '/metrics', '/openapi.json'])
      expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 200]);
  });

  test('a form acknowledges with the token of its page, in the name that was chosen', async () => {
    const s = await start();
    const { cookie, csrf } = await browse(s, `/incidents/${INCIDENT}`);
    const named = await post(s, '/you', { csrf, name: 'Ann\u0000 <b>', next: '/' }, { cookie });
    const answer = await post(s, ack, { csrf, episode: '1' }, { cookie: cookieOf(named) });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `/incidents/${INCIDENT}`]);
    expect(s.calls).toEqual([{ verb: 'acknowledge', of: INCIDENT, by: { name: 'Ann <b>', door: 'page' }, with: 1 }]);
  });

  test.each([
    ['no session', {}, {}],
    ['a session but no token', {}, { withCookie: true }],
    ['a wrong token', { csrf: 'x' }, { withCookie: true }],
  ])('a form with %s changes nothing', async (_name, fields, { withCookie = false }: { withCookie?: boolean }) => {
    const s = await start();
    const { cookie } = await browse(s);
    const answer = await post(s, ack, fields, withCookie ? { cookie } : {});
    expect(answer.statusCode).toBe(withCookie ? 403 : 303);
    expect(s.calls).toEqual([]);
  });

  test('the token of one session is worth nothing in another', async () => {
    const s = await start();
    const [mine, theirs] = [await browse(s), await browse(s)];
    expect((await post(s, ack, { csrf: theirs.csrf }, { cookie: mine.cookie })).statusCode).toBe(403);
    expect(s.calls).toEqual([]);
  });

  test('verbs of the API want the people token, or a session with its CSRF token', async () => {
    const s = await start();
    const { cookie, csrf } = await browse(s);
    const ask = (headers: Record<string, string>) => s.app.inject({ method: 'POST', url: apiAck, headers });
    expect((await ask({})).statusCode).toBe(401);
    expect((await ask({ cookie })).statusCode).toBe(403);
    expect((await ask(bearer('wrong'))).statusCode).toBe(401);
    expect(s.calls).toEqual([]);
    expect((await ask({ cookie, 'x-csrf-token': csrf })).statusCode).toBe(200);
    expect((await ask(bearer(PEOPLE))).json()).toEqual({
      code: 'conflict',
      message: 'local acknowledged this 12 s ago.',
    });
  });

  test('a name that was pointed at this machine is refused, ours are not', async () => {
    const { app } = await start({
      config: { version: '0.1.0', host: '127.0.0.1', port: 9700, publicUrl: 'https://nines.duru.example' },
    });
    const status = async (host: string) => (await app.inject({ url: '/api/v1/slos', headers: { host } })).statusCode;
    for (const host of [
      'localhost:9700',
      '127.0.0.1:9700',
      '[::1]:9700',
      'nines.localhost',
      'nines.duru.example',
      '10.0.0.7',
    ])
      expect([host, await status(host)]).toEqual([host, 200]);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'nines.duru.example.evil.example',
      'a@localhost',
      'localhost/x',
    ])
      expect([host, await status(host)]).toEqual([host, 403]);
  });

  test('what another site makes a browser post is refused', async () => {
    const s = await start();
    const { cookie, csrf } = await browse(s);
    expect((await post(s, ack, { csrf }, { cookie, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect(s.calls).toEqual([]);
  });
});

describe('with a login', () => {
  const closed = (people = PEOPLE) =>
    start({ loginRequired: true, tokens: { people: new Secret(people), ingest: new Secret(INGEST) } });

  test('nothing is shown before it', async () => {
    const { app } = await closed();
    const page = await app.inject({ url: '/slos?sort=name', headers: { accept: 'text/html' } });
    expect([page.statusCode, page.headers.location]).toEqual([303, '/login?next=%2Fslos%3Fsort%3Dname']);
    for (const url of ['/api/v1/slos', '/metrics', '/openapi.json', '/events']) {
      const answer = await app.inject({ url });
      expect([url, answer.statusCode, answer.json().code]).toEqual([url, 401, 'unauthorized']);
    }
    const form = await app.inject({ url: '/login', headers: { accept: 'text/html' } });
    expect(form.statusCode).toBe(200);
    expect(form.body).not.toContain('availability');
    for (const url of ['/health', '/ready']) expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 200]);
  });

  test('the token opens it, and the session outlives a restart but not a new token', async () => {
    const s = await closed();
    const answer = await login(s, { token: PEOPLE, next: '/incidents' });
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/incidents']);
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/);
    const cookie = cookieOf(answer);
    const restarted = await closed();
    expect((await restarted.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(200);
    const other = await closed('another-token');
    expect((await other.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(303);
  });

  test('a wrong token, a forged cookie and the ingest token do not', async () => {
    const s = await closed();
    for (const token of ['', 'wrong', INGEST, `${PEOPLE} `]) {
      const answer = await login(s, { token });
      expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([401, undefined]);
    }
    const good = cookieOf(await login(s, { token: PEOPLE }));
    const forged = good.replace(
      /=[^.]+/,
      `=${Buffer.from('{"id":"1","kind":"login","name":"Eve","at":9999999999999}').toString('base64url')}`,
    );
    expect((await s.app.inject({ url: '/', headers: { cookie: forged } })).statusCode).toBe(303);
    expect((await s.app.inject({ url: '/api/v1/slos', headers: bearer(INGEST) })).statusCode).toBe(401);
  });

  test('a session that was free on loopback is worth nothing', async () => {
    const { cookie } = await browse(await start());
    const { app } = await closed();
    expect((await app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(303);
  });

  test('a session ends after 30 days, and by signing out', async () => {
    const s = await closed();
    const cookie = cookieOf(await login(s, { token: PEOPLE }));
    const { csrf } = await browse(s, '/', { cookie });
    const out = await post(s, '/logout', { csrf }, { cookie });
    expect([out.headers.location, String(out.headers['set-cookie'])]).toEqual([
      '/login',
      expect.stringContaining('Max-Age=0'),
    ]);
    const later = await start({ loginRequired: true }, { now: () => s.nines.now() + 31 * 24 * 3_600_000 });
    expect((await later.app.inject({ url: '/', headers: { cookie } })).statusCode).toBe(303);
  });

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', 'javascript:alert(1)'])(
    'a login never leads away (%s)',
    async (next) => {
      expect((await login(await closed(), { token: PEOPLE, next })).headers.location).toMatch(/^\/(?![/\\\t])/);
    },
  );

  test('guessing is slowed down to ten attempts a minute, and says so', async () => {
    const s = await closed();
    for (let i = 0; i < 10; i++) expect((await login(s, { token: `guess ${i}` })).statusCode).toBe(401);
    const answer = await post(s, '/login', { name: 'Eve', token: PEOPLE }, { accept: 'application/json' });
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([429, undefined]);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  test('bearer tokens: people may read and act, ingest may only report and read numbers', async () => {
    const s = await closed();
    const send = (method: 'GET' | 'POST', url: string, token: string, payload?: object) =>
      s.app.inject({ method, url, headers: bearer(token), ...(payload ? { payload } : {}) });
    expect((await send('GET', '/api/v1/slos', PEOPLE)).statusCode).toBe(200);
    for (const token of [PEOPLE, INGEST]) expect((await send('GET', '/metrics', token)).statusCode).toBe(200);
    expect((await send('GET', '/api/v1/slos', INGEST)).statusCode).toBe(401);
    expect((await send('POST', apiAck, INGEST)).json().code).toBe('forbidden');
    expect(s.calls).toEqual([]);
    expect((await send('POST', '/api/v1/heartbeats/duru-notes/sync/nightly', INGEST)).statusCode).toBe(200);
    expect(
      (await send('POST', '/api/v1/happenings', INGEST, { kind: 'deploy', system: 'duru-notes', text: 'v2' }))
        .statusCode,
    ).toBe(200);
    expect((await send('POST', apiAck, PEOPLE, { by: 'Ann' })).json().incident.acknowledged.by).toEqual({
      name: 'Ann',
      door: 'api',
    });
  });

  test('a form of a session that ended leads to the login and back to its page', async () => {
    const s = await closed();
    expect((await post(s, ack, { csrf: 'x' })).headers.location).toBe(
      `/login?next=${encodeURIComponent(`/incidents/${INCIDENT}`)}`,
    );
    expect(s.calls).toEqual([]);
  });

  test('cookies travel by https only, where the public address is https', async () => {
    const s = await start({
      loginRequired: true,
      config: { version: '0.1.0', host: '0.0.0.0', port: 9700, publicUrl: 'https://nines.duru.example' },
    });
    expect(String((await login(s, { token: PEOPLE })).headers['set-cookie'])).toMatch(/^nines_9700=.*; Secure$/);
  });
});
