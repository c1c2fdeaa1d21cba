import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isForbiddenAddress } from '../../../src/probe/net/addresses.ts';
import { firstHop, nextHop } from '../../../src/probe/http/redirects.ts';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget, target, verdict } from './target.ts';

/** Answers each path with a redirect to where it is mapped, others with 200; remembers what it was sent. */
const redirecting = async (to: Record<string, string>, status = 302) => {
  const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await httpTarget(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const location = to[request.url ?? ''];
    if (location === undefined) response.end('here');
    else response.writeHead(status, { location }).end();
  });
  return { url, seen };
};

describe('Redirects', () => {
  test('are followed, and the last status is the one that counts', async () => {
    const { url, seen } = await redirecting({ '/a': '/b', '/b': 'c?x=1#part' });
    const result = await check(`${url}/a`);
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.status).toBe(200);
    expect(seen.map((request) => request.url)).toEqual(['/a', '/b', '/c?x=1']);
  });

  test('are answers of their own when they are not followed', async () => {
    const { url } = await redirecting({ '/a': '/b' });
    const redirects = { follow: false, limit: 5, allowDowngrade: false };
    expect(verdict(await check(`${url}/a`, { redirects, assertions: [{ kind: 'status', expected: [302] }] }))).toBe(
      'pass ok: ',
    );
  });

  test('end at their limit', async () => {
    const { url } = await redirecting({ '/0': '/1', '/1': '/2', '/2': '/3' });
    const limited = (limit: number) => check(`${url}/0`, { redirects: { follow: true, limit, allowDowngrade: false } });
    expect(verdict(await limited(2))).toBe(`fail redirect-limit: more than 2 redirects, the next one to ${url}/3`);
    expect(verdict(await limited(3))).toBe('pass ok: ');
  });

  test('that lead in a circle are told apart from long chains', async () => {
    const { url, seen } = await redirecting({ '/a': '/b', '/b': '/a' });
    expect(verdict(await check(`${url}/a`))).toBe(`fail redirect-loop: redirects lead in a circle, back to ${url}/a`);
    expect(seen).toHaveLength(2);
  });

  test('to another scheme or to nonsense are refused', async () => {
    const { url } = await redirecting({ '/a': 'file:///etc/passwd', '/b': 'http://[' });
    expect(verdict(await check(`${url}/a`))).toBe('fail redirect-refused: a redirect led to file:, which is not HTTP');
    expect(verdict(await check(`${url}/b`))).toBe('fail protocol: status 302 came with a Location that is not a URL');
  });

  test('to link-local and metadata addresses are refused before anything is sent', async () => {
    const { url } = await redirecting({ '/a': 'http://169.254.169.254/latest/meta-data/', '/b': 'http://[fe80::1]/' });
    const sentence = 'a redirect led to 169.254.169.254:80, a link-local or metadata address';
    expect(verdict(await check(`${url}/a`))).toBe(`fail redirect-refused: ${sentence}`);
    expect((await check(`${url}/b`)).reason).toBe('redirect-refused');
  });

  test('carry no credential to another origin, and none back', async () => {
    const back: Record<string, string> = {};
    const first = await redirecting(back);
    const second = await redirecting({ '/x': `${first.url}/end` });
    back['/a'] = `${second.url}/x`;
    const headers = {
      Authorization: 'Bearer abcdef',
      Cookie: 'a=b',
      'X-Api-Key': 'k',
      Accept: 'text/plain',
      Host: 'vhost',
    };
    expect(verdict(await check(`${first.url}/a`, { headers }))).toBe('pass ok: ');
    expect(first.seen[0]?.headers).toMatchObject({ authorization: 'Bearer abcdef', 'x-api-key': 'k', host: 'vhost' });
    for (const { headers } of [second.seen[0], first.seen[1]].map((request) => request ?? { headers: {} })) {
      expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
    }
    expect(second.seen[0]?.headers.host).toBe(new URL(second.url).host);
  });

  test('keep credentials within the origin', async () => {
    const { url, seen } = await redirecting({ '/a': '/b' });
    await check(`${url.replace('//', '//ana:p%40ss@')}/a`);
    const authorization = `Basic ${Buffer.from('ana:p@ss').toString('base64')}`;
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
  });
});

describe('The method after a redirect', () => {
  test.for<[number, HttpTarget['method'], string, string]>([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'content'],
    [308, 'PUT', 'PUT', 'content'],
  ])('of status %i and %s is %s', async ([status, method, after, body]) => {
    const { url, seen } = await redirecting({ '/a': '/b' }, status);
    const sent = method === 'HEAD' ? null : 'content';
    await check(`${url}/a`, { method, body: sent, headers: { 'content-type': 'text/plain' } });
    expect(seen[1]).toMatchObject({ method: after, body });
    expect('content-type' in (seen[1]?.headers ?? {})).toBe(after === method);
  });

  test('never sends a body to another origin', async () => {
    const other = await redirecting({});
    const { url } = await redirecting({ '/a': `${other.url}/b?token=1` }, 307);
    const sentence = `a redirect would send the request body to another origin, ${other.url}/b`;
    expect(verdict(await check(`${url}/a`, { method: 'POST', body: 'pin' }))).toBe(
      `fail redirect-refused: ${sentence}`,
    );
    expect(other.seen).toEqual([]);
  });
});

describe('From https to http', () => {
  const step = (allowDowngrade: boolean) => {
    const policy = { follow: true, limit: 5, allowDowngrade };
    return nextHop(firstHop(target('https://a.example/')), 302, { location: 'http://a.example/x?key=1' }, policy);
  };

  test('is refused unless allowed', () => {
    const refused = {
      outcome: 'fail',
      reason: 'redirect-refused',
      detail: 'a redirect led from https to http://a.example/x',
    };
    expect(step(false)).toEqual(refused);
    expect(step(true)).toMatchObject({ method: 'GET', count: 1 });
  });
});

describe('An address that no target may send us to', () => {
  test.for([
    ['169.254.169.254', true],
    ['::ffff:169.254.169.254', true],
    ['fe80::1%eth0', true],
    ['fd00:ec2::254', true],
    ['100.100.100.200', true],
    ['0.0.0.0', true],
    ['127.0.0.1', false],
    ['10.0.0.1', false],
    ['2001:db8::1', false],
  ] as const)('%s: %s', ([address, forbidden]) => {
    expect(isForbiddenAddress(address)).toBe(forbidden);
  });
});
