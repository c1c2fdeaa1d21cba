import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createGrpcProbe } from '../../src/probe/grpc/index.ts';
import { createIcmpProbe } from '../../src/probe/icmp/index.ts';
import { createTcpProbe } from '../../src/probe/tcp.ts';
import type { Reach, TcpTarget } from '../../src/probe/targets.ts';
import { createTlsProbe } from '../../src/probe/tls/index.ts';
import { dnsServer } from './dns-server.ts';
import { answer, grpcServer, message } from './grpc/server.ts';
import { listen } from './http/target.ts';
import { REACH, TLS } from './target.ts';
import { checking, said } from './visit.ts';

/** A name server that knows one name, at these addresses of ours. */
const reachOf = async (...addresses: string[]): Promise<Reach> => {
  const server = await dnsServer(({ type }) =>
    type === 'A' ? { records: addresses.map((data) => ({ type: 'A', data })) } : {},
  );
  return { ...REACH, resolver: [server], addresses: 'all', allow: ['private'] };
};

const check = checking(createTcpProbe());
const tcp = (address: string, reach: Reach): TcpTarget => ({
  kind: 'tcp',
  address,
  secure: false,
  startTls: null,
  steps: [],
  reach,
  tls: TLS,
  assertions: [],
  degraded: [],
});

test('Every address of a name is visited, and all of them must pass', async () => {
  let visits = 0;
  const port = await listen(createServer(() => void visits++));
  const one = await check(tcp(`all.example.org:${port}`, await reachOf('127.0.0.1', '127.0.0.1')));
  expect(said(one)).toBe('pass ok: ');
  expect(Object.keys(one.phases)).toEqual(['resolve', 'connect']);
  await expect.poll(() => visits).toBe(2);
  const two = await check(tcp(`all.example.org:${port}`, await reachOf('127.0.0.1', '127.0.0.2')));
  expect(two).toMatchObject({ outcome: 'fail', reason: 'refused', address: '127.0.0.2' });
  expect(two.detail).toBe(`127.0.0.2: connection to all.example.org:${port} was refused`);
});

test('A name without an address fails once', async () => {
  expect(said(await check(tcp('none.example.org:1', await reachOf())))).toMatch(/^fail dns: /);
});

test('Every address is asked by gRPC and shaken hands with by TLS too', async () => {
  let calls = 0;
  const address = await grpcServer((stream) => {
    calls++;
    answer(stream, message(1));
  });
  const reach = await reachOf('127.0.0.1', '127.0.0.1');
  const named = address.replace('127.0.0.1', 'all.example.org');
  const way = { address: named, reach, tls: TLS, assertions: [], degraded: [] };
  const grpc = { ...way, kind: 'grpc', secure: false, service: '' } as const;
  expect(said(await checking(createGrpcProbe())(grpc))).toBe('pass ok: ');
  expect(calls).toBe(2);
  let shaken = 0;
  const port = await listen(createServer((socket) => socket.once('data', () => void (shaken++, socket.destroy()))));
  const tls = { ...way, kind: 'tls', address: `all.example.org:${port}`, startTls: null } as const;
  expect((await checking(createTlsProbe())(tls)).reason).toBe('reset');
  expect(shaken).toBe(2);
});

test('Every address is pinged too', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nines-every-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'ping');
  const reply = 'echo "64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.250 ms"';
  await writeFile(path, `#!/bin/sh\necho "$7" >> '${dir}/args'\n${reply}\n`, { mode: 0o755 });
  const reach = await reachOf('127.0.0.1', '127.0.0.3');
  const icmp = { kind: 'icmp', host: 'all.example.org', reach, assertions: [], degraded: [] } as const;
  expect(said(await checking(createIcmpProbe(undefined, path))(icmp))).toBe('pass ok: ');
  expect((await readFile(join(dir, 'args'), 'utf8')).split('\n').toSorted()).toEqual(['', '127.0.0.1', '127.0.0.3']);
});
