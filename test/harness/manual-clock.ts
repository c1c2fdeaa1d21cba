import type { Clock } from '../../src/clock.ts';

export type ManualClock = Clock & { moveTo(at: number): void; step(ms: number): void };

/** A clock that only a test moves. Deadlines of real sockets stay real. `step` moves the wall alone, as NTP does. */
export const manualClock = (start = Date.UTC(2026, 10, 18, 3, 0, 0)): ManualClock => {
  let wall = start;
  let elapsed = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  const wake = (): void => {
    const due = sleepers.filter(({ at }) => at <= elapsed);
    sleepers = sleepers.filter(({ at }) => at > elapsed);
    for (const sleeper of due) sleeper.wake();
  };
  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve(), { once: true });
        sleepers.push({ at: elapsed + ms, wake: resolve });
      }),
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    moveTo(at) {
      elapsed += at - wall;
      wall = at;
      wake();
    },
    step(ms) {
      wall += ms;
    },
  };
};
