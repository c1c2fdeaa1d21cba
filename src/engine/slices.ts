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

/** So many at once: for work of some ten microseconds each that is a few ms, and the loop is asked for no more. */
const AT_ONCE = 100;

/**
 * Does the work for each of many, and lets everything else that waits on the loop run in between. Gives up when it is
 * not wanted any more; false then.
 */
export const inSlices = async <T>(
  items: Iterable<T>,
  work: (item: T) => void,
  turn: () => Promise<void>,
  isWanted: () => boolean,
): Promise<boolean> => {
  let done = 0;
  for (const item of items) {
    if (done > 0 && done % AT_ONCE === 0) {
      await turn();
      if (!isWanted()) return false;
    }
    work(item);
    done++;
  }
  return true;
};
