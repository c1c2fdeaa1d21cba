import { describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget } from './target.ts';

const SECRETS = [
  'hunter2secret',
  'tok_1234567890',
  'q-0987654321',
  'cookie-abcdefgh',
  'bot123456:AAH-dqTcvCH1vGWJxfSeo',
];

const hiding: Partial<HttpTarget> = {
  headers: { authorization: `Bearer ${SECRETS[1]}`, cookie: `session=${SECRETS[3]}` },
  method: 'GET',
};

/** The address of a target that echoes everything it was sent, with every secret we know in it. */
const echo = async (redirect = false): Promise<string> => {
  const origin = await httpTarget((request, response) => {
    const { authorization, cookie } = request.headers;
    const all = `${authorization} ${cookie} ${request.url} ${SECRETS[0]}`;
    if (redirect) response.statusCode = 302;
    response.setHeader('location', `/next${request.url}`);
    response.setHeader('x-echo', all);
    response.end(JSON.stringify({ all }));
  });
  return `${origin.replace('//', `//ana:${SECRETS[0]}@`)}/path/${SECRETS[4]}/send?token=${SECRETS[2]}`;
};

describe('No secret of a target is in what a check says', () => {
  test.for<Partial<HttpTarget>>([
    { assertions: [{ kind: 'json', path: 'all', equals: 1 }] },
    { assertions: [{ kind: 'header', name: 'x-echo', equals: 'nothing' }] },
    { assertions: [{ kind: 'header', name: 'x-echo', matches: '^nothing' }] },
    { assertions: [{ kind: 'body', contains: `no ${SECRETS[1]}` }] },
    { assertions: [{ kind: 'body', matches: `^${SECRETS[2]}` }] },
    { redirects: { follow: true, limit: 0, allowDowngrade: false } },
    { url: 'https://127.0.0.1:1/' },
  ])('%j', async (more) => {
    const result = await check(more.url ?? (await echo(more.redirects !== undefined)), { ...hiding, ...more });
    expect(result.outcome).not.toBe('pass');
    for (const secret of SECRETS) expect(JSON.stringify(result)).not.toContain(secret);
  });

  test('even when it stands at the place where a long text is cut', async () => {
    const url = await httpTarget((_, response) => response.end(JSON.stringify(`${'x'.repeat(70)}${SECRETS[1]}`)));
    const result = await check(url, { ...hiding, assertions: [{ kind: 'json', path: '$', equals: 1 }] });
    expect(result.detail).not.toContain('tok_');
  });
});
