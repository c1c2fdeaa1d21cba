import { describe, expect, test } from 'vitest';
import type { HttpTarget } from '../../src/probe/targets.ts';
import { check, httpTarget, rawTarget, verdict } from '../probe/http/target.ts';

const TIMEOUT_MS = 200;

const timedCheck = (url: string, more: Partial<HttpTarget> = {}) => check(url, more, TIMEOUT_MS);
const sentence = (end: string): string => `fail timeout: no complete answer within 200ms: the time ran out ${end}`;

describe('The total deadline ends a check', () => {
  test('of a target that never answers', async () => {
    const result = await timedCheck(await rawTarget(() => undefined));
    expect(verdict(result)).toBe(sentence('while waiting for the response'));
    expect(result.durationMs).toBeGreaterThan(TIMEOUT_MS / 2);
    expect(result.phases).toEqual({ connect: expect.any(Number) });
  });

  test('of a target that answers for ever, however alive it looks', async () => {
    const url = await rawTarget((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(timer));
    });
    const result = await timedCheck(url);
    expect(verdict(result)).toBe(sentence('while reading the body'));
    expect(result.status).toBe(200);
  });

  test('of a target that sends hints for ever', async () => {
    const url = await rawTarget((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
      socket.once('close', () => clearInterval(timer));
    });
    expect(verdict(await timedCheck(url))).toBe(sentence('while waiting for the response'));
  });

  test('of a target that never shakes hands', async () => {
    const url = await rawTarget(() => undefined);
    expect(verdict(await timedCheck(url.replace('http:', 'https:')))).toBe(sentence('during the TLS handshake'));
  });

  test('that redirects slowly: the time is that of all hops together', async () => {
    const url = await httpTarget((request, response) => {
      const hop = Number(request.url?.slice(1));
      setTimeout(() => response.writeHead(302, { location: `/${hop + 1}` }).end(), 60);
    });
    const redirects = { follow: true, limit: 20, allowDowngrade: false };
    expect((await timedCheck(`${url}/0`, { redirects })).reason).toBe('timeout');
  });
});

test('Bytes that arrived in time win over a deadline that passed while our own loop stood still', async () => {
  const url = await rawTarget((socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    // The answer is in the kernel; now the loop that should read it is held up beyond the deadline.
    const until = performance.now() + 2 * TIMEOUT_MS;
    while (performance.now() < until);
  });
  expect(verdict(await timedCheck(url))).toBe('pass ok: ');
});
