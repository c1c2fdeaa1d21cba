import fc from 'fast-check';
import { createServer } from 'node:https';
import { describe, expect, test } from 'vitest';
import { parseHsts } from '../../../src/probe/http/hsts.ts';
import type { Assertion } from '../../../src/probe/targets.ts';
import { TLS } from '../target.ts';
import { certificateFor, createAuthority } from './certificates.ts';
import { check, httpTarget, listen, verdict } from './target.ts';

const DAY_MS = 86_400_000;

describe('A Strict-Transport-Security header', () => {
  test.for<[string, ReturnType<typeof parseHsts>]>([
    ['max-age=31536000', { maxAgeMs: 365 * DAY_MS, includeSubDomains: false, preload: false }],
    ['max-age="86400"; includeSubDomains', { maxAgeMs: DAY_MS, includeSubDomains: true, preload: false }],
    [' ;; PRELOAD ; Max-Age = 0 ;INCLUDESUBDOMAINS;', { maxAgeMs: 0, includeSubDomains: true, preload: true }],
    ['max-age=60; later="a;b,c"; x=1', { maxAgeMs: 60_000, includeSubDomains: false, preload: false }],
    ['max-age=60, max-age=120; preload', { maxAgeMs: 60_000, includeSubDomains: false, preload: false }],
    ['max-age=60; MAX-AGE=60', { invalid: 'max-age stands in it twice' }],
    ['max-age=60; preload; preload', { invalid: 'preload stands in it twice' }],
    ['includeSubDomains', { invalid: 'it has no max-age' }],
    ['', { invalid: 'it has no max-age' }],
    ['max-age', { invalid: 'its max-age is no whole number of seconds' }],
    ['max-age=-1', { invalid: 'its max-age is no whole number of seconds' }],
    ['max-age=1.5', { invalid: 'its max-age is no whole number of seconds' }],
    ['max-age=60; in clude', { invalid: 'it cannot be read' }],
    ['max-age="60', { invalid: 'it cannot be read' }],
  ])('%j', ([text, parsed]) => {
    expect(parseHsts(text)).toEqual(parsed);
  });

  test('means the same in every order and case, with any quoting', () => {
    const directives = fc.record({ age: fc.nat(), sub: fc.boolean(), preload: fc.boolean(), quoted: fc.boolean() });
    fc.assert(
      fc.property(directives, fc.infiniteStream(fc.nat(2)), ({ age, sub, preload, quoted }, order) => {
        const parts = [`mAx-aGe=${quoted ? `"${age}"` : age}`];
        if (sub) parts.splice(order.next().value % 2, 0, 'INCLUDEsubdomains');
        if (preload) parts.splice(order.next().value, 0, 'preLoad');
        expect(parseHsts(parts.join(' ; '))).toEqual({ maxAgeMs: age * 1_000, includeSubDomains: sub, preload });
      }),
    );
  });

  test('of any text is read, or told why not', () => {
    const pieces = fc.constantFrom('max-age', '=', '60', '"', '\\', ';', ',', ' ', 'preload', 'é');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const hsts = parseHsts(parts.join(''));
        expect('invalid' in hsts ? hsts.invalid.length : hsts.maxAgeMs + 1).toBeGreaterThan(0);
      }),
    );
  });

  test('that is made to keep us busy is not read', () => {
    expect(parseHsts(`max-age=60; a="${'\\"'.repeat(30_000)}`)).toEqual({
      invalid: 'it is longer than 4096 characters',
    });
  });
});

describe('The hsts assertion', () => {
  const hsts = (more: Partial<Extract<Assertion, { kind: 'hsts' }>> = {}): Assertion[] => [
    { kind: 'hsts', maxAgeMs: 180 * DAY_MS, includeSubDomains: false, preload: false, ...more },
  ];

  const answering = async (header: string | string[] | null) => {
    const authority = await createAuthority();
    const now = Date.now();
    const [from, to] = [new Date(now - DAY_MS), new Date(now + DAY_MS)];
    const server = createServer(await certificateFor(authority, { name: 'localhost', from, to }), (_, response) => {
      if (header !== null) response.setHeader('strict-transport-security', header);
      response.end();
    });
    return { url: `https://localhost:${await listen(server)}/`, tls: { ...TLS, ca: authority.pem } };
  };

  const judged = async (header: string | string[] | null, more = {}) => {
    const { url, tls } = await answering(header);
    return verdict(await check(url, { tls, assertions: hsts(more) }));
  };

  test('holds for an age that is long enough, and tells everything that is missing', async () => {
    expect(await judged('max-age=31536000; includeSubDomains; preload')).toBe('pass ok: ');
    expect(await judged(null)).toBe('fail hsts: header strict-transport-security was missing');
    expect(await judged('max-age=60')).toBe(
      'fail hsts: header strict-transport-security was "max-age=60", expected a max-age of at least 180d',
    );
    expect(await judged('max-age=31536000', { includeSubDomains: true })).toContain('expected includeSubDomains');
    expect(await judged('max-age=31536000', { preload: true })).toContain('expected preload');
    expect(await judged('max-age=1; max-age=31536000')).toBe(
      'fail hsts: header strict-transport-security was "max-age=1; max-age=31536000", which browsers pass over: max-age stands in it twice',
    );
  });

  test('reads the first of two headers, as browsers do', async () => {
    expect(await judged(['max-age=31536000', 'max-age=0'])).toBe('pass ok: ');
    expect(await judged(['max-age=0', 'max-age=31536000'])).toContain('expected a max-age of at least 180d');
  });

  test('never holds over plain http', async () => {
    const url = await httpTarget((_, response) =>
      response.setHeader('strict-transport-security', 'max-age=31536000').end(),
    );
    expect(verdict(await check(url, { assertions: hsts() }))).toBe(
      'fail hsts: the answer came over http, where browsers pass Strict-Transport-Security over',
    );
  });
});
