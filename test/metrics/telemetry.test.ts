import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

type Told = { told: string[]; text: string; loaded: string[] };
type Span = {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  kind: number;
  status?: { code?: number };
};
type Export = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };

const runChild = async (file: string, env: Record<string, string> = {}): Promise<Told> => {
  const path = new URL(`fixtures/${file}.ts`, import.meta.url).pathname;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_')));
  const { stdout } = await promisify(execFile)(process.execPath, [path], { env: { ...inherited, ...env } });
  return JSON.parse(stdout) as Told;
};

/** A collector that keeps the spans it is sent, and the paths it was asked for. */
const startCollector = async () => {
  const spans: Span[] = [];
  const paths = new Set<string>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      paths.add(request.url ?? '');
      const sent = JSON.parse(body) as Export;
      spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { spans, paths, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const TOLD = ['/check', '2', 'refused'];

describe('telemetry', () => {
  it('off: the same work is done and no part of OpenTelemetry is loaded', async () => {
    const { told, loaded } = await runChild('telemetry-off');
    expect(told).toEqual(TOLD);
    expect(loaded.some((url) => url.endsWith('/src/metrics/telemetry.ts'))).toBe(true);
    expect(loaded.filter((url) => url.includes('opentelemetry'))).toEqual([]);
  });

  it('on: spans reach the collector with their parents, from our steps down to the server that was asked', async () => {
    const collector = await startCollector();
    const { told } = await runChild('telemetry-on', {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    collector.server.close();
    expect(told).toEqual(TOLD);
    expect([...collector.paths]).toEqual(['/v1/traces']);
    const SERVER = 2;
    const CLIENT = 3;
    const [probe, evaluate, deliver] = ['probe', 'evaluate', 'deliver'].map((name) =>
      collector.spans.find((span) => span.name === name),
    );
    const client = collector.spans.find((span) => span.kind === CLIENT && span.traceId === probe?.traceId);
    const servers = collector.spans.filter((span) => span.kind === SERVER);
    expect(evaluate?.parentSpanId).toBe(probe?.spanId);
    expect(client?.parentSpanId).toBe(evaluate?.spanId);
    expect(servers.map((span) => span.parentSpanId)).toEqual([client?.spanId]);
    const ERROR = 2;
    expect(deliver?.status?.code).toBe(ERROR);
  });

  it('on without an endpoint: metrics of HTTP in and out for our own text, and no traces', async () => {
    const { told, text } = await runChild('telemetry-on');
    expect(told).toEqual(TOLD);
    expect(text).toMatch(/^# HELP http_/);
    expect(text).toContain('# TYPE http_server_request_duration histogram');
    expect(text).toContain('# TYPE http_client_request_duration histogram');
    expect(text).not.toMatch(/target_info|otel_scope/);
    expect(text.endsWith('\n')).toBe(true);
  });
});
