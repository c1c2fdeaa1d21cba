import { runCheck, type RunProbe } from './check.ts';
import { startDeadline } from './deadline.ts';
import { unknownResult, type CheckResult, type Target } from './probe.ts';

/** One check that somebody asked for, apart from every schedule: it also tells what it saw. `at` is epoch ms. */
export const checkAsked = (run: RunProbe, target: Target, at: number): Promise<CheckResult> =>
  runCheck((check, context) => run(check, { ...context, inspect: true }), target, startDeadline(target.timeoutMs), at);

/** Checks that were handed to a thread and not answered yet. */
export type Asked = {
  /** Hands over one check by `send`; the promise never rejects. */
  ask(target: Target, send: (ticket: number) => void): Promise<CheckResult>;
  answer(ticket: number, result: CheckResult): void;
  /** Nobody will answer any more. */
  abandon(): void;
};

/** `now` is epoch ms. */
export const createAsked = (now: () => number): Asked => {
  const open = new Map<number, { target: Target; resolve: (result: CheckResult) => void }>();
  let last = 0;
  return {
    ask: (target, send) => {
      const { promise, resolve } = Promise.withResolvers<CheckResult>();
      const ticket = ++last;
      open.set(ticket, { target, resolve });
      send(ticket);
      return promise;
    },
    answer: (ticket, result) => {
      open.get(ticket)?.resolve(result);
      open.delete(ticket);
    },
    abandon: () => {
      for (const { target, resolve } of open.values())
        resolve(unknownResult(target.id, now(), 'paused', 'the prober ended before the check was done'));
      open.clear();
    },
  };
};
