import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadModules } from '../../src/http/blackbox/config.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { runProbe } from '../../src/probe/index.ts';
import { INGEST, start } from '../http/start.ts';
import { certificateFor } from '../probe/http/certificates.ts';
import { isMissing, startExporter, type Exporter } from './blackbox-exporter.ts';
import { isMissing as prometheusIsMissing, startPrometheus } from './prometheus.ts';

const CONFIG = `modules:
  web: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4 } }
  stay: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, follow_redirects: false } }
  trusting: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, tls_config: { insecure_skip_verify: true } } }
  created: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, valid_status_codes: [500] } }
  body: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, fail_if_body_matches_regexp: ["(?i)HELL"] } }
  header: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, fail_if_header_not_matches: [{ header: X-A, regexp: b }] } }
  secure: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, fail_if_not_ssl: true } }
  tcp: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip4 } }
  ftp: { prober: tcp, timeout: 1s, tcp: { preferred_ip_protocol: ip4, query_response: [{ expect: "^220" }] } }
  ssh: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip4, query_response: [{ expect: "^SSH-2.0-" }] } }
`;

/** What the Debian package's 0.23 does not have yet, and what it shows for phases that did not happen. */
const NEWER = ['probe_timeout_seconds', 'probe_tls_cipher_info'];
/** Says what the exporter's own clock, or its random connection, made. */
const TIMED = /_seconds$|^probe_http_duration/;

type Metrics = { names: Set<string>; values: Map<string, number> };

const metricsOf = (text: string): Metrics => {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, series = '', value = ''] = /^([^#\s]\S*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    // The serial number is a label since 0.24.
    if (series !== '') values.set(series.replace(/,serialnumber="[^"]*"/, ''), Number(value));
  }
  return { names: new Set([...values.keys()].map((series) => series.replace(/\{.*/, ''))), values };
};

const portOf = async (server: Server | TcpServer): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

describe.skipIf(isMissing)('Beside the real blackbox_exporter', () => {
  const servers: (Server | TcpServer)[] = [];
  let exporter: Exporter;
  let ours: Awaited<ReturnType<typeof start>>;
  const ports = { http: 0, https: 0, refused: 0, banner: 0 };

  beforeAll(async () => {
    const answer = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/ok' }).end();
      else if (request.url === '/broken') response.writeHead(500).end('broken');
      else
        response.writeHead(200, { 'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT', 'content-length': 5 }).end('hello');
    });
    const day = 86_400_000;
    const range = { from: new Date(Date.now() - day), to: new Date(Date.now() + 30 * day) };
    const secure = createTlsServer(await certificateFor(null, { name: 'localhost', ...range }), (_, response) =>
      response.end('hello'),
    );
    const banner = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('SSH-2.0-test\r\n');
    });
    const closed = createTcpServer();
    servers.push(answer, secure, banner);
    ports.http = await portOf(answer);
    ports.https = await portOf(secure);
    ports.banner = await portOf(banner);
    ports.refused = await portOf(closed);
    closed.close();

    exporter = await startExporter(CONFIG);
    const { modules, problems } = loadModules(
      { file: 'blackbox.yml', text: CONFIG },
      { allow: ['private'], read: () => undefined },
    );
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const { check } = createInlineProber({ clock: { now: Date.now }, probe: runProbe });
    ours = await start({ blackbox: { modules, check, now: Date.now, onUnknownModule: () => undefined } });
  });
  afterAll(async () => {
    await exporter?.stop();
    await ours?.app.close();
    for (const server of servers) server.close();
  });

  const both = async (module: string, target: string): Promise<{ theirs: Metrics; mine: Metrics }> => {
    const path = `/probe?module=${module}&target=${encodeURIComponent(target)}`;
    const theirs = await (await fetch(exporter.url + path)).text();
    const mine = (await ours.app.inject({ url: path })).body;
    return { theirs: metricsOf(theirs), mine: metricsOf(mine) };
  };

  /** On purpose: a certificate is told also when it made the check fail, and no end of a chain that was not verified. */
  const SEEN = [
    'probe_http_ssl',
    'probe_ssl_earliest_cert_expiry',
    'probe_ssl_last_chain_info',
    'probe_tls_version_info',
  ];
  /** All of them are told always, also when there was nothing to look up. */
  const LOOKED_UP = ['probe_dns_lookup_time_seconds', 'probe_ip_addr_hash', 'probe_ip_protocol'];
  const NEVER = ['probe_ssl_last_chain_expiry_timestamp_seconds'];

  type Case = readonly [name: string, module: string, target: () => string, not: readonly string[]];
  const CASES: readonly Case[] = [
    ['200', 'web', () => `http://127.0.0.1:${ports.http}/ok`, []],
    ['200 without a scheme', 'web', () => `127.0.0.1:${ports.http}/ok`, []],
    ['500', 'web', () => `http://127.0.0.1:${ports.http}/broken`, []],
    ['500 that is expected', 'created', () => `http://127.0.0.1:${ports.http}/broken`, []],
    ['a redirect that is followed', 'web', () => `http://127.0.0.1:${ports.http}/moved`, []],
    // There one that was not followed counts as well.
    ['a redirect that is not', 'stay', () => `http://127.0.0.1:${ports.http}/moved`, ['probe_http_redirects']],
    ['a certificate that nobody trusts', 'web', () => `https://127.0.0.1:${ports.https}/`, SEEN],
    ['a certificate that need not be', 'trusting', () => `https://127.0.0.1:${ports.https}/`, NEVER],
    ['a body that fails it', 'body', () => `http://127.0.0.1:${ports.http}/ok`, []],
    ['a header that fails it', 'header', () => `http://127.0.0.1:${ports.http}/ok`, []],
    ['TLS that must be', 'secure', () => `http://127.0.0.1:${ports.http}/ok`, []],
    ['a port that refuses', 'web', () => `http://127.0.0.1:${ports.refused}/`, []],
    ['an open port', 'tcp', () => `127.0.0.1:${ports.banner}`, []],
    ['a banner', 'ssh', () => `127.0.0.1:${ports.banner}`, []],
    ['another banner', 'ftp', () => `127.0.0.1:${ports.banner}`, []],
    ['a closed port', 'tcp', () => `127.0.0.1:${ports.refused}`, []],
    ['no port', 'tcp', () => '127.0.0.1', LOOKED_UP],
  ];

  test.for(CASES)(
    '%s has the same names, and the same values where they are certain',
    async ([, module, target, not]) => {
      const { theirs, mine } = await both(module, target());
      const apart = new Set([...NEWER, ...not]);
      const names = (metrics: Metrics): string[] => [...metrics.names].filter((name) => !apart.has(name)).toSorted();
      expect(names(mine)).toEqual(names(theirs));
      const certain = ({ values }: Metrics): Record<string, number> =>
        Object.fromEntries(
          [...values].filter(([series]) => {
            const name = series.replace(/\{.*/, '');
            return !TIMED.test(name) && !apart.has(name);
          }),
        );
      expect(certain(mine)).toEqual(certain(theirs));
    },
  );

  test('what is wrong with a scrape is said in the same words', async () => {
    for (const query of ['', '?target=x&module=nothing']) {
      const theirs = await fetch(`${exporter.url}/probe${query}`);
      const mine = await ours.app.inject({ url: `/probe${query}` });
      expect([mine.statusCode, mine.body]).toEqual([theirs.status, await theirs.text()]);
    }
  });
});

describe.skipIf(isMissing || prometheusIsMissing)('A real Prometheus', () => {
  // Its half second for the way must be left of the timeout.
  test('scrapes /probe as it scrapes blackbox_exporter: with the relabelling of its README', async () => {
    const target = createServer((_, response) => response.end('ok'));
    const url = `http://127.0.0.1:${await portOf(target)}/health`;
    onTestFinished(() => void target.close());
    const { modules } = loadModules(null, { allow: ['private'], read: () => undefined });
    const { check } = createInlineProber({ clock: { now: Date.now }, probe: runProbe });
    const ours = await start({
      loginRequired: true,
      blackbox: { modules, check, now: Date.now, onUnknownModule: () => undefined },
    });
    onTestFinished(() => ours.app.close());
    const { host } = new URL(await ours.app.listen({ host: '127.0.0.1', port: 0 }));
    const prometheus = await startPrometheus(`
  - job_name: blackbox
    metrics_path: /probe
    scrape_interval: 3s
    scrape_timeout: 3s
    params: { module: [http_2xx] }
    authorization: { credentials: ${INGEST} }
    static_configs: [{ targets: ['${url}', 'http://127.0.0.1:1/closed'] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: ${host} }
`);
    onTestFinished(() => prometheus.stop());
    const samples = await prometheus.query('probe_success', (found) => found.length === 2);
    expect(Object.fromEntries(samples.map(({ labels, value }) => [labels['instance'], value]))).toEqual({
      [url]: 1,
      'http://127.0.0.1:1/closed': 0,
    });
    expect(await prometheus.query('probe_http_status_code == 200')).toMatchObject([{ labels: { instance: url } }]);
  });
});
