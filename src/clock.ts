import { setTimeout as wait } from 'node:timers/promises';

/** The only ways to ask the time. `now` is wall-clock epoch ms; `monotonic` is ms that never step. */
export type Clock = {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  timeoutSignal(ms: number): AbortSignal;
  /** Lets everything that waits on the event loop run before long work goes on. */
  turn(): Promise<void>;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // An aborted sleep simply ends: whoever sleeps looks at the signal next.
  sleep: (ms, signal) => wait(ms, undefined, { signal, ref: true }).catch(() => undefined),
  timeoutSignal: (ms) => AbortSignal.timeout(ms),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
