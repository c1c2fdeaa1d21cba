import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const isNines = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // A number is used again by others; where the system tells, look whose it is.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('nines');
  } catch {
    return process.platform !== 'linux';
  }
};

/** The process that serves a data folder (nines.pid names it); null when none does. */
export const runningOn = (dataDir: string): number | null => {
  try {
    const pid = Number(readFileSync(join(dataDir, 'nines.pid'), 'utf8'));
    return pid > 0 && isNines(pid) ? pid : null;
  } catch {
    return null;
  }
};
