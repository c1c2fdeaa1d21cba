import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { CLOSED } from '../net/reasons.ts';
import { requestBytes } from './message.ts';

/** An answer has a status byte or two; more than this is no answer to our question. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** gRPC allows eight digits in `grpc-timeout`. */
const MAX_TIMEOUT_MS = 99_999_999;

/** What came back. `trailers` are the headers again where the answer is nothing but these. */
export type Answer = { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders; body: Buffer; tooLarge: boolean };

export type Call = { authority: string; secure: boolean; service: string; timeoutMs: number };

/** A session over a socket that is open already. */
export const openSession = (socket: Socket, { authority, secure }: Call): ClientHttp2Session => {
  // Taken here, so that who has no gRPC probe does not load HTTP/2.
  const session = process.getBuiltinModule('node:http2').connect(`${secure ? 'https' : 'http'}://${authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  session.on('error', () => undefined);
  return session;
};

/** Asks `grpc.health.v1.Health/Check` once; rejects with node's errors. `onAnswer` is called at the first of it. */
export const callHealth = (session: ClientHttp2Session, call: Call, onAnswer: () => void): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const stream = session.request({
    ':method': 'POST',
    ':scheme': call.secure ? 'https' : 'http',
    ':authority': call.authority,
    ':path': '/grpc.health.v1.Health/Check',
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': 'nines',
    'grpc-timeout': `${Math.min(Math.max(1, Math.round(call.timeoutMs)), MAX_TIMEOUT_MS)}m`,
  });
  let headers: IncomingHttpHeaders | null = null;
  let trailers: IncomingHttpHeaders | null = null;
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (tooLarge: boolean): void => {
    if (headers) resolve({ headers, trailers: trailers ?? headers, body: Buffer.concat(chunks), tooLarge });
    else reject(CLOSED);
  };
  stream.once('response', (got) => {
    headers = got;
    onAnswer();
  });
  stream.once('trailers', (got) => (trailers = got));
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_ANSWER_BYTES) return void chunks.push(chunk);
    done(true);
    stream.close();
  });
  stream.once('end', () => done(false));
  stream.on('error', reject);
  session.once('error', reject);
  stream.once('close', () => reject(CLOSED));
  stream.end(requestBytes(call.service));
  return promise;
};
