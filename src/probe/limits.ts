import { readFileSync } from 'node:fs';

/** How many checks may run at once, in all and at one host and port. */
export type Limits = { total: number; perHost: number };

/**
 * A host with fewer probes than that never meets its limit, because no probe has two checks in flight. Beyond it a host
 * that hangs would have that many connections from us, and we would be part of its trouble.
 */
const PER_HOST = 250;
const TOTAL = 10_000;

/** The soft limit of open files in the text of /proc/self/limits; null when it names none. */
export const openFilesIn = (text: string): number | null => {
  const limit = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return limit === undefined ? null : Number(limit);
};

/** How many files this process may have open; null where it cannot be told (only Linux tells it). */
export const openFiles = (): number | null => {
  try {
    return openFilesIn(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return null;
  }
};

/** Each check needs one socket; half of the files are left to everything else. */
export const limitsFor = (files: number | null): Limits => {
  const total = files === null ? TOTAL : Math.max(1, Math.min(TOTAL, Math.floor(files / 2)));
  return { total, perHost: Math.min(PER_HOST, total) };
};

/** What each of so many threads may have of it. */
export const shareOf = ({ total, perHost }: Limits, threads: number): Limits => ({
  total: Math.max(1, Math.floor(total / threads)),
  perHost: Math.max(1, Math.floor(perHost / threads)),
});
