import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What it answers to a query at an instant (epoch ms), per series; no number, no point. */
export type Values = (promql: string, at: number) => readonly (number | null)[];

export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'hang' }
  | { kind: 'html' }
  | { kind: 'truncated' }
  | { kind: 'flood' }
  | { kind: 'warnings'; warnings: readonly string[] }
  | { kind: 'body'; body: string };

export type Asked = { path: string; form: URLSearchParams; headers: IncomingMessage['headers']; method: string };

export type FakePrometheus = {
  url: string;
  asked: Asked[];
  values: Values;
  /** Null: answers as it should. Is asked for each request. */
  fault: ((asked: Asked) => Fault | null) | null;
  /** What each request must carry; others get 401. */
  token: string | null;
  tenant: string | null;
  /** At once, so many answers were under way at most. */
  busiest: number;
  stop(): Promise<void>;
};

const POSTED = new Set(['query', 'query_range', 'series', 'labels']);
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  query: ['query', 'time', 'timeout', 'stats'],
  query_range: ['query', 'start', 'end', 'step', 'timeout'],
  series: ['match[]', 'start', 'end'],
  labels: ['match[]', 'start', 'end'],
};
const MOST_POINTS = 11_000;

const textOf = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);

const refusal = (error: string): { status: number; body: unknown } => ({
  status: 400,
  body: { status: 'error', errorType: 'bad_data', error },
});

const success = (data: unknown): { status: number; body: Record<string, unknown> } => ({
  status: 200,
  body: { status: 'success', data },
});

const number = (form: URLSearchParams, name: string): number | null => {
  const text = form.get(name) ?? '';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
};

const OTHERS: Readonly<Record<string, unknown>> = {
  'status/flags': { 'storage.tsdb.retention.time': '15d', 'web.enable-lifecycle': 'false' },
  'status/runtimeinfo': { startTime: '2026-11-18T00:00:00Z', timeSeriesCount: 12, reloadConfigSuccess: true },
  rules: {
    groups: [
      {
        name: 'g',
        file: 'rules.yml',
        interval: 30,
        rules: [
          { name: 'a:b', type: 'recording', query: 'sum(b)', health: 'err', lastError: 'no', labels: { of: 'x' } },
        ],
      },
    ],
  },
  metadata: { http_requests_total: [{ type: 'counter', help: 'Requests.', unit: '' }] },
  series: [{ __name__: 'up', job: 'api' }],
  labels: ['__name__', 'job'],
};

/** Speaks the HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/) and takes nothing else. */
export const startFakePrometheus = async (): Promise<FakePrometheus> => {
  let busy = 0;
  const answer = (asked: Asked): { status: number; body: unknown } => {
    const { path, form, headers, method } = asked;
    if (fake.token !== null && headers.authorization !== `Bearer ${fake.token}`)
      return { status: 401, body: 'Unauthorized' };
    if (fake.tenant !== null && headers['x-scope-orgid'] !== fake.tenant) return { status: 401, body: 'no org id' };
    if (POSTED.has(path)) {
      if (method !== 'POST') return { status: 405, body: 'only POST here' };
      if (headers['content-type'] !== 'application/x-www-form-urlencoded') return refusal('not a form');
      for (const name of form.keys()) if (!ALLOWED[path]?.includes(name)) return refusal(`unknown parameter ${name}`);
    } else if (method !== 'GET') return { status: 405, body: 'only GET here' };
    const query = form.get('query') ?? '';
    if (path.startsWith('query') && (query === '' || query.includes('!bad')))
      return refusal('invalid parameter "query": 1:5: parse error: unexpected <bad>');
    if (path === 'query') {
      const time = number(form, 'time');
      if (time === null) return refusal('invalid parameter "time"');
      const result = fake
        .values(query, time * 1_000)
        .flatMap((value, index) =>
          value === null ? [] : [{ metric: { index: String(index) }, value: [time, textOf(value)] }],
        );
      return success({ resultType: 'vector', result });
    }
    if (path === 'query_range') {
      const [start, end, step] = [number(form, 'start'), number(form, 'end'), number(form, 'step')];
      if (start === null || end === null || step === null || step === 0) return refusal('invalid parameter "start"');
      if (end < start) return refusal('end timestamp must not be before start time');
      if ((end - start) / step > MOST_POINTS) return refusal('exceeded maximum resolution of 11,000 points');
      const series: [number, string][][] = [];
      for (let at = start; at <= end; at += step)
        for (const [index, value] of fake.values(query, at * 1_000).entries()) {
          series[index] ??= [];
          if (value !== null) series[index].push([at, textOf(value)]);
        }
      const result = series.flatMap((values, index) =>
        values.length === 0 ? [] : [{ metric: { index: String(index) }, values }],
      );
      return success({ resultType: 'matrix', result });
    }
    const other = OTHERS[path];
    return other === undefined ? { status: 404, body: '404 page not found' } : success(other);
  };

  const write = (asked: Asked, response: ServerResponse): void => {
    const fault = fake.fault?.(asked) ?? null;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers);
      return void response.end(fault.body ?? '');
    }
    if (fault?.kind === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      return void response.end('<!doctype html><title>Sign in</title>');
    }
    if (fault?.kind === 'flood') return void response.end(`"${'x'.repeat(2 * 1024 * 1024)}"`);
    if (fault?.kind === 'body') return void response.end(fault.body);
    const { status, body } = answer(asked);
    const more = fault?.kind === 'warnings' && typeof body === 'object' ? { ...body, warnings: fault.warnings } : body;
    const text = typeof more === 'string' ? more : JSON.stringify(more);
    const cut = fault?.kind === 'truncated' ? text.slice(0, text.length / 2) : text;
    const zipped = String(asked.headers['accept-encoding']).includes('gzip');
    response.writeHead(status, {
      'content-type': typeof more === 'string' ? 'text/plain' : 'application/json',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(zipped ? gzipSync(cut) : cut);
  };

  const server = createServer((request, response) => {
    fake.busiest = Math.max(fake.busiest, ++busy);
    response.on('close', () => busy--);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://fake');
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const path = url.pathname.replace(/^.*\/api\/v1\//, '');
      const asked = { path, form, headers: request.headers, method: request.method ?? '' };
      fake.asked.push(asked);
      write(asked, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakePrometheus = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    values: () => [],
    fault: null,
    token: null,
    tenant: null,
    busiest: 0,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
};
