// The target of bench/probing.ts, in a process of its own so that its CPU is not ours. Ends with its parent.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"status":"up","checks":[{"name":"database","state":"up"}]}');
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.send?.((server.address() as AddressInfo).port),
);
process.on('disconnect', () => process.exit(0));
