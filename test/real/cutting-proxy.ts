import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

// With its end: READ COMMITTED is none.
const COMMIT = 'COMMIT\0';

export type CuttingProxy = {
  port: number;
  /** Breaks the next connection that says COMMIT: before the server hears it, or before the client hears the answer. */
  cut(when: 'before' | 'after'): void;
  /** The next connection that says COMMIT stays open, and the server hears nothing from it any more. */
  hold(): void;
  /** How many connections were cut. */
  cuts(): number;
  stop(): void;
};

/** Passes everything on to a server, until it is told to break a connection in the middle of a commit. */
export const startCuttingProxy = async (host: string, port: number): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let next: 'before' | 'after' | 'hold' | null = null;
  let cuts = 0;
  const proxy = createServer((client) => {
    const server = connect(port, host);
    let silent = false;
    let held = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const cut = (): void => {
      cuts++;
      client.destroy();
      server.end();
    };
    client.on('data', (chunk: Buffer) => {
      const isCommit = next !== null && chunk.includes(COMMIT);
      if (isCommit && next === 'before') {
        next = null;
        return cut();
      }
      if (isCommit) {
        silent = next === 'after';
        held = next === 'hold';
        next = null;
      }
      if (!held) server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      if (!silent) client.write(chunk);
      else if (chunk.includes(COMMIT)) cut();
    });
    client.on('close', () => server.end());
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    cut: (when) => {
      next = when;
    },
    hold: () => {
      next = 'hold';
    },
    cuts: () => cuts,
    stop: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
