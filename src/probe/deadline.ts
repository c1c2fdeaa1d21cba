/** The total deadline of one check, and the way to stop it before. `signal.reason` tells which of them it was. */
export type Deadline = { signal: AbortSignal; stop(): void; clear(): void };

/** `signal.reason` of a check that was stopped because its target left or the prober ends. */
export const STOPPED = Symbol('stopped');

/**
 * Aborts after `timeoutMs` of real time. After a long callback timers run before the loop polls again, so a deadline
 * would beat bytes that arrived in time: one `setImmediate` lets the loop poll first.
 */
export const startDeadline = (timeoutMs: number): Deadline => {
  const controller = new AbortController();
  let after: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    after = setImmediate(() => controller.abort(new DOMException('The deadline passed.', 'TimeoutError')));
  }, timeoutMs);
  const clear = (): void => {
    clearTimeout(timer);
    clearImmediate(after);
  };
  return {
    signal: controller.signal,
    stop: () => {
      clear();
      controller.abort(STOPPED);
    },
    clear,
  };
};
