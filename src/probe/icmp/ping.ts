import { execFile } from 'node:child_process';
import { isIPv6 } from 'node:net';

/** So many pings run at once on one thread: each is a process. */
const MOST_AT_ONCE = 16;
const MAX_OUTPUT_BYTES = 64 * 1024;

export type Ran = { stdout: string; stderr: string; missing: boolean };

/** Sends one echo request to an address by the system's `ping`; ends with the signal. Rejects only then. */
export type Ping = (address: string, timeoutMs: number, signal: AbortSignal) => Promise<Ran>;

const run = (program: string, address: string, timeoutMs: number, signal: AbortSignal): Promise<Ran> => {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  // busybox waits in whole seconds; our own deadline is exact.
  const seconds = String(Math.max(1, Math.ceil(timeoutMs / 1_000)));
  const args = ['-n', '-c', '1', '-W', seconds, isIPv6(address) ? '-6' : '-4', address];
  const options = {
    env: { PATH: PATHS, LC_ALL: 'C' },
    maxBuffer: MAX_OUTPUT_BYTES,
    signal,
    killSignal: 'SIGKILL',
  } as const;
  execFile(program, args, options, (error, stdout, stderr) => {
    if (signal.aborted) return reject(new Error('aborted'));
    const code = error?.code as unknown;
    resolve({ stdout, stderr, missing: code === 'ENOENT' || code === 'EACCES' });
  });
  return promise;
};

// Where ping lies on Linux systems; what the environment of the service says is not asked.
const PATHS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Thrown when the time ran out for one that had to wait for others. */
export const NO_ROOM: Error = new Error('no room for another ping');

export const createPing = (program: string): Ping => {
  let running = 0;
  const waiting = new Set<() => void>();

  const untilRoom = async (signal: AbortSignal): Promise<{ waited: boolean }> => {
    if (running < MOST_AT_ONCE) {
      running++;
      return { waited: false };
    }
    const { promise, resolve, reject } = Promise.withResolvers<{ waited: boolean }>();
    const onAbort = (): void => {
      waiting.delete(enter);
      reject(NO_ROOM);
    };
    const enter = (): void => {
      signal.removeEventListener('abort', onAbort);
      waiting.delete(enter);
      resolve({ waited: true });
    };
    waiting.add(enter);
    signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  };

  return async (address, timeoutMs, signal) => {
    const { waited } = await untilRoom(signal);
    try {
      return await run(program, address, timeoutMs, signal);
    } catch (error) {
      // The target had less than the whole time, perhaps none of it.
      throw waited ? NO_ROOM : error;
    } finally {
      // Whoever waited longest takes the place over.
      const [next] = waiting;
      if (next) next();
      else running--;
    }
  };
};
