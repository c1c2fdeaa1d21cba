import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLayer, type Encoding } from '../../../src/probe/http/encoding.ts';
import type { Assertion, HttpTarget } from '../../../src/probe/targets.ts';
import { check, httpTarget, verdict } from './target.ts';

const text = JSON.stringify({ status: 'up', filler: 'abc'.repeat(2_000) });
const up: Assertion[] = [{ kind: 'json', path: 'status', equals: 'up' }];
const ALL: HttpTarget['compression'] = ['gzip', 'br', 'deflate', 'zstd'];

/** Answers with these bytes under this Content-Encoding; remembers what was asked for. */
const answering = async (encoding: string | null, bytes: Buffer | string, status = 200) => {
  const asked: (string | undefined)[] = [];
  const url = await httpTarget((request, response) => {
    asked.push(request.headers['accept-encoding']?.toString());
    response.writeHead(status, encoding === null ? {} : { 'content-encoding': encoding }).end(bytes);
  });
  return { url, asked };
};

const encoders: [string, Encoding, (input: Buffer | string) => Buffer][] = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate', deflateSync],
  ['deflate, bare', 'deflate', deflateRawSync],
  ['br', 'br', brotliCompressSync],
  ['zstd', 'zstd', zstdCompressSync],
];

describe('A compressed body', () => {
  test.for(encoders)('in %s is asked for, decoded and judged', async ([, encoding, compress]) => {
    const { url, asked } = await answering(encoding, compress(text));
    const assertions: Assertion[] = [...up, { kind: 'encoding', expected: encoding }];
    expect(verdict(await check(url, { compression: [encoding], assertions }))).toBe('pass ok: ');
    expect(asked).toEqual([encoding]);
  });

  test.for(encoders)('in %s that breaks off inside is told as broken', async ([, encoding, compress]) => {
    const whole = compress(text);
    const { url } = await answering(encoding, whole.subarray(0, whole.length - 12));
    expect(verdict(await check(url, { compression: ALL }))).toBe(
      `fail encoding: the body cannot be decoded: it is no valid ${encoding}`,
    );
  });

  test.for(encoders)('in %s that is none at all is told as broken', async ([, encoding]) => {
    const { url } = await answering(encoding, 'plain and simple');
    expect((await check(url, { compression: ALL })).reason).toBe('encoding');
  });

  test('with a broken body and a bad status says both, the status first', async () => {
    const { url } = await answering('gzip', 'no gzip', 503);
    expect(verdict(await check(url, { compression: ['gzip'] }))).toBe(
      'fail status: status was 503, expected 2xx; the body cannot be decoded: it is no valid gzip',
    );
  });

  test('may be compressed twice, and is unpacked in the order that undoes it', async () => {
    const { url, asked } = await answering('gzip, br', brotliCompressSync(gzipSync(text)));
    expect(verdict(await check(url, { compression: ['br', 'gzip'], assertions: up }))).toBe('pass ok: ');
    expect(asked).toEqual(['br, gzip']);
  });

  test('of a hundred layers is not unpacked', async () => {
    const { url } = await answering(Array(100).fill('gzip').join(','), gzipSync(text));
    expect(verdict(await check(url, { compression: ['gzip'] }))).toBe(
      'fail encoding: the body came in 100 encodings, one in another',
    );
  });

  test('in an encoding that was not asked for fails', async () => {
    const { url } = await answering('br', brotliCompressSync(text));
    expect(verdict(await check(url, { compression: ['gzip'] }))).toBe(
      'fail encoding: the body came encoded as "br", which was not asked for',
    );
  });

  test('may come as it is, for nobody has to compress; the assertion tells', async () => {
    const { url } = await answering(null, text);
    expect(verdict(await check(url, { compression: ['gzip'], assertions: up }))).toBe('pass ok: ');
    const wanted: Assertion[] = [{ kind: 'encoding', expected: 'gzip' }];
    expect(verdict(await check(url, { compression: ['gzip'], assertions: wanted }))).toBe(
      'fail encoding: the body came encoded as "identity", expected gzip',
    );
  });

  test('that nobody asked for fails only where the body has to be read', async () => {
    const { url, asked } = await answering('gzip', gzipSync(text));
    expect(verdict(await check(url))).toBe('pass ok: ');
    expect(verdict(await check(url, { assertions: up }))).toBe(
      'fail encoding: the body came encoded as "gzip", which was not asked for',
    );
    expect(asked).toEqual(['identity', 'identity']);
  });

  test('is no body at all in an answer to HEAD', async () => {
    const { url } = await answering('gzip', '');
    const assertions: Assertion[] = [{ kind: 'encoding', expected: 'gzip' }];
    expect(verdict(await check(url, { method: 'HEAD', compression: ['gzip'], assertions }))).toBe('pass ok: ');
  });
});

describe('A bomb', () => {
  const LIMIT = 64 * 1024;
  const CHUNK = 256 * 1024;
  const zeros = Buffer.alloc(4 * 1024 * 1024);

  test.for(encoders)('in %s stops where the limit is', async ([, encoding, compress]) => {
    const bomb = compress(zeros);
    const decoded = await decodeLayer({ bytes: bomb, truncated: false }, encoding, LIMIT);
    expect(decoded).toMatchObject({ truncated: true });
    expect(decoded.bytes).toHaveLength(LIMIT);
    expect(decoded.length).toBeLessThanOrEqual(LIMIT + CHUNK);
  });

  test.for([
    [23, 'pass ok: '],
    [24, 'fail encoding: the body cannot be decoded: it is no valid zstd'],
  ] as const)('in zstd with a window of 2^%i bytes: %s', async ([windowLog, said]) => {
    const params = { [constants.ZSTD_c_windowLog]: windowLog };
    const { url } = await answering('zstd', zstdCompressSync(Buffer.alloc(32 * 1024 * 1024), { params }));
    expect(verdict(await check(url, { compression: ['zstd'] }))).toBe(said);
  });

  test('of 199 KiB that would grow to 200 MiB passes what its beginning can tell, and no more', async () => {
    // Members one after the other are one body (RFC 1952 2.2), and cost less to make.
    const member = gzipSync(Buffer.alloc(20 * 1024 * 1024), { level: 9 });
    const bomb = Buffer.concat([gzipSync('start'), ...Array<Buffer>(10).fill(member)]);
    expect(bomb.length).toBeLessThan(200 * 1024);
    const { url } = await answering('gzip', bomb);
    const judged = (contains: string) =>
      check(url, { compression: ['gzip'], maxBodyBytes: 1024 * 1024, assertions: [{ kind: 'body', contains }] });
    expect(verdict(await judged('start'))).toBe('pass ok: ');
    expect((await judged('end')).reason).toBe('too-large');
  });

  test('that is larger than the limit even as it stands is decoded as far as it was read', async () => {
    const noise = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 0xff));
    const { url } = await answering('gzip', gzipSync(Buffer.concat([Buffer.from('start'), noise]), { level: 0 }));
    const assertions: Assertion[] = [{ kind: 'body', contains: 'start' }];
    expect(verdict(await check(url, { compression: ['gzip'], maxBodyBytes: 10_000, assertions }))).toBe('pass ok: ');
  });
});

test('What was compressed comes out as it was, whatever it was', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 5_000 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom(...encoders), async (input, [, encoding, compress]) => {
      const body = { bytes: compress(Buffer.from(input)), truncated: false };
      const decoded = await decodeLayer(body, encoding, 5_000);
      expect(decoded.truncated).toBe(false);
      expect(decoded.bytes.equals(input)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
