import { readFileSync, statSync } from 'node:fs';

const LOOK_EVERY_MS = 1_000;

/**
 * A small file of the system, parsed; read again when its time changes, which is looked at once a second. Reading
 * is synchronous: a thread pool that waits for slow names must not hold up the file that tells fast ones. Missing = empty.
 */
export const createWatched = <T>(path: string, parse: (text: string) => T, monotonic: () => number): (() => T) => {
  let lookAt = -Infinity;
  let changed = '';
  let value = parse('');
  const read = (): void => {
    const { mtimeMs = 0, size = 0, ino = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    const mark = `${mtimeMs} ${size} ${ino}`;
    if (mark === changed) return;
    value = parse(mark === '0 0 0' ? '' : readFileSync(path, 'utf8'));
    changed = mark;
  };
  return () => {
    const now = monotonic();
    if (now < lookAt) return value;
    lookAt = now + LOOK_EVERY_MS;
    try {
      read();
    } catch {
      // Unreadable is as good as missing; what was read last still stands.
    }
    return value;
  };
};
