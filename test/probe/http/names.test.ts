import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nameServer, type Question, type Reply } from '../net/name-server.ts';
import { REACH } from '../target.ts';
import { check, httpTarget, verdict } from './target.ts';

type Answering = (question: Question) => Reply;

/** Checks a name of a public kind, with the name server of the test; `allow` as given. */
const visiting = async (reply: Answering, allow: readonly 'private'[] = ['private']) => {
  const server = await nameServer(reply);
  const reach = { ...REACH, resolver: [server.address], allow };
  return { server, reach };
};

/** A server at every address of 127.0.0.0/8; gives its port. */
const everywhere = async (listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> => {
  const server = createServer(listener);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
};

describe('A name', () => {
  test('is looked up by the name servers of the probe, and only once within its TTL', async () => {
    const { server, reach } = await visiting(() => ({ addresses: ['127.0.0.1'] }));
    const port = new URL(await httpTarget((request, response) => response.end(request.headers.host))).port;
    const url = `http://kept.shop.dev:${port}/`;
    const assertions = [{ kind: 'body', contains: `kept.shop.dev:${port}` }] as const;
    const first = await check(url, { reach, assertions });
    expect(verdict(first)).toBe('pass ok: ');
    expect(first.address).toBe('127.0.0.1');
    const second = await check(url, { reach, assertions });
    expect(second.phases.resolve).toBeGreaterThanOrEqual(0);
    expect(server.asked).toEqual(['A kept.shop.dev']);
  });

  test.for<[Reply, string]>([
    [{ code: 'NXDOMAIN' }, 'the name of TARGET does not exist'],
    [{}, 'the name of TARGET has no address'],
    [{ aliases: ['b.dev', 'loop.dev', 'b.dev'] }, 'the name of TARGET has no address'],
    [{ code: 'SERVFAIL' }, 'the name server failed to look up the name of TARGET (SERVFAIL)'],
    [{ code: 'REFUSED' }, 'the name server refused to look up the name of TARGET (REFUSED)'],
    [{ code: 'FORMERR' }, 'the name server did not understand the question for TARGET (FORMERR)'],
  ])('that leads nowhere says why: %j', async ([reply, sentence], { task }) => {
    const { reach } = await visiting(() => reply);
    const host = `n${task.id.replaceAll(/\W/g, '')}.dev`;
    const result = await check(`http://${host}/`, { reach });
    expect(verdict(result).replace(`${host}:80`, 'TARGET')).toBe(`fail dns: ${sentence}`);
    expect(result).toMatchObject({ address: null, status: null });
  });

  test('whose server never answers ends with the deadline of the check', async () => {
    const { reach } = await visiting(() => ({ silent: true }));
    const result = await check('http://silent.dev/', { reach }, 100);
    expect(verdict(result)).toBe(
      'fail timeout: no complete answer within 100ms: the time ran out while looking the name up',
    );
    expect(result.durationMs).toBeLessThan(1_500);
  });

  test('cannot be looked up by a server that is no address', async () => {
    const result = await check('http://a.dev/', { reach: { ...REACH, resolver: ['ns1.example.org'] } });
    expect(verdict(result)).toBe('unknown internal: a name server of the probe is no IP address');
  });
});

describe('A public name', () => {
  test('that leads to an address of ours is refused before anything is sent', async () => {
    const { reach } = await visiting(() => ({ addresses: ['127.0.0.1'] }), []);
    let requests = 0;
    const port = new URL(await httpTarget((_, response) => response.end(String(requests++)))).port;
    expect(verdict(await check(`http://inside.dev:${port}/`, { reach }))).toBe(
      'fail address-refused: inside.dev leads to 127.0.0.1, a private address; write `allow: [private]` if that is meant',
    );
    expect(requests).toBe(0);
  });

  test('that is bound anew to a metadata address is refused as soon as its TTL is over', async () => {
    let turn = 0;
    const { reach } = await visiting(() => ({ addresses: [turn++ === 0 ? '127.0.0.1' : '169.254.169.254'], ttl: 0 }));
    const port = new URL(await httpTarget((_, response) => response.end('ok'))).port;
    expect(verdict(await check(`http://rebound.dev:${port}/`, { reach }))).toBe('pass ok: ');
    expect(verdict(await check(`http://rebound.dev:${port}/`, { reach }))).toBe(
      'fail address-refused: rebound.dev leads to 169.254.169.254, a link-local or metadata address; write `allow: [metadata]` if that is meant',
    );
  });

  test('that a redirect leads to is judged likewise', async () => {
    const { reach } = await visiting(() => ({ addresses: ['169.254.169.254'] }));
    const url = await httpTarget((_, response) => response.writeHead(302, { location: 'http://sly.dev/' }).end());
    expect(verdict(await check(url, { reach }))).toBe(
      'fail redirect-refused: a redirect led to sly.dev:80, a link-local or metadata address',
    );
  });
});

describe('Every address of a name', () => {
  const all = { addresses: ['127.0.0.3', '127.0.0.1', '127.0.0.2'] };

  test('is checked at once, each on its own connection, and the worst decides', async () => {
    const { reach, server } = await visiting(() => all);
    const seen: (string | undefined)[] = [];
    const port = await everywhere(({ socket }, response) => {
      seen.push(socket.localAddress);
      response.statusCode = socket.localAddress === '127.0.0.2' ? 503 : 200;
      response.end();
    });
    const result = await check(`http://all.dev:${port}/`, { reach: { ...reach, addresses: 'all' } });
    expect(verdict(result)).toBe('fail status: 127.0.0.2: status was 503, expected 2xx');
    expect(result).toMatchObject({ address: '127.0.0.2', status: 503, attempts: 1 });
    expect(new Set(seen)).toEqual(new Set(['127.0.0.1', '127.0.0.2', '127.0.0.3']));
    expect(server.asked).toEqual(['A all.dev', 'AAAA all.dev']);
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'processing', 'transfer']);
  });

  test('passes when all of them pass, with the numbers of the slowest', async () => {
    const { reach } = await visiting(() => all);
    let waiting: ServerResponse | null = null;
    let answered = 0;
    const port = await everywhere(({ socket }, response) => {
      if (socket.localAddress === '127.0.0.1') waiting = response;
      else response.end();
      response.on('finish', () => void (++answered === 2 && waiting?.end()));
    });
    const result = await check(`http://well.dev:${port}/`, { reach: { ...reach, addresses: 'all' } });
    expect(verdict(result)).toBe('pass ok: ');
    expect(result.address).toBe('127.0.0.1');
  });

  test('keeps to its address through redirects to the same host', async () => {
    const { reach } = await visiting(() => ({ addresses: ['127.0.0.2', '127.0.0.1'] }));
    const seen: string[] = [];
    const port = await everywhere(({ url, socket }, response) => {
      seen.push(`${socket.localAddress} ${url}`);
      if (url === '/a') response.writeHead(302, { location: '/b' });
      response.end();
    });
    await check(`http://moved.dev:${port}/a`, { reach: { ...reach, addresses: 'all' } });
    expect(seen.sort()).toEqual(['127.0.0.1 /a', '127.0.0.1 /b', '127.0.0.2 /a', '127.0.0.2 /b']);
  });

  test('fails as one when the name leads nowhere', async () => {
    const { reach } = await visiting(() => ({ code: 'NXDOMAIN' }));
    const result = await check('http://none.dev/', { reach: { ...reach, addresses: 'all' } });
    expect(verdict(result)).toBe('fail dns: the name of none.dev:80 does not exist');
  });

  test('is one address when it is written as such', async () => {
    const url = await httpTarget((_, response) => response.end());
    expect(verdict(await check(url, { reach: { ...REACH, addresses: 'all' } }))).toBe('pass ok: ');
  });
});
