import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModules } from '../../src/http/blackbox/config.ts';
import { createInlineProber } from '../../src/probe/inline.ts';
import { runProbe } from '../../src/probe/index.ts';
import { start } from '../http/start.ts';
import { certificateFor } from '../probe/http/certificates.ts';
import { isMissing, startExporter, type Exporter } from './blackbox-exporter.ts';

const CONFIG = `modules:
  web: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4 } }
  stay: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, follow_redirects: false } }
  trusting: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, tls_config: { insecure_skip_verify: true } } }
  created: { prober: http, timeout: 5s, http: { preferred_ip_protocol: ip4, valid_status_codes: [500] } }
  tcp: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip4 } }
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
    if (series !== '') values.set(series, Number(value));
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
    expect(problems).toEqual([]);
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

  test.for([
    ['200', 'web', () => `http://127.0.0.1:${ports.http}/ok`],
    ['200 without a scheme', 'web', () => `127.0.0.1:${ports.http}/ok`],
    ['500', 'web', () => `http://127.0.0.1:${ports.http}/broken`],
    ['500 that is expected', 'created', () => `http://127.0.0.1:${ports.http}/broken`],
    ['a redirect that is followed', 'web', () => `http://127.0.0.1:${ports.http}/moved`],
    ['a redirect that is not', 'stay', () => `http://127.0.0.1:${ports.http}/moved`],
    ['a certificate that nobody trusts', 'web', () => `https://127.0.0.1:${ports.https}/`],
    ['a certificate that need not be trusted', 'trusting', () => `https://127.0.0.1:${ports.https}/`],
    ['a port that refuses', 'web', () => `http://127.0.0.1:${ports.refused}/`],
    ['an open port', 'tcp', () => `127.0.0.1:${ports.banner}`],
    ['a banner', 'ssh', () => `127.0.0.1:${ports.banner}`],
    ['a closed port', 'tcp', () => `127.0.0.1:${ports.refused}`],
  ] as const)('%s has the same names, and the same values where they are certain', async ([, module, target]) => {
    const { theirs, mine } = await both(module, target());
    expect([...mine.names].filter((name) => !NEWER.includes(name)).toSorted()).toEqual(
      [...theirs.names].filter((name) => !NEWER.includes(name)).toSorted(),
    );
    const certain = ({ values }: Metrics): [string, number][] =>
      [...values].filter(
        ([series]) => !TIMED.test(series.replace(/\{.*/, '')) && !NEWER.some((name) => series.startsWith(name)),
      );
    expect(Object.fromEntries(certain(mine))).toEqual(Object.fromEntries(certain(theirs)));
  });

  test('what is wrong with a scrape is said in the same words', async () => {
    for (const query of ['', '?target=x&module=nothing']) {
      const theirs = await fetch(`${exporter.url}/probe${query}`);
      const mine = await ours.app.inject({ url: `/probe${query}` });
      expect([mine.statusCode, mine.body]).toEqual([theirs.status, await theirs.text()]);
    }
  });
});
