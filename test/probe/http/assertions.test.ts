import { describe, expect, test } from 'vitest';
import type { Assertion, HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget, verdict } from './target.ts';

const body = JSON.stringify({ status: 'up', checks: [{ name: 'db', ok: true, ms: 4, error: null }], 'a.b': 1 });

const answering = (status = 200, content = body) =>
  httpTarget((_, response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-region': 'eu-1',
      'set-cookie': 'session=s3cr3tvalue',
    });
    response.end(content);
  });

const judged = async (
  assertions: readonly Assertion[],
  more: Partial<HttpTarget> = {},
  url?: string,
): Promise<string> => verdict(await check(url ?? (await answering()), { assertions, ...more }));

const passed = 'pass ok: ';

describe('An answer passes when all that was asked of it holds', () => {
  test.for<Assertion>([
    { kind: 'status', expected: [200] },
    { kind: 'status', expected: [404, '2xx'] },
    { kind: 'header', name: 'X-Region', equals: 'eu-1' },
    { kind: 'header', name: 'x-region', matches: '^eu-' },
    { kind: 'header', name: 'x-debug', absent: true },
    { kind: 'json', path: 'status', equals: 'up' },
    { kind: 'json', path: '$.checks[0].ok', equals: true },
    { kind: 'json', path: 'checks[0].ms', equals: 4 },
    { kind: 'json', path: 'checks[0].error', equals: null },
    { kind: 'json', path: '["a.b"]', equals: 1 },
    { kind: 'body', contains: '"status":"up"' },
    { kind: 'body', contains: 'down', not: true },
    { kind: 'body', matches: '"ms":\\d+' },
    { kind: 'body', matches: 'panic|fatal', not: true },
    { kind: 'response-time', belowMs: 60_000 },
  ])('%j', async (assertion) => {
    expect(await judged([assertion])).toBe(passed);
  });
});

describe('An answer fails with what was expected and what came', () => {
  test.for<[Assertion, string]>([
    [{ kind: 'status', expected: [204, '3xx'] }, 'fail status: status was 200, expected 204 or 3xx'],
    [{ kind: 'header', name: 'x-region', equals: 'us-1' }, 'fail header: header x-region was "eu-1", expected "us-1"'],
    [
      { kind: 'header', name: 'x-region', matches: '^us' },
      'fail header: header x-region was "eu-1", expected to match "^us"',
    ],
    [{ kind: 'header', name: 'x-region', absent: true }, 'fail header: header x-region was there, expected none'],
    [{ kind: 'header', name: 'x-debug', equals: '1' }, 'fail header: header x-debug was missing'],
    [
      { kind: 'header', name: 'set-cookie', equals: 'a' },
      'fail header: header set-cookie was another value, expected "a"',
    ],
    [{ kind: 'json', path: 'status', equals: 'down' }, 'fail json: json status was "up", expected "down"'],
    [{ kind: 'json', path: 'checks[1].ok', equals: true }, 'fail json: json checks[1].ok was missing, expected true'],
    [{ kind: 'json', path: 'constructor', equals: 'x' }, 'fail json: json constructor was missing, expected "x"'],
    [
      { kind: 'json', path: 'checks', equals: 1 },
      'fail json: json checks was [{"name":"db","ok":true,"ms":4,"error":null}], expected 1',
    ],
    [{ kind: 'body', contains: 'down' }, 'fail body: the body does not have "down", expected it'],
    [{ kind: 'body', matches: 'u.', not: true }, 'fail body: the body has a match of "u.", expected none'],
    [{ kind: 'response-time', belowMs: 0 }, 'fail response-time: response time was'],
    [
      { kind: 'certificate', validForMs: 86_400_000 },
      'fail certificate-age: the answer came without a certificate, expected at least 1d of validity',
    ],
  ])('%j', async ([assertion, sentence]) => {
    expect(await judged([assertion])).toContain(sentence);
  });

  test('every failed assertion is told, the first one gives the reason', async () => {
    const assertions: Assertion[] = [
      { kind: 'json', path: 'status', equals: 'down' },
      { kind: 'status', expected: [200] },
      { kind: 'body', contains: 'bye' },
    ];
    const sentence = 'json status was "up", expected "down"; the body does not have "bye", expected it';
    expect(await judged(assertions)).toBe(`fail json: ${sentence}`);
  });

  test('what is certain counts before what could not be told', async () => {
    const url = await answering(500, 'a'.repeat(40));
    const assertions: Assertion[] = [
      { kind: 'body', matches: '^(a+)+$b' },
      { kind: 'status', expected: [200] },
    ];
    expect(await judged(assertions, {}, url)).toMatch(/^fail status: .*took too long; status was 500, expected 200$/);
  });

  test('a body that is not JSON', async () => {
    const url = await answering(200, '<html>');
    const sentence = 'fail json: the body is not JSON, expected status to be "up"';
    expect(await judged([{ kind: 'json', path: 'status', equals: 'up' }], {}, url)).toBe(sentence);
  });

  test('a mark of byte order before JSON is passed over, as browsers do', async () => {
    const url = await answering(200, '\uFEFF{"status":"up"}');
    expect(await judged([{ kind: 'json', path: 'status', equals: 'up' }], {}, url)).toBe(passed);
    expect(await judged([], { graphql: true }, await answering(200, '\uFEFF{"data":{}}'))).toBe(passed);
  });

  test('a long value is cut', async () => {
    const url = await answering(200, JSON.stringify({ text: 'x'.repeat(5_000) }));
    expect((await judged([{ kind: 'json', path: 'text', equals: 'y' }], {}, url)).length).toBeLessThan(160);
  });
});

describe('Assertions that nobody can judge blame nobody', () => {
  test.for<[Assertion, string]>([
    [
      { kind: 'body', matches: '(' },
      'unknown internal: the body assertion cannot be judged: "(" is no regular expression',
    ],
    [{ kind: 'header', name: 'x-region', matches: '(' }, 'unknown internal: the header assertion cannot be judged'],
    [
      { kind: 'json', path: 'a..b', equals: 1 },
      'unknown internal: the json assertion cannot be judged: a..b is no path',
    ],
  ])('%j', async ([assertion, sentence]) => {
    expect(await judged([assertion])).toContain(sentence);
  });

  test('a pattern that backtracks without end is interrupted', async () => {
    const url = await answering(200, `${'a'.repeat(200)}!`);
    const sentence =
      'unknown internal: the body assertion cannot be judged: the search for a match of "^(a+)+$" took too long';
    expect(await judged([{ kind: 'body', matches: '^(a+)+$' }], {}, url)).toBe(sentence);
  });
});

describe('A body larger than what is read', () => {
  const large = `start ${'x'.repeat(600_000)} end`;

  test.for<[Assertion, string]>([
    [{ kind: 'status', expected: [200] }, passed],
    [{ kind: 'body', contains: 'start' }, passed],
    [{ kind: 'body', contains: 'end' }, 'fail too-large: the first 1000 bytes of the body do not tell if it has "end"'],
    [{ kind: 'body', contains: 'end', not: true }, 'fail too-large: '],
    [{ kind: 'body', contains: 'start', not: true }, 'fail body: the body has "start", expected none'],
    [
      { kind: 'json', path: 'a', equals: 1 },
      'fail too-large: the first 1000 bytes of the body do not tell what json a is',
    ],
  ])('is too large only for an assertion that needs the rest: %j', async ([assertion, sentence]) => {
    expect(await judged([assertion], { maxBodyBytes: 1_000 }, await answering(200, large))).toContain(sentence);
  });

  test('a pattern looks at the first 256 KiB only', async () => {
    const url = await answering(200, large);
    expect(await judged([{ kind: 'body', matches: '^start' }], {}, url)).toBe(passed);
    const sentence = 'fail too-large: the first 262144 bytes of the body do not tell if it has a match of "end$"';
    expect(await judged([{ kind: 'body', matches: 'end$' }], {}, url)).toBe(sentence);
  });

  test('a body of exactly the limit is whole', async () => {
    const url = await answering(200, 'x'.repeat(1_000));
    expect(await judged([{ kind: 'body', contains: 'y', not: true }], { maxBodyBytes: 1_000 }, url)).toBe(passed);
  });
});

describe('Status 429', () => {
  const limited =
    'unknown limited: status was 429: the target limits our requests, which says nothing about its health';

  test.for<[Assertion, string]>([
    [{ kind: 'status', expected: ['2xx'] }, limited],
    [{ kind: 'body', contains: 'nothing like it' }, limited],
    [{ kind: 'status', expected: [429] }, passed],
    [{ kind: 'status', expected: ['4xx'] }, passed],
  ])('says nothing about health unless it is expected: %j', async ([assertion, sentence]) => {
    expect(await judged([assertion], {}, await answering(429))).toBe(sentence);
  });
});

test('A limit that is no whole seconds is told as it was written', async () => {
  const url = await httpTarget(() => undefined);
  expect(verdict(await check(url, {}, 1_050))).toMatch(/^fail timeout: no complete answer within 1\.05s: /);
});
