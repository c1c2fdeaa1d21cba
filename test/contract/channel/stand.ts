import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What can go wrong on the other side. `…-after-storing`: it took what was sent, and fails to say so. */
export const FAULTS = [
  'rate-limit-1h',
  'rate-limit',
  'error-after-storing',
  'reset-after-storing',
  'hang',
  'stalled-body',
  'html',
  'html-502',
] as const;
export type Fault = (typeof FAULTS)[number];

/**
 * The other side of a channel, over a real socket. `shown` is what a person would see there, one text per message or
 * alert. `arrived` settles when the next request has been read.
 */
export type Stand = {
  url: string;
  secret: string;
  fault(fault: Fault | null): void;
  shown(): readonly string[];
  arrived(): Promise<void>;
  stop(): Promise<void>;
};

export type Answer = { status: number; body: unknown; headers?: Record<string, string> };
/** Takes one request: stores what it says, and answers. `dry` = answers nothing and stores nothing. */
export type Take = (request: {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}) => Answer;

const reply = (response: ServerResponse, { status, body, headers }: Answer): void => {
  const html = typeof body === 'string';
  response.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json', ...headers });
  response.end(html ? body : JSON.stringify(body));
};

const fail = (fault: Fault, response: ServerResponse, store: () => void): void => {
  switch (fault) {
    case 'rate-limit-1h':
      return reply(response, {
        status: 429,
        body: { ok: false, error: 'ratelimited' },
        headers: { 'retry-after': '3600' },
      });
    case 'rate-limit':
      return reply(response, { status: 429, body: { ok: false, error: 'ratelimited' } });
    case 'error-after-storing':
      store();
      return reply(response, { status: 500, body: { ok: false, error: 'internal_error' } });
    case 'reset-after-storing':
      store();
      response.socket?.resetAndDestroy();
      return undefined;
    case 'hang':
      return undefined;
    case 'stalled-body':
      store();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"ok":');
      return undefined;
    case 'html':
      return reply(response, { status: 200, body: '<html>Please log in</html>' });
    case 'html-502':
      return reply(response, { status: 502, body: '<html>Bad gateway</html>' });
  }
};

/** A server on a free port that hands every request to `take`, unless a fault is on. */
export const startServer = async (take: Take) => {
  let fault: Fault | null = null;
  let told: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const stored = () => take({ method, path: url, headers, body });
      if (fault) fail(fault, response, stored);
      else reply(response, stored());
      for (const tell of told.splice(0)) tell();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    fault: (next: Fault | null) => {
      fault = next;
    },
    arrived: () => new Promise<void>((resolve) => (told = [...told, resolve])),
    stop: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
