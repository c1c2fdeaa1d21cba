import type { Clock } from '../clock.ts';
import { SECOND } from '../duration.ts';
import type { Log } from '../log.ts';
import { createClockWatch } from './clock-watch.ts';

/** Nobody was silent for the hours that a clock skipped, and nothing known may lie in a future that was taken back. */
export const createClockFollower = (parts: {
  clock: Clock;
  log: Log;
  lastBeats: Map<string, number>;
  /** All that remember instants. */
  setters: readonly { clockSet(ms: number): void }[];
  listenSince: (now: number) => void;
}): ((now: number) => void) => {
  const clockJump = createClockWatch(parts.clock);
  return (now) => {
    const jump = clockJump();
    if (jump === 0) return;
    parts.log.warn('The clock of this machine was set: silence is counted anew.', {
      seconds: Math.round(jump / SECOND),
    });
    parts.listenSince(now);
    for (const one of parts.setters) one.clockSet(jump);
    for (const [probe, at] of parts.lastBeats) if (at > now) parts.lastBeats.set(probe, now);
  };
};
