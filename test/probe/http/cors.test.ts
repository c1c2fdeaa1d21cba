import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Assertion, HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget, verdict } from './target.ts';

const APP = 'https://app.example.org';

type Cors = Extract<Assertion, { kind: 'cors' }>;

const cors = (more: Partial<Cors> = {}): Cors => ({
  kind: 'cors',
  origin: APP,
  allowed: true,
  method: null,
  credentials: false,
  ...more,
});

const judged = async (headers: Record<string, string>, more: Partial<Cors>, target: Partial<HttpTarget> = {}) => {
  const seen: IncomingHttpHeaders[] = [];
  const url = await httpTarget((request, response) => {
    seen.push(request.headers);
    response.writeHead(200, headers).end();
  });
  return { said: verdict(await check(url, { assertions: [cors(more)], ...target })), seen };
};

const origin = (value: string) => ({ 'access-control-allow-origin': value });
const credentials = { 'access-control-allow-credentials': 'true' };
const preflight = { method: 'OPTIONS' } as const;

describe('A page of the origin may read the answer', () => {
  test.for<[Record<string, string>, Partial<Cors>, Partial<HttpTarget>]>([
    [origin(APP), {}, {}],
    [origin('*'), {}, {}],
    [{ ...origin(APP), ...credentials }, { credentials: true }, {}],
    [origin(APP), {}, preflight],
    [origin(APP), { method: 'POST' }, preflight],
    [{ ...origin(APP), 'access-control-allow-methods': 'PUT, DELETE' }, { method: 'DELETE' }, preflight],
    [{ ...origin('*'), 'access-control-allow-methods': '*' }, { method: 'DELETE' }, preflight],
  ])('%j', async ([headers, more, target]) => {
    expect((await judged(headers, more, target)).said).toBe('pass ok: ');
    expect((await judged(headers, { ...more, allowed: false }, target)).said).toContain(
      `fail cors: a page of ${APP} may read the answer: access-control-allow-origin was `,
    );
  });
});

describe('A page of the origin cannot read the answer', () => {
  test.for<[Record<string, string>, Partial<Cors>, Partial<HttpTarget>, string]>([
    [{}, {}, {}, 'header access-control-allow-origin was missing'],
    [origin('https://other.example'), {}, {}, `was "https://other.example", expected "${APP}"`],
    [origin(`${APP}/`), {}, {}, `was "${APP}/", expected "${APP}"`],
    [origin(`${APP}, ${APP}`), {}, {}, 'expected'],
    [origin('null'), {}, {}, 'was "null", expected'],
    [{ ...origin('*'), ...credentials }, { credentials: true }, {}, 'which does not count with credentials'],
    [origin(APP), { credentials: true }, {}, 'access-control-allow-credentials was missing, expected "true"'],
    [
      { ...origin(APP), 'access-control-allow-credentials': 'TRUE' },
      { credentials: true },
      {},
      'access-control-allow-credentials was "TRUE", expected "true"',
    ],
    [origin(APP), { method: 'PUT' }, preflight, 'access-control-allow-methods was missing, expected PUT in it'],
    [
      { ...origin(APP), 'access-control-allow-methods': 'put' },
      { method: 'PUT' },
      preflight,
      'access-control-allow-methods was "put", expected PUT in it',
    ],
    [
      { ...origin(APP), ...credentials, 'access-control-allow-methods': '*' },
      { method: 'PUT', credentials: true },
      preflight,
      'access-control-allow-methods was "*", expected PUT in it',
    ],
  ])('%j', async ([headers, more, target, sentence]) => {
    expect((await judged(headers, more, target)).said).toMatch(/^fail cors: /);
    expect((await judged(headers, more, target)).said).toContain(sentence);
    expect((await judged(headers, { ...more, allowed: false }, target)).said).toBe('pass ok: ');
  });

  test('when its preflight is answered with anything but a 2xx', async () => {
    const url = await httpTarget((_, response) => response.writeHead(405, origin(APP)).end());
    expect(verdict(await check(url, { method: 'OPTIONS', assertions: [cors()] }))).toBe(
      'fail cors: the preflight was answered with status 405, which allows nothing',
    );
  });
});

describe('What is sent', () => {
  test('is the origin, and with OPTIONS a whole preflight', async () => {
    const plain = await judged(origin(APP), {});
    expect(plain.seen[0]).toMatchObject({ origin: APP });
    expect(plain.seen[0]).not.toHaveProperty('access-control-request-method');
    const { seen } = await judged(origin(APP), { method: 'PATCH' }, preflight);
    expect(seen[0]).toMatchObject({ origin: APP, 'access-control-request-method': 'PATCH' });
  });

  test('is nothing of it without the assertion', async () => {
    const { seen } = await judged({}, {}, { assertions: [] });
    expect(seen[0]).not.toHaveProperty('origin');
  });

  test('stays with the request when a redirect leads to another origin', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const other = await httpTarget((request, response) => {
      seen.push(request.headers);
      response.writeHead(200, origin(request.headers.origin ?? '')).end();
    });
    const url = await httpTarget((_, response) => response.writeHead(302, { location: other }).end());
    expect(verdict(await check(url, { assertions: [cors()] }))).toBe('pass ok: ');
    expect(seen[0]).toMatchObject({ origin: APP });
  });
});
