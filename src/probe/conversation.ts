import type { Socket } from 'node:net';
import { CLOSED, fail, type Failure } from './net/reasons.ts';

/** So much is read for one answer; whoever sends more without saying what we wait for is left. */
export const MAX_HEARD_BYTES = 64 * 1024;

/** Talk on an open socket that reads no more than it is asked for, so that a flood stays with its sender. */
export type Conversation = {
  /** Settles once the system took it; rejects when the connection breaks before. */
  say(bytes: string | Uint8Array): Promise<void>;
  /** What was read and not taken yet. */
  heard(): Buffer;
  /** Waits for more; false = the other side has ended. Rejects when the connection breaks. */
  more(): Promise<boolean>;
  take(count: number): Buffer;
};

const EVENTS = ['readable', 'end', 'error', 'close'] as const;

const untilReadable = (socket: Socket): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onEvent = (): void => {
    for (const event of EVENTS) socket.off(event, onEvent);
    resolve();
  };
  for (const event of EVENTS) socket.on(event, onEvent);
  return promise;
};

export const converse = (socket: Socket): Conversation => {
  let heard: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk) {
        heard = heard.length === 0 ? chunk : Buffer.concat([heard, chunk]);
        return true;
      }
      if (socket.readableEnded) return false;
      if (socket.destroyed) throw socket.errored ?? CLOSED;
      await untilReadable(socket);
    }
  };
  return {
    say: (bytes) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      return promise;
    },
    heard: () => heard,
    more,
    take: (count) => {
      const taken = heard.subarray(0, count);
      heard = heard.subarray(count);
      return taken;
    },
  };
};

/** A line and the bytes it took, its end included. */
export type Line = { text: string; bytes: number };

/** The complete lines at hand: CRLF or LF end them. */
export const linesIn = (bytes: Buffer): Line[] => {
  const lines: Line[] = [];
  for (let from = 0, end = bytes.indexOf(10); end !== -1; from = end + 1, end = bytes.indexOf(10, from)) {
    const stop = end > from && bytes[end - 1] === 13 ? end - 1 : end;
    lines.push({ text: bytes.toString('utf8', from, stop), bytes: end + 1 - from });
  }
  return lines;
};

export const tooMuch = (place: string, wanted: string): Failure =>
  fail('too-large', `${place} sent more than ${MAX_HEARD_BYTES / 1024} KiB without ${wanted}`);

/** Exactly so many bytes; rejects when the other side ends before. */
export const bytesOf = async (talk: Conversation, count: number): Promise<Buffer> => {
  while (talk.heard().length < count) if (!(await talk.more())) throw CLOSED;
  return talk.take(count);
};

/** The next line; rejects when the other side ends before. */
export const lineOf = async (talk: Conversation, place: string): Promise<string | Failure> => {
  for (;;) {
    const end = talk.heard().indexOf(10);
    if (end !== -1)
      return talk
        .take(end + 1)
        .toString('utf8')
        .replace(/\r?\n$/, '');
    if (talk.heard().length > MAX_HEARD_BYTES) return tooMuch(place, 'the end of a line');
    if (!(await talk.more())) throw CLOSED;
  }
};
