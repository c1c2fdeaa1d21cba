import type { Socket } from 'node:net';
import { createPlate, type Appetite, type Body } from './body.ts';
import type { Head } from './head.ts';
import { feed, finish, leave, parsing } from './parser.ts';
import { complete, enter, type Trace } from '../net/phases.ts';
import { CLOSED } from '../net/reasons.ts';

/** The answer to one request. `body` may be asked for once, at any time; it rejects when the body breaks off. */
export type Response = Head & { body(): Promise<Body> };

/**
 * What is asked on a connection. `toHead`: it is a HEAD, whose answer has no body. The first byte of the answer ends
 * the stage.
 */
export type Question = Appetite & { bytes: Buffer; toHead: boolean; stage: 'connect' | 'processing' };

/**
 * Sends one request on an open socket, exactly once, and settles with the head of the answer. Nothing is pooled, reused
 * or sent again. The body is read meanwhile, but never more of it than just past the limit. Rejects with node's errors
 * or with a `Fault` as an error.
 */
export const exchange = (
  { bytes, toHead, stage, ...appetite }: Question,
  socket: Socket,
  trace: Trace,
  monotonic: () => number,
): Promise<Response> => {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const answer = parsing(toHead);
  const plate = createPlate(appetite);
  let first = true;
  let ending: Body | Error | null = null;
  let waiting: ((ending: Body | Error) => void) | null = null;

  const over = (how: Body | Error): void => {
    if (ending) return;
    ending = how;
    leave(answer);
    socket.off('data', onData);
    if (how instanceof Error) reject(how);
    waiting?.(how);
  };
  const body = (): Promise<Body> => {
    const wanted = Promise.withResolvers<Body>();
    waiting = (how) => (how instanceof Error ? wanted.reject(how) : wanted.resolve(how));
    if (ending) waiting(ending);
    return wanted.promise;
  };
  const sink = {
    head: (head: Head) => resolve({ ...head, body }),
    body: (chunk: Buffer) => {
      if (!plate.take(chunk)) return;
      socket.pause();
      over(plate.body());
    },
    end: () => over(plate.body()),
    fault: ({ code, what }: { code: string; what: string }) => over(Object.assign(new Error(what), { code })),
  };

  const onData = (chunk: Buffer): void => {
    // The first byte ends the processing, as blackbox_exporter counts it, even if it is that of a 1xx.
    if (first) complete(trace, monotonic());
    first = false;
    feed(answer, chunk, sink);
  };

  enter(trace, stage, monotonic());
  socket.on('data', onData);
  socket.once('end', () => {
    if (!finish(answer, sink)) over(CLOSED);
  });
  socket.once('error', over);
  socket.once('close', () => over(CLOSED));
  socket.write(bytes);
  return promise;
};
