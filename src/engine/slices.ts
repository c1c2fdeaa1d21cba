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
