import { describe, expect, test } from 'vitest';
import type { Assertion } from '../../../src/probe/targets.ts';
import { check, httpTarget, verdict } from './target.ts';

const answering = (status: number, headers: Record<string, string> = {}, body = '') =>
  httpTarget((_, response) => response.writeHead(status, headers).end(body));

const unwell: Assertion[] = [
  { kind: 'body', contains: 'ready' },
  { kind: 'header', name: 'x-cache', equals: 'hit' },
];

describe('A check that passed', () => {
  test('is degraded by the first thing in which it is not well, and still passes', async () => {
    const url = await answering(200, { 'x-cache': 'miss' }, 'ready');
    const result = await check(url, { degraded: unwell });
    expect(verdict(result)).toBe('pass header: header x-cache was "miss", expected "hit"');
    expect(result.degraded).toBe(true);
  });

  test('is not degraded when all of it holds', async () => {
    const result = await check(await answering(200, { 'x-cache': 'hit' }, 'ready'), { degraded: unwell });
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.degraded).toBe(false);
  });

  test('is not degraded by what nobody can judge', async () => {
    const result = await check(await answering(200), { degraded: [{ kind: 'body', matches: '(' }] });
    expect([verdict(result), result.degraded]).toEqual(['pass ok: ', false]);
  });
});

describe('A check that did not pass', () => {
  test('is not degraded, and says why it failed alone', async () => {
    const result = await check(await answering(503), { degraded: unwell });
    expect(verdict(result)).toBe('fail status: status was 503, expected 2xx');
    expect(result.degraded).toBe(false);
  });
});

describe('Status 429', () => {
  test.for([
    ['120', / for 120 seconds more, /],
    [new Date(Date.now() + 3_600_000).toUTCString(), / for 3(?:599|600) seconds more, /],
    ['soon', /requests, which/],
    ['-5', /requests, which/],
  ] as const)('with Retry-After %s says for how long', async ([after, said]) => {
    const result = await check(await answering(429, { 'retry-after': after }));
    expect([result.outcome, result.reason]).toEqual(['unknown', 'limited']);
    expect(result.detail).toMatch(said);
  });
});
