// The entry of the thread that reads definitions anew while the main loop serves.
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import type { LoadedPart, Reading } from './load-aside.ts';
import { loadFolder } from './load.ts';

/** So many entries cross at once: more would hold up the loop that takes them. */
const AT_ONCE = 250;

const { dir, profile, env } = workerData as Reading;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (part: LoadedPart): void => parentPort?.postMessage(part);

const tellAll = (kind: 'probes' | 'slos' | 'conditions', all: ReadonlyMap<string, unknown>): void => {
  const entries = [...all];
  for (let at = 0; at < entries.length; at += AT_ONCE)
    tell({ kind, entries: entries.slice(at, at + AT_ONCE) } as LoadedPart);
};

try {
  const loaded = await loadFolder(dir, { profile, env });
  if (loaded.catalog) {
    const { probes, slos, conditions, ...rest } = loaded.catalog;
    tellAll('probes', probes);
    tellAll('slos', slos);
    tellAll('conditions', conditions);
    tell({ kind: 'whole', rest, problems: [], requirements: loaded.requirements });
  } else {
    tell({ kind: 'faulty', problems: loaded.problems, requirements: loaded.requirements });
  }
} catch (error) {
  tell({ kind: 'unreadable', message: messageOf(error) });
}
