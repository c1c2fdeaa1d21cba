import { constants } from 'node:http2';
import { createServer as createTlsServer } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createGrpcProbe } from '../../../src/probe/grpc/index.ts';
import type { GrpcTarget } from '../../../src/probe/targets.ts';
import { certificateFor, createAuthority, type Authority, type Pair } from '../http/certificates.ts';
import { listen } from '../http/target.ts';
import { REACH, TLS } from '../target.ts';
import { checking, said, serving } from '../visit.ts';
import { answer, grpcServer, message, trailersOnly } from './server.ts';

const DAY_MS = 86_400_000;

let authority: Authority;
let good: Pair;
beforeAll(async () => {
  authority = await createAuthority();
  const from = new Date(Date.now() - DAY_MS);
  good = await certificateFor(authority, { name: 'localhost', from, to: new Date(Date.now() + 30 * DAY_MS) });
});

const probe = checking(createGrpcProbe());

const grpc = (address: string, more: Partial<GrpcTarget> = {}): GrpcTarget => ({
  kind: 'grpc',
  address,
  secure: false,
  service: '',
  reach: REACH,
  tls: { ...TLS, ca: authority.pem, serverName: 'localhost' },
  assertions: [],
  degraded: [],
  ...more,
});

const check = (address: string, more: Partial<GrpcTarget> = {}, timeoutMs = 10_000) =>
  probe(grpc(address, more), timeoutMs);

describe('A service', () => {
  test('that serves passes, asked to the letter of the protocol', async () => {
    const asked: string[] = [];
    const address = await grpcServer((stream, service, headers) => {
      asked.push(`${service} ${Number.parseInt(String(headers['grpc-timeout']), 10) <= 10_000}`);
      answer(stream, message(1));
    });
    const result = await check(address, { service: 'shop.v1.Orders' });
    expect(said(result)).toBe('pass ok: ');
    expect(asked).toEqual(['shop.v1.Orders true']);
    expect(Object.keys(result.phases)).toEqual(['connect', 'processing']);
    expect(result.facts).toEqual({ grpc_status_code: 0, grpc_healthcheck_response: 'SERVING', grpc_ssl: 0 });
  });

  test('is asked about as a whole, over TLS with HTTP/2 agreed', async () => {
    const address = await grpcServer((stream, service) => answer(stream, message(service === '' ? 1 : 2)), good);
    const assertions = [{ kind: 'certificate', validForMs: 29 * DAY_MS }] as const;
    const result = await check(address, { secure: true, assertions });
    expect(said(result)).toBe('pass ok: ');
    expect(Object.keys(result.phases)).toEqual(['connect', 'tls', 'processing']);
    expect(result.facts).toMatchObject({ grpc_ssl: 1 });
  });

  test.for([
    [0, 'UNKNOWN'],
    [2, 'NOT_SERVING'],
    [3, 'SERVICE_UNKNOWN'],
  ] as const)('with the status %i does not serve', async ([status, name]) => {
    const address = await grpcServer((stream) => answer(stream, message(status)));
    const result = await check(address, { service: 'a"b' });
    expect(said(result)).toBe(`fail serving: "a\\"b" at TARGET is ${name}, expected SERVING`);
    expect(result.facts).toMatchObject({ grpc_status_code: 0, grpc_healthcheck_response: name });
  });

  test('that is not known is told by trailers alone', async () => {
    const address = await grpcServer((stream) =>
      trailersOnly(stream, { 'grpc-status': '5', 'grpc-message': 'unknown service %C3%A4' }),
    );
    const result = await check(address, { service: 'x' });
    expect(said(result)).toBe(
      'fail serving: "x" at TARGET does not know this service, NOT_FOUND (5): "unknown service ä"',
    );
    expect(result.facts).toEqual({ grpc_status_code: 5, grpc_ssl: 0 });
  });

  test('without the health protocol says so, also after a message', async () => {
    const wordless = await grpcServer((stream) => trailersOnly(stream, { 'grpc-status': '12' }));
    expect(said(await check(wordless))).toBe(
      'fail serving: TARGET did not answer the health check, UNIMPLEMENTED (12)',
    );
    const late = await grpcServer((stream) =>
      answer(stream, message(1), { 'grpc-status': '14', 'grpc-message': '100% gone' }),
    );
    expect(said(await check(late))).toBe(
      'fail serving: TARGET did not answer the health check, UNAVAILABLE (14): "100% gone"',
    );
  });

  test('whose answer comes byte by byte, with fields of a later version, is read all the same', async () => {
    const later = Buffer.from([0, 0, 0, 0, 12, 0x12, 2, 1, 2, 0x08, 1, 0x9d, 0x01, 1, 2, 3, 4]);
    const address = await grpcServer((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      for (const byte of later) stream.write(Buffer.from([byte]));
      stream.end();
    });
    expect(said(await check(address))).toBe('pass ok: ');
  });
});

describe('A server that speaks no gRPC', () => {
  test.for([
    ['answers 404', { ':status': 404 }, 'is not gRPC: its status was 404'],
    [
      'answers a page',
      { ':status': 200, 'content-type': 'text/html' },
      'is not gRPC: its content type was "text/html"',
    ],
    ['answers without a type', { ':status': 200 }, 'is not gRPC: its content type was "missing"'],
    [
      'has a cousin of the type',
      { ':status': 200, 'content-type': 'application/grpc-web' },
      'is not gRPC: its content type was "application/grpc-web"',
    ],
    ['ends without a status', { ':status': 200, 'content-type': 'application/grpc' }, 'ended without a grpc-status'],
    [
      'has a status that is no number',
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': 'ok' },
      'ended without a grpc-status',
    ],
  ] as const)('%s', async ([, headers, why]) => {
    const address = await grpcServer((stream) => stream.respond({ ...headers }, { endStream: true }));
    expect(said(await check(address))).toBe(`fail protocol: the answer of TARGET ${why}`);
  });

  test.for([
    ['nothing', Buffer.alloc(0)],
    ['half a frame', Buffer.from([0, 0, 0])],
    ['a frame that is longer than it says', Buffer.from([0, 0, 0, 0, 1, 0x08, 1])],
    ['a compressed frame', Buffer.from([1, 0, 0, 0, 2, 0x08, 1])],
    ['a field that is cut off', Buffer.from([0, 0, 0, 0, 1, 0x08])],
    ['a number without an end', Buffer.from([0, 0, 0, 0, 12, 0x08, ...Array.from({ length: 11 }, () => 0x80)])],
    ['a field number of 0', Buffer.from([0, 0, 0, 0, 2, 0x00, 1])],
    ['a length beyond the end', Buffer.from([0, 0, 0, 0, 2, 0x12, 0x7f])],
    ['a status of the future', message(9)],
  ] as const)('sends %s', async ([, body]) => {
    const address = await grpcServer((stream) => answer(stream, body));
    expect(said(await check(address))).toBe('fail protocol: the answer of TARGET is not a health check response');
  });

  test('sends more than an answer can be', async () => {
    const address = await grpcServer((stream) => answer(stream, Buffer.alloc(1024 * 1024)));
    expect(said(await check(address))).toBe('fail too-large: the answer of TARGET is larger than 64 KiB');
  });

  test('resets the stream', async () => {
    const address = await grpcServer((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM));
    expect(said(await check(address))).toBe(
      'fail protocol: the answer of TARGET is not valid HTTP/2 (NGHTTP2_REFUSED_STREAM)',
    );
  });

  test('speaks HTTP/1.1', async () => {
    const address = await serving((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
    );
    expect(said(await check(address))).toBe(
      'fail protocol: the answer of TARGET is not valid HTTP/2 (ERR_HTTP2_ERROR)',
    );
  });

  test('agrees to no HTTP/2 over TLS', async () => {
    const port = await listen(createTlsServer(good, (socket) => void socket.on('error', () => undefined)));
    expect(said(await check(`127.0.0.1:${port}`, { secure: true }))).toBe(
      'fail protocol: TARGET does not speak HTTP/2 over TLS',
    );
  });

  test('closes without a word, or goes away before the answer', async () => {
    const closing = await serving((socket) => socket.once('data', () => socket.end()));
    expect(said(await check(closing))).toBe('fail reset: TARGET closed the connection while waiting for the response');
    const leaving = await grpcServer((stream) => stream.session?.destroy());
    expect((await check(leaving)).outcome).toBe('fail');
  });

  test('says nothing until the time runs out, or until the check is stopped', async () => {
    expect((await check(await serving(() => undefined), {}, 100)).reason).toBe('timeout');
    expect((await check(await grpcServer(() => undefined), {}, 100)).reason).toBe('timeout');
    const deadline = startDeadline(10_000);
    const address = await grpcServer(() => deadline.stop());
    expect((await probe(grpc(address), 10_000, deadline)).reason).toBe('paused');
  });

  test('is not trusted, and so is not asked', async () => {
    let calls = 0;
    const address = await grpcServer(() => void calls++, good);
    expect((await check(address, { secure: true, tls: TLS })).reason).toBe('certificate-invalid');
    expect(calls).toBe(0);
  });
});
