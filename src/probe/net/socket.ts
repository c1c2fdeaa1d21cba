import type { Socket } from 'node:net';
import { CLOSED } from './reasons.ts';

/** Waits for a socket; rejects with its error, or with `CLOSED` when it goes without one. */
export const untilEvent = (socket: Socket, event: 'connect' | 'secureConnect', onEvent: () => void): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.once('close', () => reject(CLOSED));
  socket.once(event, () => {
    onEvent();
    resolve();
  });
  return promise;
};
