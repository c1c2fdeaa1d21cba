import { SECOND } from '../duration.ts';
import type { NinesError } from '../errors.ts';
import type { Judged } from './postgres-errors.ts';

/** Who waited so long and got no answer waited in vain. */
const IN_VAIN = 5 * SECOND;
const PAUSE = 5 * SECOND;

/**
 * A server that answers nobody lets a tick wait for its time limit dozens of times, and the page that says so comes
 * minutes late. So when one has waited in vain, the next hear it at once, for a few seconds.
 */
export type Patience = {
  /** Throws what the last one heard while it is too early to try again; else gives the instant to tell `failed`. */
  begin(): number;
  failed(began: number, judged: Judged): void;
};

export const createPatience = (monotonic: () => number = () => performance.now()): Patience => {
  let heard: NinesError | null = null;
  let until = -Infinity;
  return {
    begin() {
      const now = monotonic();
      if (heard && now < until) throw heard;
      return now;
    },
    failed(began, { error, undone }) {
      const now = monotonic();
      // What the server itself refuses, however late, it has answered.
      if (undone || now - began < IN_VAIN) return;
      heard = error;
      until = now + PAUSE;
    },
  };
};
