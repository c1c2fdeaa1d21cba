import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createHttpProbe } from '../../../src/probe/http/index.ts';
import type { CheckResult } from '../../../src/probe/probe.ts';
import type { Auth, HttpTarget, Reach } from '../../../src/probe/targets.ts';
import { nameServer } from '../net/name-server.ts';
import { REACH, TLS } from '../target.ts';
import { certificateFor, createAuthority } from './certificates.ts';
import { check, httpTarget, listen, target, verdict } from './target.ts';

const SECRET = 'client+secret/9 9';

type Serving = { life?: number | string | null; hold?: Promise<void> };

/** A token server that checks every request as RFC 6749 has it. `life` null = it does not say. */
const tokenServer = async ({ life = 3_600, hold = Promise.resolve() }: Serving = {}) => {
  const requests: string[] = [];
  const issued: string[] = [];
  const tokenUrl = `${await httpTarget(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push(body);
    await hold;
    const basic = `Basic ${Buffer.from('nines%3Amain:client%2Bsecret%2F9+9').toString('base64')}`;
    const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
    if (request.method !== 'POST' || !isForm) return response.writeHead(400).end('{"error":"invalid_request"}');
    if (request.headers.authorization !== basic) return response.writeHead(401).end('{"error":"invalid_client"}');
    issued.push(`issued-token-${issued.length + 1}`);
    const expiry = life === null ? {} : { expires_in: life };
    return response.end(JSON.stringify({ access_token: issued.at(-1), token_type: 'bearer', ...expiry }));
  })}/oauth2/token`;
  return { tokenUrl: `${tokenUrl}?tenant=q-0987654321`, requests, issued };
};

const oauth2 = (tokenUrl: string, more: Partial<Extract<Auth, { kind: 'oauth2' }>> = {}): Auth => ({
  kind: 'oauth2',
  tokenUrl,
  clientId: 'nines:main',
  clientSecret: SECRET,
  scope: null,
  audience: null,
  ...more,
});

/** A target that lets in who `accepts`; remembers the Authorization of every request. */
const guarded = async (accepts: (authorization: string) => boolean) => {
  const seen: string[] = [];
  const url = await httpTarget((request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.headers.authorization ?? 'none');
    response.writeHead(accepts(request.headers.authorization ?? '') ? 200 : 401).end(request.headers.authorization);
  });
  return { url, seen };
};

/** A probe of its own, so that its tokens are its own, on a clock that the test moves. */
const prober = () => {
  const skip = { ms: 0 };
  const probe = createHttpProbe({ now: () => Date.now(), monotonic: () => performance.now() + skip.ms });
  const visit = async (url: string, auth: Auth, more: Partial<HttpTarget> = {}, timeoutMs = 5_000) => {
    const deadline = startDeadline(timeoutMs);
    try {
      return await probe(target(url, { auth, ...more }), { id: 'a', timeoutMs, signal: deadline.signal });
    } finally {
      deadline.clear();
    }
  };
  return { visit, skip };
};

describe('Basic and bearer', () => {
  test('are sent as the Authorization', async () => {
    const { url, seen } = await guarded(() => true);
    await check(url, { auth: { kind: 'basic', user: 'ana', password: 'pä:ss' } });
    await check(url, { auth: { kind: 'bearer', token: 'tok_1234567890' } });
    expect(seen).toEqual([`Basic ${Buffer.from('ana:pä:ss').toString('base64')}`, 'Bearer tok_1234567890']);
  });

  test('never cross to another origin', async () => {
    const other = await guarded(() => true);
    const url = await httpTarget((_, response) => response.writeHead(307, { location: other.url }).end());
    await check(url, { auth: { kind: 'bearer', token: 'tok_1234567890' } });
    const { tokenUrl } = await tokenServer();
    await prober().visit(url, oauth2(tokenUrl));
    expect(other.seen).toEqual(['none', 'none']);
  });

  test.for<Auth>([
    { kind: 'basic', user: 'anabella', password: 'hunter2secret' },
    { kind: 'bearer', token: 'tok_1234567890' },
    { kind: 'bearer', token: 'tok_"1234567890"' },
  ])('are shown by no detail: %j', async (auth) => {
    const { url } = await guarded(() => true);
    const said = JSON.stringify(await check(url, { auth, assertions: [{ kind: 'json', path: 'a', equals: 'b' }] }));
    const echo = await httpTarget((request, response) => {
      response.setHeader('x-echo', `${request.headers.authorization}`).end();
    });
    const echoed = await check(echo, { auth, assertions: [{ kind: 'header', name: 'x-echo', equals: 'none' }] });
    expect(echoed.detail).toContain('[secret]');
    for (const secret of ['hunter2secret', '1234567890', 'anabella:', 'YW5hYmVsbGE6'])
      expect(said + JSON.stringify(echoed)).not.toContain(secret);
  });
});

describe('OAuth 2 client credentials', () => {
  test('fetch one token for all checks until 90 % of its life is over', async () => {
    const server = await tokenServer({ life: 1_000 });
    const { url, seen } = await guarded((authorization) => authorization.startsWith('Bearer issued-token-'));
    const { visit, skip } = prober();
    const auth = oauth2(server.tokenUrl, { scope: 'a b', audience: 'https://api.example.org' });
    for (let i = 0; i < 3; i++) expect(verdict(await visit(url, auth))).toBe('pass ok: ');
    expect(server.requests).toEqual(['grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fapi.example.org']);
    skip.ms += 890_000;
    await visit(url, auth);
    expect(server.issued).toHaveLength(1);
    skip.ms += 20_000;
    await visit(url, auth);
    expect(server.issued).toHaveLength(2);
    expect(seen.at(-1)).toBe('Bearer issued-token-2');
  });

  test.for([null, '600', 'never'])('take a life of %s as what it most likely means', async (life) => {
    const server = await tokenServer({ life });
    const { url } = await guarded(() => true);
    const { visit, skip } = prober();
    await visit(url, oauth2(server.tokenUrl));
    skip.ms += 200_000;
    await visit(url, oauth2(server.tokenUrl));
    expect(server.issued).toHaveLength(1);
    skip.ms += 400_000;
    await visit(url, oauth2(server.tokenUrl));
    expect(server.issued).toHaveLength(2);
  });

  test('that many checks ask for at once are fetched once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await tokenServer({ hold: promise });
    const { url } = await guarded(() => true);
    const { visit } = prober();
    const all = Array.from({ length: 20 }, () => visit(url, oauth2(server.tokenUrl)));
    resolve();
    expect((await Promise.all(all)).map(verdict)).toEqual(Array(20).fill('pass ok: '));
    expect(server.requests).toHaveLength(1);
  });

  test('take no time of the check', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const server = await tokenServer({ hold: promise });
    const { url } = await guarded(() => true);
    const { visit, skip } = prober();
    const result = visit(url, oauth2(server.tokenUrl));
    while (server.requests.length === 0) await new Promise(setImmediate);
    skip.ms += 60_000;
    resolve();
    expect((await result).durationMs).toBeLessThan(30_000);
  });

  test('are fetched anew, once, when the target answers 401', async () => {
    const server = await tokenServer();
    const revoked = new Set<string>();
    const { url, seen } = await guarded((authorization) => !revoked.has(authorization));
    const { visit } = prober();
    await visit(url, oauth2(server.tokenUrl));
    revoked.add('Bearer issued-token-1');
    const result = await visit(url, oauth2(server.tokenUrl));
    expect(verdict(result)).toBe('pass ok: ');
    expect(seen).toEqual(['Bearer issued-token-1', 'Bearer issued-token-1', 'Bearer issued-token-2']);
  });

  test('that a target never takes are not fetched with every check', async () => {
    const server = await tokenServer();
    const { url } = await guarded(() => false);
    const { visit, skip } = prober();
    for (let i = 0; i < 5; i++)
      expect(verdict(await visit(url, oauth2(server.tokenUrl)))).toBe('fail status: status was 401, expected 2xx');
    expect(server.issued).toHaveLength(1);
    skip.ms += 61_000;
    await visit(url, oauth2(server.tokenUrl));
    expect(server.issued).toHaveLength(2);
  });

  test('are not fetched anew when a 401 is what is expected', async () => {
    const server = await tokenServer();
    const { url } = await guarded(() => false);
    const { visit, skip } = prober();
    skip.ms += 61_000;
    await visit(url, oauth2(server.tokenUrl), { assertions: [{ kind: 'status', expected: [401] }] });
    expect(server.issued).toHaveLength(1);
  });

  test('a target that echoes its token does not make us show it', async () => {
    const { tokenUrl } = await tokenServer();
    const { url } = await guarded(() => true);
    const result = await prober().visit(url, oauth2(tokenUrl), {
      assertions: [{ kind: 'json', path: 'a', equals: 'issued-token-1' }],
    });
    expect(result.outcome).toBe('fail');
    expect(JSON.stringify(result)).not.toContain('issued-token');
  });
});

describe('A token server that gives none fails the check', () => {
  const answering = (status: number, body: string, headers = {}) =>
    httpTarget((_, response) => response.writeHead(status, headers).end(body));

  const refused = async (tokenUrl: string, timeoutMs = 5_000): Promise<CheckResult> => {
    const { url, seen } = await guarded(() => true);
    const result = await prober().visit(url, oauth2(tokenUrl), {}, timeoutMs);
    expect(seen).toEqual([]);
    expect(result).toMatchObject({ outcome: 'fail', reason: 'auth', durationMs: 0, phases: {} });
    expect(JSON.stringify(result)).not.toMatch(/hunter2|q-0987|secret/);
    return result;
  };

  test('with its client refused', async () => {
    const { tokenUrl } = await tokenServer();
    const { url } = await guarded(() => true);
    const result = await prober().visit(url, oauth2(tokenUrl, { clientSecret: 'wrong' }));
    expect(verdict(result)).toBe(`fail auth: ${tokenUrl.split('?')[0]} gave no token: status was 401 (invalid_client)`);
  });

  test.for([
    [500, 'oops', 'status was 500'],
    [400, '{"error":"a secret: hunter2"}', 'status was 400'],
    [200, '<html>', 'its answer holds no bearer token'],
    [200, '{"access_token":"a b\\r\\nx: y","token_type":"bearer"}', 'its answer holds no bearer token'],
    [200, '{"access_token":"abc","token_type":"mac"}', 'its answer holds no bearer token'],
    [200, 'x'.repeat(70_000), 'its answer is larger than 64 KiB'],
  ] as const)('with status %i and %.20s', async ([status, body, why]) => {
    const origin = await answering(status, body);
    const { detail } = await refused(`${origin.replace('//', '//ana:hunter2@')}/token?x=q-0987654321`);
    expect(detail).toBe(`${origin}/token gave no token: ${why}`);
  });

  test('with a redirect, which would carry the secret away', async () => {
    const other = await guarded(() => true);
    const { detail } = await refused(await answering(307, '', { location: other.url }));
    expect(detail).toContain('gave no token: status was 307');
    expect(other.seen).toEqual([]);
  });

  test('that is not there', async () => {
    expect((await refused('http://127.0.0.1:1/token')).detail).toBe(
      'http://127.0.0.1:1/token gave no token: the connection was refused',
    );
  });

  test('that says nothing within the time of the check', async () => {
    const silent = await httpTarget(() => undefined);
    expect((await refused(`${silent}/token`, 200)).detail).toBe(
      `${silent}/token gave no token: no answer came in time`,
    );
  });
});

describe('The address of a token server is judged before it is shown the secret', () => {
  const visited = async (host: string, allow: Reach['allow'], address = '127.0.0.1') => {
    const server = await tokenServer();
    const names = await nameServer(() => ({ addresses: [address] }));
    const { url } = await guarded(() => true);
    const tokenUrl = `http://${host}:${new URL(server.tokenUrl).port}/token`;
    const reach = { ...REACH, resolver: [names.address], allow };
    const said = verdict(await prober().visit(url, oauth2(tokenUrl), { reach })).replaceAll(/:\d+/g, '');
    return { said, asked: server.requests.length };
  };
  const gave = (host: string, why: string) => `fail auth: http://${host}/token gave no token: ${why}`;

  test('behind a name of the world it is no private one', async () => {
    const why = 'login.shop.dev leads to 127.0.0.1, a private address; write `allow: [private]` if that is meant';
    expect(await visited('login.shop.dev', [])).toEqual({ said: gave('login.shop.dev', why), asked: 0 });
    expect(await visited('login.shop.dev', ['private'])).toEqual({ said: 'pass ok: ', asked: 1 });
  });

  test('it is no metadata one', async () => {
    const why = 'a link-local or metadata address; write `allow: [metadata]` if that is meant';
    expect(await visited('login.shop.dev', ['private'], '169.254.169.254')).toEqual({
      said: gave('login.shop.dev', `login.shop.dev leads to 169.254.169.254, ${why}`),
      asked: 0,
    });
    expect(await visited('169.254.169.254', ['private'])).toEqual({
      said: gave('169.254.169.254', `169.254.169.254 is ${why}`),
      asked: 0,
    });
  });
});

describe('A token server over https', () => {
  const secured = async (tokenTarget: string) => {
    const authority = await createAuthority();
    const now = Date.now();
    const [from, to] = [new Date(now - 86_400_000), new Date(now + 86_400_000)];
    const pair = await certificateFor(authority, { name: 'localhost', from, to });
    const server = createServer(pair, (_, response) => response.end(tokenTarget));
    return { ca: authority.pem, tokenUrl: `https://localhost:${await listen(server)}/token` };
  };
  const answer = '{"access_token":"issued-token-1","token_type":"Bearer"}';

  test('is trusted by the own authority of the target', async () => {
    const { ca, tokenUrl } = await secured(answer);
    const { url, seen } = await guarded(() => true);
    expect(verdict(await prober().visit(url, oauth2(tokenUrl), { tls: { ...TLS, ca } }))).toBe('pass ok: ');
    expect(seen).toEqual(['Bearer issued-token-1']);
  });

  test('is not trusted without it, even by a target that trusts everybody', async () => {
    const { tokenUrl } = await secured(answer);
    const { url, seen } = await guarded(() => true);
    const result = await prober().visit(url, oauth2(tokenUrl), { tls: { ...TLS, verify: false } });
    expect(verdict(result)).toMatch(
      /^fail auth: https:\/\/localhost:\d+\/token gave no token: its certificate is not /,
    );
    expect(seen).toEqual([]);
  });
});

test('A 401 whose body never ends is a target that is too slow, and no token server without a token', async () => {
  const server = await tokenServer();
  let visits = 0;
  const url = await httpTarget((_, response) => {
    if (visits++ === 0) return response.end();
    return response.writeHead(401, { 'content-length': 9 }).write('n');
  });
  const { visit } = prober();
  await visit(url, oauth2(server.tokenUrl));
  const assertions = [{ kind: 'body', contains: 'yes' }] as const;
  const result = await visit(url, oauth2(server.tokenUrl), { assertions }, 300);
  expect(result).toMatchObject({ outcome: 'fail', reason: 'timeout', status: 401 });
  expect(server.requests).toHaveLength(1);
});

test('A check whose time is over before it begins visits nobody, and ends', async () => {
  let visits = 0;
  const silent = await httpTarget(() => void visits++);
  const signal = AbortSignal.abort(new DOMException('The deadline passed.', 'TimeoutError'));
  const result = await createHttpProbe()(target(silent), { id: 'a', timeoutMs: 5_000, signal });
  expect(result).toMatchObject({ outcome: 'fail', reason: 'timeout' });
  expect(visits).toBe(0);
});

test('A check that is stopped while it waits for its token says nothing about the target', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await httpTarget(() => asked.resolve());
  const deadline = startDeadline(5_000);
  const context = { id: 'a', timeoutMs: 5_000, signal: deadline.signal };
  const result = createHttpProbe()(target('http://127.0.0.1:1/', { auth: oauth2(`${silent}/token`) }), context);
  await asked.promise;
  deadline.stop();
  expect(verdict(await result)).toBe('unknown paused: the check was stopped before it was done');
});
