/** error = someone must act; warn = look at it today; info = what happened; debug = why. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type Log = {
  error(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  info(message: string, facts?: Facts): void;
  debug(message: string, facts?: Facts): void;
};
export type Facts = Record<string, unknown>;

const RANK = { error: 0, warn: 1, info: 2, debug: 3 } as const;

const plain = (value: unknown): unknown =>
  value instanceof Error ? { message: value.message, ...(value.cause ? { cause: plain(value.cause) } : {}) } : value;

/** One JSON object a line; `write` and `now` are given so that tests can read it and no clock hides here. */
export const createLog = (write: (line: string) => void, now: () => number, least: LogLevel = 'info'): Log => {
  const at =
    (level: LogLevel) =>
    (message: string, facts: Facts = {}): void => {
      if (RANK[level] > RANK[least]) return;
      const shown = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, plain(value)]));
      write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...shown })}\n`);
    };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
};

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };
