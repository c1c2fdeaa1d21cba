/**
 * Watches whether the loop that probes was itself held up. A check's timing is only as good as the loop that took it,
 * and node has no time stamps of sockets, so that a stall of ours reads as slowness of the target.
 */
export type Pulse = {
  /** Says that the loop runs at this instant. True when it was paused before it: everything in flight is void. */
  beat(monotonic: number, wall: number): boolean;
  /** Ms of the span in which the loop stood still. */
  stalled(from: number, to: number): number;
  stats(): Stalls;
};

/** How often the loop stood still, for how long in all, and at most. */
export type Stalls = { count: number; totalMs: number; longestMs: number };

export const NO_STALLS: Stalls = { count: 0, totalMs: 0, longestMs: 0 };

export const addStalls = (a: Stalls, b: Stalls): Stalls => ({
  count: a.count + b.count,
  totalMs: a.totalMs + b.totalMs,
  longestMs: Math.max(a.longestMs, b.longestMs),
});

/** How often the loop must give a sign. */
export const BEAT_MS = 5;
/** Later than that is a stall: timers alone are up to 2 ms late on a quiet machine. */
const TOLERANCE_MS = 3;
/** Longer than that the process or the machine was suspended; the monotonic clock may stand still meanwhile. */
const PAUSE_MS = 1_000;
/** More than a minute of nothing but stalls. */
const REMEMBERED = 8_192;

export const createPulse = (monotonic: number, wall: number): Pulse => {
  const stalls: { from: number; to: number }[] = [];
  let all = NO_STALLS;
  let last = monotonic;
  let offset = wall - monotonic;

  const note = (from: number, to: number): void => {
    stalls.push({ from, to });
    if (stalls.length > 2 * REMEMBERED) stalls.splice(0, REMEMBERED);
    all = addStalls(all, { count: 1, totalMs: to - from, longestMs: to - from });
  };

  const stalled = (from: number, to: number): number => {
    let sum = 0;
    for (let i = stalls.length - 1; i >= 0; i--) {
      const stall = stalls[i] as { from: number; to: number };
      if (stall.to <= from) break;
      sum += Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from));
    }
    return sum;
  };

  return {
    beat: (now, wallNow) => {
      const silence = now - last;
      const step = Math.abs(wallNow - now - offset);
      if (silence > BEAT_MS + TOLERANCE_MS) note(last + BEAT_MS, now);
      last = now;
      offset = wallNow - now;
      return silence > PAUSE_MS || step > PAUSE_MS;
    },
    stalled,
    stats: () => all,
  };
};

/** A check is suspect when the loop stood still for a part of it that changes its duration visibly. */
export const isSuspect = (stalledMs: number, durationMs: number): boolean =>
  stalledMs > 20 && stalledMs > durationMs / 10;
