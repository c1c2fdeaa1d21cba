import type { Clock } from '../clock.ts';
import { SECOND } from '../duration.ts';

/** Less than this is a clock that is kept right; more is one that was set, or a machine that slept. */
const JUMP = 5 * SECOND;

/** Ms by which the wall clock was set since the last call (negative: back); 0 when it just went on. */
export const createClockWatch = (clock: Pick<Clock, 'now' | 'monotonic'>): (() => number) => {
  const offset = (): number => clock.now() - clock.monotonic();
  let before = offset();
  return () => {
    const jump = offset() - before;
    before += jump;
    return Math.abs(jump) < JUMP ? 0 : jump;
  };
};
