import type { Socket } from 'node:net';
import { createRespParser, encodeCommand, ProtocolError, type RedisError, type Reply } from './resp.ts';

export { ProtocolError, type Reply };

export type RedisClient = {
  /** Writes the commands in one go and settles with their replies, in order. Rejects when the connection breaks. */
  send(...commands: readonly (readonly string[])[]): Promise<readonly Reply[]>;
};

export const isRedisError = (reply: Reply | undefined): reply is RedisError =>
  typeof reply === 'object' && reply !== null && 'error' in reply;

type Waiting = { count: number; replies: Reply[]; resolve: (replies: Reply[]) => void; reject: (why: Error) => void };

/**
 * Speaks RESP2 on an open socket that nobody else reads. Nothing is sent again. Rejects with the socket's error, with
 * `ECONNRESET` when the server hangs up, and with a ProtocolError for what is no RESP2; it then destroys the socket.
 */
export const createRedisClient = (socket: Socket): RedisClient => {
  const parse = createRespParser();
  const waiting: Waiting[] = [];
  let broken: Error | null = null;

  const breakOff = (why: Error): void => {
    broken ??= why;
    for (const { reject } of waiting.splice(0)) reject(broken);
  };

  const take = (reply: Reply): void => {
    const first = waiting[0];
    if (!first) throw new ProtocolError('ERR_RESP_INVALID', 'a reply that nobody asked for');
    first.replies.push(reply);
    if (first.replies.length < first.count) return;
    waiting.shift();
    first.resolve(first.replies);
  };

  socket.on('data', (chunk: Buffer) => {
    if (broken) return;
    try {
      for (const reply of parse(chunk)) take(reply);
    } catch (error) {
      breakOff(error instanceof Error ? error : new Error('unreadable'));
      socket.destroy();
    }
  });
  socket.on('error', breakOff);
  socket.on('close', () => breakOff(Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })));

  return {
    send: (...commands) => {
      const { promise, resolve, reject } = Promise.withResolvers<Reply[]>();
      if (broken) {
        reject(broken);
        return promise;
      }
      waiting.push({ count: commands.length, replies: [], resolve, reject });
      socket.write(commands.map(encodeCommand).join(''));
      return promise;
    },
  };
};
