import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;

/**
 * How late the event loop comes to its timers, ms, p99 over the last two readings. Two histograms take turns, because
 * one that was just reset does not see the stall it is in.
 */
export const createLoopDelay = () => {
  const histograms = [0, 1].map(() => monitorEventLoopDelay({ resolution: RESOLUTION_MS }));
  for (const histogram of histograms) histogram.enable();
  let turn = 0;
  return {
    p99: (): number => {
      const histogram = histograms[turn]!;
      turn = 1 - turn;
      // Node records the time between two firings of its own timer, the wanted interval included.
      const delay = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6 - RESOLUTION_MS;
      histogram.reset();
      return Math.max(0, delay);
    },
    stop: (): void => {
      for (const histogram of histograms) histogram.disable();
    },
  };
};
