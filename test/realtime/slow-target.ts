// A target in a thread of its own: it answers 50 ms after it was asked, whatever holds up the loop that asks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

const server = createServer((_, response) => void setTimeout(() => response.end('ok'), 50));
server.listen(0, '127.0.0.1', () => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
