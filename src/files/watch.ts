import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readDefinitions } from './read.ts';

const QUIET_MS = 200;
const LOOK_AGAIN_MS = 2_000;

/** `ready` settles when the first look is taken: every change from then on is told. */
export type Watch = { ready: Promise<void>; close(): void };

/**
 * Tells when the definitions of a folder have another content than before. Editors write, rename and replace, and
 * deploys swap whole folders: so events only wake it up, the contents decide, and it looks again every two seconds
 * where no events arrive (network mounts, a folder that does not exist yet, a swapped symbolic link).
 * `onChange` runs once per burst of changes. Never throws.
 */
export const watchDefinitions = (
  dir: string,
  onChange: () => void,
  waits = { quietMs: QUIET_MS, lookAgainMs: LOOK_AGAIN_MS },
): Watch => {
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | null = null;
  let known: string | null = null;
  let isLooking = false;
  let isDue = false;
  let isClosed = false;

  const look = async (): Promise<void> => {
    isDue = true;
    if (isLooking) return;
    isLooking = true;
    while (isDue) {
      isDue = false;
      const now = await fingerprint(dir);
      if (isClosed) return;
      if (known !== null && now !== known) onChange();
      known = now;
      if (!watcher && now !== MISSING) listen();
    }
    isLooking = false;
  };

  const listen = (): void => {
    try {
      watcher = watch(dir, { persistent: false }, () => {
        if (timer) clearTimeout(timer);
        timer = setTimeout(() => void look(), waits.quietMs);
        timer.unref();
      });
      // A folder that is removed ends its watcher; the next look begins another.
      watcher.on('error', drop);
      watcher.on('close', drop);
    } catch {
      drop();
    }
  };

  const drop = (): void => {
    watcher?.removeAllListeners();
    watcher?.close();
    watcher = null;
  };

  const poll = setInterval(() => void look(), waits.lookAgainMs);
  poll.unref();
  const ready = look();

  return {
    ready,
    close: () => {
      isClosed = true;
      clearInterval(poll);
      if (timer) clearTimeout(timer);
      drop();
    },
  };
};

const MISSING = 'missing';

const fingerprint = async (dir: string): Promise<string> => {
  try {
    const { files, requirements } = await readDefinitions(dir);
    const hash = createHash('sha256');
    for (const { file, text } of [...files, ...(requirements ? [requirements] : [])])
      hash.update(`${file}\0${text.length}\0`).update(text);
    return hash.digest('hex');
  } catch {
    return MISSING;
  }
};
