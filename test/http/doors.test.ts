import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bearer, INGEST, PEOPLE, post, start } from './start.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

test('beats are never limited, strangers are, people who are known are not', async () => {
  const s = await start({ loginRequired: true });
  const times = async (headers: Record<string, string>, method: 'GET' | 'POST', url: string) => {
    const seen = new Set<number>();
    for (let i = 0; i < 650; i++) seen.add((await s.app.inject({ method, url, headers })).statusCode);
    return [...seen];
  };
  expect(await times(bearer(INGEST), 'POST', '/api/v1/heartbeats/duru-notes/sync/nightly')).toEqual([200]);
  expect(await times({}, 'GET', '/api/v1/slos')).toEqual([401, 429]);
  expect(await times({}, 'GET', '/login')).toEqual([200, 429]);
  expect(await times(bearer(PEOPLE), 'GET', '/api/v1/probes')).toEqual([200]);
  expect(await times({}, 'GET', '/health')).toEqual([200]);
});

test('pages allow nothing inline, nothing foreign, no frame', async () => {
  const { app } = await start();
  const { headers } = await app.inject({ url: '/', headers: { accept: 'text/html' } });
  const policy = String(headers['content-security-policy']);
  expect(policy.split(';').toSorted()).toEqual([
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
  ]);
  expect(headers['strict-transport-security']).toBeUndefined();
  expect(headers['cache-control']).toBe('no-store');
});

test('assets are kept for ever under a name of their content', async () => {
  const { app } = await start();
  const page = await app.inject({ url: '/', headers: { accept: 'text/html' } });
  for (const path of page.body.match(/\/assets\/app\.[\w-]+\.(?:css|js)/g) ?? []) {
    const { statusCode, headers } = await app.inject(path);
    expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  }
  expect(page.body.match(/\/assets\/app\.[\w-]+\.(?:css|js)/g)).toHaveLength(2);
});

const lab = async () => {
  const heard: { method: string; url: string; body: string; headers: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      heard.push({ method: request.method!, url: request.url!, body, headers: request.headers });
      response.writeHead(request.url === '/lab/none' ? 404 : 200, {
        'content-type': 'text/html',
        'content-security-policy': "style-src 'self'",
        'set-cookie': 'a=b',
      });
      response.end('<p>lab</p>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
};

test('the lab answers under our address, and hears no secret of ours', async () => {
  const { url, heard } = await lab();
  const { app } = await start({ labUrl: url });
  const page = await app.inject({ url: '/lab?x=1', headers: { cookie: 'nines_0=secret', ...bearer(PEOPLE) } });
  expect([page.statusCode, page.body, page.headers['set-cookie']]).toEqual([200, '<p>lab</p>', undefined]);
  const fault = await app.inject({
    method: 'POST',
    url: '/lab/faults/api-down',
    headers: { 'content-type': 'application/json' },
    payload: '{"on":true}',
  });
  expect(fault.statusCode).toBe(200);
  expect(heard.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/lab?x=1', ''],
    ['POST', '/lab/faults/api-down', '{"on":true}'],
  ]);
  expect(JSON.stringify(heard)).not.toMatch(/secret|Bearer/);
  expect((await app.inject('/lab/none')).statusCode).toBe(404);
});

test('a lab that is gone is said in one sentence, and there is no lab outside of the demo', async () => {
  const { url, server } = await lab();
  const { app } = await start({ labUrl: url });
  server.close();
  const answer = await app.inject('/lab');
  expect([answer.statusCode, answer.json().code]).toEqual([502, 'server_unreachable']);
  expect((await (await start()).app.inject('/lab')).statusCode).toBe(404);
});

test('the lab is behind the login like everything else', async () => {
  const { url, heard } = await lab();
  const s = await start({ labUrl: url, loginRequired: true });
  expect((await s.app.inject('/lab')).statusCode).toBe(401);
  expect((await post(s, '/lab/faults/api-down', {}, { accept: '*/*' })).statusCode).toBe(401);
  expect(heard).toEqual([]);
});
