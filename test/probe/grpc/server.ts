import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Pair } from '../http/certificates.ts';

/** A response message with this status, in its frame. */
export const message = (status: number): Buffer =>
  status === 0 ? Buffer.from([0, 0, 0, 0, 0]) : Buffer.from([0, 0, 0, 0, 2, 0x08, status]);

/** Answers a whole request for the health of `service`. */
type OnCall = (stream: ServerHttp2Stream, service: string, headers: IncomingHttpHeaders) => void;

/** What is wrong with a request by gRPC's PROTOCOL-HTTP2.md and health.proto; the service where nothing is. */
const serviceOf = (
  headers: IncomingHttpHeaders,
  body: Buffer,
  scheme: string,
): { service: string } | { wrong: string } => {
  const wanted: Record<string, string | RegExp> = {
    ':method': 'POST',
    ':scheme': scheme,
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': /^(?:127\.0\.0\.1|localhost|all\.example\.org):\d+$/,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'nines',
    'grpc-timeout': /^[1-9]\d{0,7}m$/,
  };
  for (const [name, value] of Object.entries(wanted)) {
    const got = String(headers[name]);
    if (typeof value === 'string' ? got !== value : !value.test(got)) return { wrong: `${name} is ${got}` };
  }
  const extra = Object.keys(headers).filter((name) => !(name in wanted));
  if (extra.length > 0) return { wrong: `nobody asked for ${extra.join(', ')}` };
  if (body[0] !== 0 || body.length < 5 || body.readUInt32BE(1) !== body.length - 5) return { wrong: 'no frame' };
  const proto = body.subarray(5);
  if (proto.length === 0) return { service: '' };
  if (proto[0] !== 0x0a || proto[1] !== proto.length - 2) return { wrong: 'no HealthCheckRequest' };
  return { service: proto.toString('utf8', 2) };
};

const onStream =
  (scheme: string, onCall: OnCall) =>
  (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void => {
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      const read = serviceOf(headers, Buffer.concat(chunks), scheme);
      if ('service' in read) return onCall(stream, read.service, headers);
      stream.respond({ ':status': 400, 'x-wrong': read.wrong }, { endStream: true });
    });
  };

/** A server of HTTP/2, over TLS with a pair, that is strict about what it is asked; gives `127.0.0.1:port`. */
export const grpcServer = async (onCall: OnCall, pair?: Pair): Promise<string> => {
  const server: Http2Server = pair ? createSecureServer(pair) : createServer();
  const sessions = new Set<Http2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => sessions.delete(session));
  });
  server.on('stream', onStream(pair ? 'https' : 'http', onCall));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };

/** Headers, a message, trailers: how an answer usually comes. */
export const answer = (
  stream: ServerHttp2Stream,
  body: Buffer,
  trailers: OutgoingHttpHeaders = { 'grpc-status': '0' },
): void => {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
};

/** Nothing but headers. */
export const trailersOnly = (stream: ServerHttp2Stream, trailers: OutgoingHttpHeaders): void =>
  stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
