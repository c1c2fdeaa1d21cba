import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feed, finish, parsing } from '../../../src/probe/http/parser.ts';
import { compare, DIFFERENCES } from '../../fuzz/compare.ts';

/** All that comes out of the bytes, in order, bodies joined. */
const parsed = (parts: readonly (string | Buffer)[], toHead = false): string => {
  const said: string[] = [];
  let body = '';
  const answer = parsing(toHead);
  const sink = {
    head: ({ status, httpVersion, headers }: { status: number; httpVersion: string; headers: object }) =>
      void said.push(`${httpVersion} ${status} ${JSON.stringify(headers)}`),
    body: (bytes: Buffer) => void (body += bytes.toString('latin1')),
    end: () => void said.push(`whole ${JSON.stringify(body)}`),
    fault: ({ code, what }: { code: string; what: string }) => void said.push(`${code} ${what}`),
  };
  for (const part of parts) feed(answer, typeof part === 'string' ? Buffer.from(part, 'latin1') : part, sink);
  if (!finish(answer, sink)) said.push(`cut after ${JSON.stringify(body)}`);
  return said.join('; ');
};

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

describe('An answer is read as RFC 9112 says', () => {
  test.for([
    [`${OK}Content-Length: 2\r\n\r\nok`, '1.1 200 {"content-length":"2"}; whole "ok"'],
    [`${OK}\r\nuntil the end`, '1.1 200 {}; whole "until the end"'],
    ['HTTP/1.0 404\r\nServer: a\r\n\r\n', '1.0 404 {"server":"a"}; whole ""'],
    [
      `${CHUNKED}2\r\nab\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n`,
      '1.1 200 {"transfer-encoding":"chunked"}; whole "ab0123456789"',
    ],
    [`${CHUNKED}0\r\nX-Trailer: 1\r\n\r\n`, '1.1 200 {"transfer-encoding":"chunked"}; whole ""'],
    ['HTTP/1.1 100\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\n\r\n', '1.1 204 {}; whole ""'],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n', '1.1 304 {"content-length":"9"}; whole ""'],
    ['HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nno HTTP', '1.1 101 {"upgrade":"x"}; whole ""'],
    [`${OK}Content-Length: 2\r\n\r\nok and more`, '1.1 200 {"content-length":"2"}; whole "ok"'],
    [
      `${OK}X: a\r\nx:\t b \t\r\nSet-Cookie: c\r\nset-cookie: d\r\n__proto__: e\r\n\r\n`,
      '1.1 200 {"x":"a, b","set-cookie":["c","d"],"__proto__":"e"}; whole ""',
    ],
    [
      `${OK}Location: /a\r\nLocation: /b\r\nCookie: c\r\nCookie: d\r\n\r\n`,
      '1.1 200 {"location":"/a","cookie":"c; d"}; whole ""',
    ],
  ] as const)('%j', ([bytes, said]) => {
    expect(parsed([bytes])).toBe(said);
    expect(parsed(bytes.split(''))).toBe(said);
  });

  test('an answer to HEAD has no body, whatever its length', () => {
    expect(parsed([`${OK}Content-Length: 500\r\n\r\n`], true)).toBe('1.1 200 {"content-length":"500"}; whole ""');
  });
});

describe('What is no answer is told as such', () => {
  test.for([
    ['SSH-2.0-OpenSSH_9.2', 'it does not begin with a status line of HTTP/1.0 or 1.1'],
    ['HTTP/1.1 20', ''],
    ['HTTP/1.1 2000 OK\r\n', 'it does not begin with a status line of HTTP/1.0 or 1.1'],
    ['HTTP/2.0 200 OK\r\n', 'it does not begin with a status line of HTTP/1.0 or 1.1'],
    ['HTTP/1.1 099 OK\r\n', 'it does not begin with a status line of HTTP/1.0 or 1.1'],
    ['HTTP/1.1 200 OK\n', 'a line does not end with CR LF'],
    [`${OK}A: b\r\n c\r\n`, 'a header is continued on a second line'],
    [`${OK}A : b\r\n`, 'a header name has characters that none may have'],
    [`${OK}A\r\n`, 'a header line has no colon'],
    [`${OK}A: b\0c\r\n`, 'a header has control characters'],
    [`${OK}Content-Length: 4\r\nContent-Length: 4\r\n`, 'it has more than one Content-Length'],
    [`${OK}Content-Length: -1\r\n`, 'its Content-Length is no length'],
    [`${OK}Content-Length: 18446744073709551616\r\n`, 'its Content-Length is no length'],
    [
      `${OK}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`,
      'it has both a Content-Length and a Transfer-Encoding',
    ],
    [`${CHUNKED}zz`, 'a chunk does not begin with its size'],
    [`${CHUNKED}2\r\nabc`, 'a chunk is longer than its size'],
    [`${CHUNKED}0\r\nContent-Length: 3\r\n`, 'in its trailers, it has both a Content-Length and a Transfer-Encoding'],
  ] as const)('%j', ([bytes, what]) => {
    expect(parsed([bytes])).toContain(what === '' ? 'cut after ""' : `ANSWER_INVALID ${what}`);
  });

  test.for([
    ['one header', `${OK}X: ${'x'.repeat(70_000)}`],
    ['many headers', `${OK}${'a: b\r\n'.repeat(12_000)}`],
    ['hints without end', 'HTTP/1.1 103 Early\r\nLink: a\r\n\r\n'.repeat(3_000)],
    ['trailers', `${CHUNKED}0\r\n${'a: b\r\n'.repeat(12_000)}`],
    ['chunk extensions', `${CHUNKED}${`1;${'x'.repeat(200)}\r\na\r\n`.repeat(100)}`],
    ['one chunk extension', `${CHUNKED}1;${'x'.repeat(40_000)}`],
  ] as const)('more than is held of %s is too large', ([, bytes]) => {
    expect(parsed([bytes])).toContain('ANSWER_TOO_LARGE');
    expect(parsed(bytes.match(/[^]{1,1000}/g) ?? [])).toContain('ANSWER_TOO_LARGE');
  });
});

test('an answer that is cut anywhere is cut for us too', () => {
  for (const bytes of [`${OK}Content-Length: 2\r\n\r\nok`, `${CHUNKED}2\r\nab\r\n0\r\n\r\n`])
    for (let end = 0; end < bytes.length; end++) expect(parsed([bytes.slice(0, end)])).toContain('cut after');
});

test('any bytes in any parts come to the same end, and nothing follows a fault', () => {
  const bits = fc.constantFrom(
    ...'HTP/1.0 23\r\n:;abc'.split(''),
    '\r\n',
    OK,
    CHUNKED,
    'Content-Length: 3\r\n',
    '\r\n\r\n',
    '3\r\nabc\r\n',
    '0\r\n\r\n',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 30 }), fc.array(fc.nat(200)), (pieces, cuts) => {
      const bytes = pieces.join('');
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((end, index) => bytes.slice(places[index], end));
      const whole = parsed([bytes]);
      expect(parsed(parts)).toBe(whole);
      expect(whole).not.toMatch(/ANSWER_.*(?:whole|cut after)/);
    }),
    { numRuns: 2_000 },
  );
});

test('3,000 generated answers are seen as node:http sees them, but for the documented differences', async () => {
  const { whole, classes, unexplained } = await compare(3_000, 2_026);
  expect(unexplained).toEqual([]);
  expect(whole.both).toBeGreaterThan(1_000);
  expect(whole.neither).toBeGreaterThan(1_000);
  expect(Object.keys(classes)).toEqual(Object.keys(DIFFERENCES));
});
