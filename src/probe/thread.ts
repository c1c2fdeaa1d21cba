// The entry of a probe thread. It reaches only probe/ and leaves: nothing else may hold up the loop that measures.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { NinesError } from '../errors.ts';
import type { FromThread, ThreadData, ToThread } from './hand-over.ts';
import { runProbe } from './index.ts';
import { createRunner } from './runner.ts';

const port = parentPort;
if (!port) throw new NinesError('internal', 'probe/thread is the entry of a probe thread and cannot be run by itself.');

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (message: FromThread): void => port.postMessage(message);

const runner = createRunner({
  clock: systemClock,
  probe: runProbe,
  deliver: (results) => tell({ kind: 'results', results }),
  limits: (workerData as ThreadData).limits,
});

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'set':
      runner.set(message.targets);
      tell({ kind: 'set', revision: message.revision });
      break;
    case 'stats':
      tell({ kind: 'stats', stats: runner.stats() });
      break;
    case 'stop':
      void runner.stop().then(() => port.close());
      break;
  }
});
