import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Hop } from './redirects.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { CLOSED, MAX_HEAD_BYTES } from '../net/reasons.ts';

// An import of node:http touches all its exports, and with them loads undici: 80 ms of CPU for what nobody uses here.
const { request: httpRequest } = process.getBuiltinModule('node:http');

/**
 * Sends one request on an open socket, exactly once, and settles with the head of the answer. No agent is involved:
 * nothing is pooled, reused or sent again. Rejects with node's errors.
 */
export const send = (hop: Hop, socket: Socket, trace: Trace, monotonic: () => number): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  enter(trace, 'processing', monotonic());
  const request = httpRequest({
    createConnection: () => socket,
    method: hop.method,
    path: `${hop.url.pathname}${hop.url.search}`,
    headers: hop.headers,
    setHost: false,
    maxHeaderSize: MAX_HEAD_BYTES,
  });
  // The first byte ends the processing, as blackbox_exporter counts it, even if it is that of a 1xx.
  request.once('socket', () => socket.once('data', () => complete(trace, monotonic())));
  request.once('response', (response) => {
    // A redirect's body is not read: its end by our own hand is no error of anybody.
    response.on('error', () => undefined);
    // From here on, what breaks is the body.
    request.on('error', (error) => response.destroy(error));
    resolve(response);
  });
  // A 101 nobody asked for is an answer too; without this listener node reports a reset.
  request.once('upgrade', resolve);
  request.on('error', reject);
  request.once('close', () => reject(CLOSED));
  request.end(hop.body ?? undefined);
  return promise;
};
