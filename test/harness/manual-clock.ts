import type { Clock } from '../../src/clock.ts';

export type ManualClock = Clock & { moveTo(at: number): void; step(ms: number): void };

/**
 * A clock that only a test moves. Sleeping takes no time, since whoever moves the clock waits for the sleeper;
 * deadlines of real sockets stay real. `step` moves the wall alone, as NTP does.
 */
export const manualClock = (start = Date.UTC(2026, 10, 18, 3, 0, 0)): ManualClock => {
  let wall = start;
  let elapsed = 0;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep: turn,
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
    turn,
    moveTo(at) {
      elapsed += at - wall;
      wall = at;
    },
    step(ms) {
      wall += ms;
    },
  };
};
