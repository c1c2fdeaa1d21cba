import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NinesError } from '../../src/errors.ts';
import { NOW } from './duru.ts';
import { INCIDENT } from './duru-incident.ts';
import { bearer, INGEST, PEOPLE, start } from './start.ts';

type Schema = Record<string, unknown>;
type Document = {
  openapi: string;
  paths: Record<
    string,
    Record<
      string,
      { responses: Record<string, { content?: Record<string, { schema: Schema }> }>; parameters?: { name: string }[] }
    >
  >;
  components: { schemas: Record<string, Schema> };
};

const describedBy = (document: Document, path: string, method: string, status: string) => {
  const responses = document.paths[path]?.[method]?.responses ?? {};
  const described = (responses[status] ?? responses[`${status[0]}XX`] ?? responses[`${status[0]}xx`])?.content?.[
    'application/json'
  ]?.schema;
  if (!described) throw new Error(`${method} ${path} ${status} is not in /openapi.json`);
  const inlined = JSON.stringify({ ...described, $defs: document.components.schemas }).replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  return z.fromJSONSchema(JSON.parse(inlined));
};

const verb = (name: string, payload: object, status = '200') => ({
  path: `/api/v1/incidents/{id}/${name}`,
  url: `/api/v1/incidents/${INCIDENT}/${name}`,
  payload,
  status,
});

const CALLS: { path: string; url: string; status: string; payload?: object }[] = [
  { path: '/api/v1/slos', url: '/api/v1/slos', status: '200' },
  { path: '/api/v1/slos/{id}', url: '/api/v1/slos/duru-notes/api/availability', status: '200' },
  { path: '/api/v1/slos/{id}', url: '/api/v1/slos/duru-notes/web/first-byte', status: '200' },
  { path: '/api/v1/slos/{id}', url: '/api/v1/slos/nobody/knows', status: '404' },
  { path: '/api/v1/probes', url: '/api/v1/probes', status: '200' },
  { path: '/api/v1/probes/{id}', url: '/api/v1/probes/duru-notes/api/health?limit=3', status: '200' },
  { path: '/api/v1/probes/{id}', url: '/api/v1/probes/duru-notes/api/health?limit=0', status: '400' },
  { path: '/api/v1/incidents', url: '/api/v1/incidents?state=open&limit=5', status: '200' },
  { path: '/api/v1/incidents', url: '/api/v1/incidents?state=closed', status: '400' },
  { path: '/api/v1/incidents/{id}', url: `/api/v1/incidents/${INCIDENT}`, status: '200' },
  { path: '/api/v1/incidents/{id}', url: '/api/v1/incidents/nobody', status: '404' },
  verb('acknowledge', { by: 'Ann', episode: 1 }),
  verb('unacknowledge', {}),
  verb('snooze', { for: '1h' }),
  verb('snooze', { for: 'tomorrow' }, '400'),
  verb('escalate', { executive: true }),
  verb('note', { text: 'hello' }),
  verb('note', { text: ' ' }, '400'),
  verb('resolve', {}),
  { path: '/api/v1/heartbeats/{id}', url: '/api/v1/heartbeats/duru-notes/sync/nightly', payload: {}, status: '200' },
  { path: '/api/v1/heartbeats/{id}', url: '/api/v1/heartbeats/duru-notes/api/health', payload: {}, status: '404' },
  {
    path: '/api/v1/happenings',
    url: '/api/v1/happenings',
    payload: { kind: 'deploy', system: 'duru-notes', text: 'v2' },
    status: '200',
  },
  {
    path: '/api/v1/happenings',
    url: '/api/v1/happenings',
    payload: { kind: 'deploy', system: 'nobody', text: 'v2' },
    status: '400',
  },
  { path: '/api/v1/store', url: '/api/v1/store', status: '200' },
  { path: '/api/v1/retention', url: '/api/v1/retention', status: '200' },
  { path: '/api/v1/verify', url: '/api/v1/verify', payload: {}, status: '200' },
  { path: '/api/v1/backup', url: '/api/v1/backup', payload: { by: 7 }, status: '400' },
  { path: '/health', url: '/health', status: '200' },
  { path: '/ready', url: '/ready', status: '200' },
];

describe('every answer is as /openapi.json says', () => {
  test.each(CALLS)('$url → $status', async ({ path, url, status, payload }) => {
    const { app } = await start();
    const document: Document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    const answer = await app.inject({
      url,
      method: payload ? 'POST' : 'GET',
      headers: bearer(PEOPLE),
      ...(payload ? { payload } : {}),
    });
    expect(answer.statusCode).toBe(Number(status));
    expect(
      describedBy(document, path, payload ? 'post' : 'get', status).safeParse(answer.json()).error?.message,
    ).toBeUndefined();
  });

  test('the document names no wildcard, and each named shape once', async () => {
    const { app } = await start();
    const document: Document = (await app.inject('/openapi.json')).json();
    expect(Object.keys(document.paths).filter((path) => path.includes('*'))).toEqual([]);
    expect(Object.keys(document.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([]);
    expect(document.paths['/api/v1/slos/{id}']?.['get']?.parameters?.map(({ name }) => name)).toEqual(['id']);
  });
});

describe('the API', () => {
  test('gives percent, shares, seconds and UTC, and null where nothing is known', async () => {
    const { app } = await start();
    const { slos } = (await app.inject('/api/v1/slos')).json();
    const [availability, , , , , firstByte] = slos;
    expect(availability).toMatchObject({
      id: 'duru-notes/api/availability',
      objective: 99.9,
      window: 'month',
      state: 'at-risk',
      budget: { remaining: 0.286, bad: 185, total: 163_224 },
      burnRates: { '5m': 1_000, '1h': 201.4 },
      lastDataAt: '2026-11-20T03:12:34.000Z',
      forecast: { kind: 'ends', endsAt: '2026-11-20T03:34:40.000Z' },
    });
    expect(availability.budget.consumed).toBeCloseTo(0.714);
    expect(firstByte).toMatchObject({
      state: 'no-data',
      lastDataAt: null,
      budget: { remaining: null, attained: null },
      burnRates: { '5m': null },
    });
  });

  test('lists incidents with what happens next, and one with its timeline and deliveries', async () => {
    const { app } = await start();
    const { incidents } = (await app.inject('/api/v1/incidents?state=open')).json();
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      id: INCIDENT,
      level: 3,
      acknowledged: null,
      next: { at: '2026-11-20T03:30:40.000Z', text: 'L4: pages pagerduty-executive' },
    });
    const detail = (await app.inject(`/api/v1/incidents/${INCIDENT}`)).json();
    expect(detail.timeline.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(detail.deliveries.map(({ state }: { state: string }) => state)).toEqual([
      'sent',
      'sent',
      'uncertain',
      'failed',
    ]);
  });

  test('snooze says how long in words, the engine hears milliseconds', async () => {
    const s = await start();
    await s.app.inject({
      method: 'POST',
      url: `/api/v1/incidents/${INCIDENT}/snooze`,
      headers: { ...bearer(PEOPLE), 'x-nines-door': 'cli' },
      payload: { for: '1h30m', by: 'Ann' },
    });
    expect(s.calls).toEqual([{ verb: 'snooze', of: INCIDENT, by: { name: 'Ann', door: 'cli' }, with: 5_400_000 }]);
  });

  test.each([
    ['nothing', {}],
    ['a form', { payload: 'status=0', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['broken JSON', { payload: '{', headers: { 'content-type': 'application/json' } }],
    ['XML', { payload: '<a/>', headers: { 'content-type': 'text/xml' } }],
  ])(
    'a beat may carry %s',
    async (_name, { payload, headers = {} }: { payload?: string; headers?: Record<string, string> }) => {
      const s = await start();
      const answer = await s.app.inject({
        method: 'POST',
        url: '/api/v1/heartbeats/duru-notes/sync/nightly',
        headers: { ...bearer(INGEST), ...headers },
        ...(payload ? { payload } : {}),
      });
      expect([answer.statusCode, s.calls.length]).toEqual([200, 1]);
    },
  );

  test('a beat is not confirmed before it is stored', async () => {
    const s = await start();
    s.nines.verbs.beat = async () => {
      throw new NinesError('store_unavailable', 'The store does not answer; look at the disk.');
    };
    const answer = await s.app.inject({
      method: 'POST',
      url: '/api/v1/heartbeats/duru-notes/sync/nightly',
      headers: bearer(INGEST),
    });
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'store_unavailable']);
  });

  test('a happening may say when it was, and only web addresses are links', async () => {
    const { app } = await start();
    const send = (payload: object) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/happenings',
        headers: bearer(INGEST),
        payload: { kind: 'deploy', system: 'duru-notes', text: 'v2', ...payload },
      });
    expect((await send({ at: '2026-11-20T02:58:00Z' })).json().happening.at).toBe('2026-11-20T02:58:00.000Z');
    expect((await send({})).json().happening.at).toBe(new Date(NOW).toISOString());
    expect((await send({ url: 'javascript:alert(1)' })).statusCode).toBe(400);
  });

  test('not ready is 503 and says why; alive is another question', async () => {
    const { app } = await start({}, { ready: () => ({ ready: false, reason: 'the first tick has not ended' }) });
    expect((await app.inject('/ready')).json()).toEqual({
      ready: false,
      reason: 'the first tick has not ended',
      role: 'alone',
    });
    expect((await app.inject('/ready')).statusCode).toBe(503);
    expect((await app.inject('/health')).statusCode).toBe(200);
  });

  test('metrics may come in pieces', async () => {
    const { app } = await start({
      metricsText: async function* () {
        yield 'a 1\n';
        yield 'b 2\n';
      },
    });
    const answer = await app.inject('/metrics');
    expect([answer.body, answer.headers['content-type']]).toEqual([
      'a 1\nb 2\n',
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
  });
});
