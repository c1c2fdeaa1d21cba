import type { IncomingMessage } from 'node:http';
import { CLOSED } from '../net/reasons.ts';

/** What was read of a body; `truncated` when the target would have sent more than the limit. */
export type Body = { bytes: Buffer; truncated: boolean };

/** Reads until the end or just past `limit` bytes; keeps the bytes only when `keep`. Rejects when it breaks off. */
export const readBody = (response: IncomingMessage, limit: number, keep: boolean): Promise<Body> => {
  const { promise, resolve, reject } = Promise.withResolvers<Body>();
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (truncated: boolean): void => {
    response.off('data', onData);
    resolve({ bytes: Buffer.concat(chunks), truncated });
  };
  const onData = (chunk: Buffer): void => {
    const room = limit - size;
    size += chunk.length;
    if (keep && room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    if (size > limit) {
      response.pause();
      done(true);
    }
  };
  // It may have broken off in the same packet that brought its head.
  if (response.destroyed && !response.complete) reject(response.errored ?? CLOSED);
  response.on('data', onData);
  response.once('end', () => done(false));
  response.on('error', reject);
  response.once('close', () => reject(CLOSED));
  return promise;
};
