import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { NinesError } from '../errors.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** A link made in one step, with its text in its target; a plain file where links are not allowed. */
const put = (path: string, text: string): boolean => {
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(String(codeOf(error)))) throw error;
  }
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Text of a lock; undefined when there is none. */
const textIn = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** Locks of this process. */
const held = new Set<string>();

/** Its process was killed: on this machine, and no process has its number, or we have it now and hold no such lock. */
const isLeftOver = (text: string): boolean => {
  const [, pid, host] = /^(\d+)@(.+)\.[0-9a-f]{16}$/.exec(text) ?? [];
  return host === hostname() && (Number(pid) === process.pid ? !held.has(text) : !isAlive(Number(pid)));
};

/** Moves a left-over lock away. Two that find the same one move it once; a fresh one that was caught goes back. */
const clear = (path: string, text: string): void => {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const caught = textIn(aside);
  if (caught !== undefined && caught !== text) put(path, caught);
  rmSync(aside, { force: true });
};

export type Lock = Disposable & {
  /** Throws `output_locked` when somebody deleted the lock, or took it. */
  check(): void;
};

/**
 * One writer per folder. `folder` must exist. Taken from a process that was killed; throws `output_locked` when another
 * one has it, at once and without waiting, or when that cannot be known (another machine).
 */
export const takeLock = (folder: string): Lock => {
  const path = join(folder, 'generate.lock');
  const text = `${process.pid}@${hostname()}.${randomBytes(8).toString('hex')}`;
  for (let tries = 0; !put(path, text); tries++) {
    const holder = textIn(path);
    if (holder === undefined) continue;
    if (tries > 20 || !isLeftOver(holder))
      throw new NinesError(
        'output_locked',
        `Another nines generate (${holder.replace(/\.[0-9a-f]{16}$/, '')}, process@machine) writes here. Wait for it; if none runs, delete ${path}.`,
      );
    clear(path, holder);
  }
  held.add(text);
  return {
    check: () => {
      if (textIn(path) !== text)
        throw new NinesError('output_locked', `The lock ${path} was taken from this run. Run it again, alone.`);
    },
    [Symbol.dispose]: () => {
      held.delete(text);
      if (textIn(path) === text) rmSync(path, { force: true });
    },
  };
};
