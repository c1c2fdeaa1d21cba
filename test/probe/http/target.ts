import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { startDeadline } from '../../../src/probe/deadline.ts';
import { createHttpProbe } from '../../../src/probe/http/index.ts';
import type { CheckResult } from '../../../src/probe/probe.ts';
import type { HttpTarget } from '../../../src/probe/targets.ts';
import { target } from './target-of.ts';

/** A server on a free port of 127.0.0.1 until the test ends; gives the port. */
export const listen = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
};

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A target that speaks HTTP; gives its origin. */
export const httpTarget = async (listener: Listener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer((request, response) => void listener(request, response)))}`;

/** A target that does whatever the test wants once it has been sent something; gives its origin. */
export const rawTarget = async (onRequest: (socket: Socket) => void): Promise<string> => {
  const server = createTcpServer((socket) => socket.once('data', () => onRequest(socket)));
  return `http://127.0.0.1:${await listen(server)}`;
};

/** A target that sends these bytes and closes. */
export const sending = (bytes: string): Promise<string> => rawTarget((socket) => socket.end(bytes));

const probe = createHttpProbe();

/** One check under a deadline that a healthy one never meets. */
export const check = async (url: string, more: Partial<HttpTarget> = {}, timeoutMs = 10_000): Promise<CheckResult> => {
  const deadline = startDeadline(timeoutMs);
  try {
    return await probe(target(url, more), { id: 'shop/api/health', timeoutMs, signal: deadline.signal });
  } finally {
    deadline.clear();
  }
};

export { target } from './target-of.ts';
export { verdict } from '../target.ts';
