import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Nines } from '../../src/engine/nines.ts';
import { unknownResult, type CheckResult } from '../../src/probe/probe.ts';
import { Secret } from '../../src/secret.ts';
import { INCIDENT } from './duru-incident.ts';
import { bearer, INGEST, PEOPLE, start } from './start.ts';

const AGENT = 'agent-token-0123456789';
const POLL = '/api/v1/locations/frankfurt/poll';
const RESULTS = '/api/v1/locations/frankfurt/results';
const HELLO = {
  protocol: 1,
  agent: 'a',
  version: '0.1.0',
  revision: null,
  waitMs: 0,
  offsetMs: null,
  backlog: 0,
  dropped: 0,
};
const good = unknownResult('duru-notes/api/health', 1_794_970_000_000, 'ok', '');

const begin = async (change: Partial<Nines['verbs']> = {}, agentToken: Secret | null = new Secret(AGENT)) => {
  const heard: (readonly CheckResult[])[] = [];
  const started = await start({
    config: { version: '0.1.0', host: '127.0.0.1', port: 0, publicUrl: null, agentToken },
  });
  Object.assign(started.nines.verbs, {
    joined: async () => ({
      ok: true,
      revision: 'r1',
      targets: [JSON.stringify({ id: 'x', check: { headers: { authorization: 's3cret' } } })],
    }),
    reported: async (_location: string, results: readonly CheckResult[]) => {
      heard.push(results);
      return { taken: results.length, refused: 0 };
    },
    ...change,
  });
  const post = (url: string, payload: object, headers: Record<string, string> = bearer(AGENT)) =>
    started.app.inject({ method: 'POST', url, payload, headers });
  return { ...started, post, heard };
};

describe('the token of agents', () => {
  test('fetches targets and reports, and nobody keeps what it fetched', async () => {
    const { post } = await begin();
    const answer = await post(POLL, HELLO);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(answer.json()).toMatchObject({ protocol: 1, revision: 'r1', targets: [{ id: 'x' }] });
    expect((await post(RESULTS, { results: [good] })).json()).toEqual({ taken: 1, refused: 0 });
  });

  test('fetches a whole fleet as one JSON, written in pieces', async () => {
    const texts = Array.from({ length: 1_234 }, (_, index) => JSON.stringify({ id: `site-${index}` }));
    const { post } = await begin({ joined: async () => ({ ok: true, revision: 'r1', targets: texts }) });
    const answer = await post(POLL, HELLO);
    expect([answer.headers['transfer-encoding'], answer.headers['content-type']]).toEqual([
      'chunked',
      'application/json; charset=utf-8',
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { targets, receivedAt, sentAt } = answer.json();
    expect(targets.map(({ id }: { id: string }) => id)).toEqual(texts.map((text) => JSON.parse(text).id));
    expect(sentAt).toBeGreaterThanOrEqual(receivedAt);
  });

  test('does nothing else', async () => {
    const { app, calls } = await begin();
    for (const [method, url] of [
      ['POST', `/api/v1/incidents/${INCIDENT}/acknowledge`],
      ['POST', '/api/v1/heartbeats/duru-notes/sync/nightly'],
      ['POST', '/api/v1/happenings'],
    ] as const) {
      const answer = await app.inject({ method, url, headers: bearer(AGENT), payload: {} });
      expect([url, answer.statusCode, answer.json()]).toMatchObject([url, 403, { code: 'forbidden' }]);
    }
    expect(calls).toEqual([]);
  });

  test('is the only one that gives targets away', async () => {
    const { post } = await begin();
    for (const [token, status] of [
      [PEOPLE, 403],
      [INGEST, 403],
      ['wrong', 401],
    ] as const) {
      const answer = await post(POLL, HELLO, bearer(token));
      expect([token, answer.statusCode]).toEqual([token, status]);
      expect(answer.body).not.toContain('s3cret');
      expect((await post(RESULTS, { results: [] }, bearer(token))).statusCode).toBe(status);
    }
    expect((await post(POLL, HELLO, {})).statusCode).toBe(401);
  });

  test('opens nothing where none was set', async () => {
    const { post } = await begin({}, null);
    const answer = await post(POLL, HELLO);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      403,
      { message: expect.stringContaining('set NINES_AGENT_TOKEN') },
    ]);
  });
});

describe('an agent', () => {
  test('of another protocol is told to be of the same version', async () => {
    const { post } = await begin();
    const answer = await post(POLL, { ...HELLO, protocol: 2 });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { code: 'invalid_request', message: expect.stringContaining('same version') },
    ]);
  });

  test('that reports nonsense loses that alone', async () => {
    const { post, heard } = await begin();
    const broken = [
      null,
      'x',
      { ...good, durationMs: -1 },
      { ...good, reason: 'because' },
      { ...good, at: 1.5 },
      { ...good, readings: { x: 'y' } },
    ];
    expect((await post(RESULTS, { results: [...broken, good] })).json()).toEqual({ taken: 1, refused: 6 });
    expect(heard).toEqual([[expect.objectContaining({ probe: good.probe, at: good.at })]]);
  });

  test('cannot send a text that fills the store', async () => {
    const { post, heard } = await begin();
    await post(RESULTS, { results: [{ ...good, detail: 'x'.repeat(10_000) }] });
    expect(heard[0]?.[0]?.detail).toHaveLength(500);
  });

  test('is answered whatever it sends, never with a defect of ours', async () => {
    const { post } = await begin();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.jsonValue(), fc.record({ probe: fc.string(), at: fc.double() }))),
        async (results) => {
          const { statusCode } = await post(RESULTS, { results });
          expect([200, 400]).toContain(statusCode);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('that waits is let go when the server stops', async () => {
    const arrived = Promise.withResolvers<void>();
    const { app, post } = await begin({
      joined: (_name, _hello, gone) =>
        new Promise((resolve) => {
          gone.addEventListener('abort', () => resolve({ ok: true, revision: 'r1', targets: null }));
          arrived.resolve();
        }),
    });
    const waiting = post(POLL, { ...HELLO, waitMs: 20_000 });
    waiting.catch(() => undefined);
    await arrived.promise;
    await app.close();
    expect((await waiting).statusCode).toBe(200);
  });
});

test('an agent that reads slowly does not keep a server from stopping', async () => {
  const texts = Array.from({ length: 40_000 }, () => JSON.stringify({ id: 'x'.repeat(1_000) }));
  const { app } = await begin({ joined: async () => ({ ok: true, revision: 'r1', targets: texts }) });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await fetch(url + POLL, {
    method: 'POST',
    headers: { ...bearer(AGENT), 'content-type': 'application/json' },
    body: JSON.stringify(HELLO),
  });
  expect(answer.status).toBe(200);
  await app.close();
  await expect(answer.text()).rejects.toThrow('terminated');
});
