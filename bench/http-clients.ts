// CPU of one HTTP exchange on a new connection, raw parser against node:http, interleaved:
//   node bench/http-clients.ts [probes per round] [rounds]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { connect, type Door } from '../src/probe/net/connect.ts';
import { createTrace, type Trace } from '../src/probe/net/phases.ts';
import { isFailure } from '../src/probe/net/reasons.ts';
import { exchange } from '../src/probe/http/exchange.ts';
import { createHttpProbe } from '../src/probe/http/index.ts';
import { firstHop } from '../src/probe/http/redirects.ts';
import { requestBytes } from '../src/probe/http/request.ts';
import type { HttpTarget } from '../src/probe/targets.ts';
import { benchTarget } from './http-target.ts';

const { request: httpRequest } = process.getBuiltinModule('node:http');
const [count = 5_000, rounds = 5] = process.argv.slice(2).map(Number);
const AT_ONCE = 32;
/** A handshake costs ten times a plain exchange. */
const TLS_SHARE = 0.2;

type Ports = { http: number; https: number; ca: string };
type Probe = (target: HttpTarget) => Promise<number>;

const server = fork(new URL('./http-clients-target.ts', import.meta.url));
const [ports] = (await once(server, 'message')) as [Ports];
const { signal } = new AbortController();
const monotonic = (): number => performance.now();

const opened = async ({ url, reach, tls }: HttpTarget, trace: Trace): Promise<Socket> => {
  const { protocol, port } = new URL(url);
  const secure = protocol === 'https:' ? { ...tls, serverName: 'localhost' } : null;
  const door: Door = { host: '127.0.0.1', port: Number(port), tls: secure, alpn: ['http/1.1'], reach, guarded: false };
  const socket = await connect(door, trace, signal, monotonic);
  if (isFailure(socket)) throw new Error(socket.detail);
  return socket;
};

const raw: Probe = async (target) => {
  const trace = createTrace(monotonic());
  const socket = await opened(target, trace);
  const bytes = requestBytes(hopOf(target));
  const question = { bytes, toHead: false, stage: 'processing', limit: target.maxBodyBytes, keep: false } as const;
  const { status, body } = await exchange(question, socket, trace, monotonic);
  await body();
  socket.destroy();
  return status;
};

const nodes: Probe = async (target) => {
  const socket = await opened(target, createTrace(monotonic()));
  const { url, headers } = hopOf(target);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options = { createConnection: () => socket, path: `${url.pathname}${url.search}`, headers, setHost: false };
  const request = httpRequest({ ...options, maxHeaderSize: 64 * 1024 });
  request.once('response', resolve);
  request.once('error', reject);
  request.end();
  const response = await promise;
  response.resume();
  await once(response, 'end');
  socket.destroy();
  return response.statusCode ?? 0;
};

const check = createHttpProbe();
const whole: Probe = async (target) =>
  (await check(target, { id: 'bench/api/health', timeoutMs: 5_000, signal })).status ?? 0;

const hops = new WeakMap<HttpTarget, ReturnType<typeof firstHop>>();
const hopOf = (target: HttpTarget): ReturnType<typeof firstHop> => {
  const known = hops.get(target) ?? firstHop(target);
  hops.set(target, known);
  return known;
};

type Cost = { all: number; user: number };

/** CPU seconds of this process for 1,000 probes; what is not `user` is the kernel's. */
const measure = async (probe: Probe, target: HttpTarget, probes: number): Promise<Cost> => {
  const before = process.cpuUsage();
  let left = probes;
  const worker = async (): Promise<void> => {
    while (left-- > 0) if ((await probe(target)) !== 200) throw new Error('The target did not answer as it should.');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(before);
  return { all: (user + system) / 1_000 / probes, user: user / 1_000 / probes };
};

const median = (costs: readonly Cost[], part: keyof Cost): number =>
  costs.map((cost) => cost[part]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN;

const variants: Record<string, Probe> = { raw, 'node:http': nodes, 'whole check': whole };

for (const [scheme, host, port, share] of [
  ['http', '127.0.0.1', ports.http, 1],
  ['https', 'localhost', ports.https, TLS_SHARE],
] as const) {
  const url = `${scheme}://${host}:${port}/health`;
  const target = benchTarget('bench/api/health', url, 10_000, ports.ca).check as HttpTarget;
  const seen: Record<string, Cost[]> = {};
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, probe] of Object.entries(variants)) {
      const cost = await measure(probe, target, count * share);
      if (round > 0) (seen[name] ??= []).push(cost);
    }
  }
  const print = (name: string, text: string): void =>
    void process.stdout.write(`${scheme.padEnd(6)} ${name.padEnd(16)} ${text}\n`);
  for (const [name, costs] of Object.entries(seen))
    print(name, `${median(costs, 'all').toFixed(3)} s per 1,000, ${median(costs, 'user').toFixed(3)} of it user`);
  const ratio = (part: keyof Cost): string =>
    (median(seen['raw'] ?? [], part) / median(seen['node:http'] ?? [], part)).toFixed(2);
  print('raw / node:http', `${ratio('all')}, user ${ratio('user')}`);
}
server.disconnect();
