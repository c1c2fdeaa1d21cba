import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

type Message = { type: string; bytes: Buffer };

/** Cuts a stream of PostgreSQL messages (one letter, length, body) into whole ones. */
const messages = (on: (message: Message) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      on({ type: String.fromCharCode(rest[0] ?? 0), bytes: rest.subarray(0, end) });
      rest = rest.subarray(end);
    }
  };
};

type Behind = { socket: Socket; client: Socket | null; unanswered: number };

/**
 * What PgBouncer does with `pool_mode = transaction`: a client holds a server process only while it is in a transaction,
 * and the process that was used last is handed out first.
 */
export const startTransactionPooler = async (host: string, port: number): Promise<{ port: number; stop(): void }> => {
  const idle: Behind[] = [];
  const sockets = new Set<Socket>();

  /** Logs in with the client's own words; settles with the server's answer to them. */
  const login = (startup: Buffer): Promise<{ behind: Behind; greeting: Buffer }> =>
    new Promise((resolve) => {
      const socket = connect(port, host);
      sockets.add(socket);
      const behind: Behind = { socket, client: null, unanswered: 0 };
      const greeting: Buffer[] = [];
      let isOpen = false;
      socket.on('error', () => undefined);
      socket.write(startup);
      socket.on(
        'data',
        messages(({ type, bytes }) => {
          if (!isOpen) {
            greeting.push(Buffer.from(bytes));
            if (type !== 'Z') return;
            isOpen = true;
            resolve({ behind, greeting: Buffer.concat(greeting) });
            return;
          }
          behind.client?.write(Buffer.from(bytes));
          if (type !== 'Z') return;
          behind.unanswered--;
          const isInTransaction = String.fromCharCode(bytes[5] ?? 0) !== 'I';
          if (behind.unanswered > 0 || isInTransaction) return;
          behind.client = null;
          idle.push(behind);
        }),
      );
    });

  const serve = async (client: Socket, startup: Buffer): Promise<void> => {
    const first = await login(startup);
    idle.push(first.behind);
    client.write(first.greeting);
    const waiting: Message[] = [];
    let held: Behind | null = null;
    let logging = false;
    const forward = async (): Promise<void> => {
      if (logging) return;
      for (let message = waiting.shift(); message; message = waiting.shift()) {
        if (held?.client !== client) {
          logging = true;
          held = idle.pop() ?? (await login(startup)).behind;
          logging = false;
          held.client = client;
        }
        if (message.type === 'X') continue;
        if (message.type === 'S' || message.type === 'Q') held.unanswered++;
        held.socket.write(message.bytes);
      }
    };
    client.on(
      'data',
      messages(({ type, bytes }) => {
        waiting.push({ type, bytes: Buffer.from(bytes) });
        void forward();
      }),
    );
  };

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.once('data', (startup: Buffer) => void serve(client, startup));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
