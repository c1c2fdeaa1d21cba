import type { Clock } from '../clock.ts';

/** Work on the main loop is given back to it after this long, ms. */
const SLICE = 2;

/** Called between two items: gives way once the loop has been held for a slice. */
export const createSlicer = (clock: Pick<Clock, 'monotonic' | 'turn'>): (() => Promise<void>) => {
  let began = clock.monotonic();
  return async () => {
    if (clock.monotonic() - began < SLICE) return;
    await clock.turn();
    began = clock.monotonic();
  };
};
