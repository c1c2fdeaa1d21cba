import { readFileSync } from 'node:fs';

/** The parents of a process, nearest first: npm runs a script through a shell that outlives it. */
const parentsOf = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return parent > 1 ? [parent, ...parentsOf(parent)] : [parent];
  } catch {
    return [];
  }
};

/**
 * npm and npx pass neither kill -9 nor, through their shell, SIGTERM on: when the one that started us is gone, so are we,
 * and nothing stays on the port. Who is started by hand (nohup nines serve &) must outlive its shell, so only npm and
 * its shell are watched.
 */
export const onOrphaned = (stop) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const near = () => [process.ppid, ...parentsOf(process.ppid).slice(0, 1)].join();
  const before = near();
  const watch = setInterval(() => {
    if (near() === before) return;
    clearInterval(watch);
    stop();
  }, 250).unref();
};
