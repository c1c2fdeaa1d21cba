import { createServer, type Socket } from 'node:net';
import { startDeadline, type Deadline } from '../../src/probe/deadline.ts';
import type { CheckResult, Probe } from '../../src/probe/probe.ts';
import { listen } from './http/target.ts';

/** A server that does with each connection what the test wants; gives `127.0.0.1:port`. */
export const serving = async (onSocket: (socket: Socket) => void): Promise<string> =>
  `127.0.0.1:${await listen(createServer(onSocket))}`;

/** What was said with the changing port left out. */
export const portless = (text: string): string => text.replaceAll(/127\.0\.0\.1:\d+/g, 'TARGET');

/** Checks with one probe, under a deadline that a healthy target never meets. */
export const checking =
  <T>(probe: Probe<T>) =>
  async (target: T, timeoutMs = 10_000, deadline: Deadline = startDeadline(timeoutMs)): Promise<CheckResult> => {
    try {
      return await probe(target, { id: 'shop/api/port', timeoutMs, signal: deadline.signal, inspect: true });
    } finally {
      deadline.clear();
    }
  };

/** The verdict of a result in one line, without the port. */
export const said = ({ outcome, reason, detail }: CheckResult): string => portless(`${outcome} ${reason}: ${detail}`);

/** Settles when the other side is gone. */
export const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once('close', () => resolve()));
