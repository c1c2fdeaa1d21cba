// The targets of bench/http-clients.ts, plain and over TLS, in a process of their own. Ends with its parent.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { certificateFor, createAuthority } from '../test/probe/http/certificates.ts';

const DAY_MS = 86_400_000;

const answer: RequestListener = (_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"status":"up","checks":[{"name":"database","state":"up"}]}');
};

const listening = async (server: Server): Promise<number> => {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const authority = await createAuthority();
const now = Date.now();
const valid = { name: 'localhost', from: new Date(now - DAY_MS), to: new Date(now + DAY_MS) };
const pair = await certificateFor(authority, valid);
process.send?.({
  http: await listening(createServer(answer)),
  https: await listening(createTlsServer(pair, answer)),
  ca: authority.pem,
});
process.on('disconnect', () => process.exit(0));
