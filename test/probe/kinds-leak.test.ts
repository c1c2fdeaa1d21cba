import { createServer as createTlsServer } from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { startDeadline } from '../../src/probe/deadline.ts';
import { createDnsProbe } from '../../src/probe/dns/index.ts';
import { createGrpcProbe } from '../../src/probe/grpc/index.ts';
import { createIcmpProbe } from '../../src/probe/icmp/index.ts';
import type { CheckResult, Probe } from '../../src/probe/probe.ts';
import { createTcpProbe } from '../../src/probe/tcp.ts';
import type { StartTls, TcpTarget } from '../../src/probe/targets.ts';
import { createTlsProbe } from '../../src/probe/tls/index.ts';
import { dnsServer } from './dns-server.ts';
import { grpcServer, message, answer } from './grpc/server.ts';
import { certificateFor, createAuthority, type Pair } from './http/certificates.ts';
import { listen } from './http/target.ts';
import { SCRIPTS, startTlsServer } from './starttls-server.ts';
import { REACH, TLS } from './target.ts';
import { serving } from './visit.ts';

const DAY_MS = 86_400_000;
let pair: Pair;
beforeAll(async () => {
  const from = new Date(Date.now() - DAY_MS);
  pair = await certificateFor(await createAuthority(), { name: 'localhost', from, to: new Date(Date.now() + DAY_MS) });
});

const HANDLES = /^(?:TCPSocketWrap|UDPWRAP|QUERYWRAP|PROCESSWRAP|PipeWrap|TLSWRAP|HTTP2SESSION|GETADDRINFOREQWRAP)$/;
const open = (): string[] => process.getActiveResourcesInfo().filter((name) => HANDLES.test(name));

const judged = { assertions: [], degraded: [] };
const way = { reach: REACH, tls: { ...TLS, serverName: 'localhost' }, ...judged };

const checks = async (): Promise<((signal: AbortSignal) => Promise<CheckResult>)[]> => {
  const by =
    <T>(probe: Probe<T>, target: T) =>
    (signal: AbortSignal) =>
      probe(target, { id: 'a/b/c', timeoutMs: 150, signal });
  const [tcp, tls, dns, grpc, icmp] = [
    createTcpProbe(),
    createTlsProbe(),
    createDnsProbe(),
    createGrpcProbe(),
    createIcmpProbe(undefined, '/nowhere/ping'),
  ];
  // It speaks the versions that it should refuse.
  const old = { ...pair, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  // Who does not read never learns that we left, and would look like a leak of ours.
  const closing = await serving((socket) => socket.resume().end());
  const resetting = await serving((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const silent = await serving((socket) => void socket.resume());
  const garbage = await serving((socket) => void socket.resume().end(Buffer.alloc(70_000, 'x')));
  const secured = `127.0.0.1:${await listen(createTlsServer(old, (socket) => void socket.on('error', () => undefined)))}`;
  const refusing = await dnsServer(() => ({ code: 'REFUSED' }));
  const mute = await dnsServer(() => ({ how: 'silent' }));
  const starting = await startTlsServer(SCRIPTS.smtp, old, () => undefined);
  const calling = await grpcServer((stream, service) => service !== 'silent' && answer(stream, message(2)));
  const tcpTo = (address: string, more: Partial<TcpTarget> = {}) =>
    by(tcp, {
      kind: 'tcp',
      address,
      secure: false,
      startTls: null,
      steps: [{ send: 'x\r\n', expect: '^220 ' }],
      ...way,
      ...more,
    });
  const tlsTo = (address: string, startTls: StartTls | null = null) =>
    by(tls, {
      kind: 'tls',
      address,
      startTls,
      ...way,
      tls: { ...way.tls, verify: false },
      assertions: [{ kind: 'refuses', versions: ['1.0', '1.1'] }],
    });
  const dnsTo = (server: string) => by(dns, { kind: 'dns', name: 'x.example', type: 'A', server, ...judged });
  const grpcTo = (address: string, service = '', secure = false) =>
    by(grpc, { kind: 'grpc', address, secure, service, ...way });
  return [
    tcpTo(closing),
    tcpTo(resetting),
    tcpTo(silent),
    tcpTo(garbage),
    tcpTo(secured, { secure: true }),
    tcpTo(starting, { startTls: 'smtp' }),
    tcpTo(silent, { startTls: 'imap' }),
    tlsTo(secured),
    tlsTo(silent),
    tlsTo(garbage),
    tlsTo(starting, 'smtp'),
    dnsTo(refusing),
    dnsTo(mute),
    dnsTo('127.0.0.1:1'),
    grpcTo(calling),
    grpcTo(calling, 'silent'),
    grpcTo(garbage),
    grpcTo(resetting),
    grpcTo(secured, '', true),
    by(icmp, { kind: 'icmp', host: '127.0.0.1', reach: REACH, ...judged }),
  ];
};

test('1,000 checks that fail in every way, some of them stopped, leave nothing open', async () => {
  const all = await checks();
  const before = open().toSorted();
  let failed = 0;
  for (let round = 0; round < 10; round++) {
    const running = all.flatMap((check) =>
      Array.from({ length: 5 }, async (_, index) => {
        const deadline = startDeadline(150);
        if (round === 9 && index === 0) setImmediate(deadline.stop);
        const { outcome } = await check(deadline.signal);
        deadline.clear();
        if (outcome !== 'pass') failed++;
      }),
    );
    await Promise.all(running);
  }
  expect(failed).toBe(1_000);
  // The targets close their ends when they see ours closed.
  await expect.poll(() => open().toSorted(), { timeout: 5_000 }).toEqual(before);
});
