// The entry of a probe thread. It reaches only probe/ and leaves: nothing else may hold up the loop that measures.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { NinesError } from '../errors.ts';
import { checkAsked } from './asked.ts';
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

let staged = runner.begin();

port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'begin':
      staged = runner.begin();
      break;
    case 'slice':
      staged.add(message.targets);
      tell({ kind: 'taken' });
      break;
    case 'apply':
      staged.apply();
      tell({ kind: 'taken' });
      break;
    case 'check':
      void checkAsked(runProbe, message.target, systemClock.now()).then((result) =>
        tell({ kind: 'checked', ticket: message.ticket, result }),
      );
      break;
    case 'stats':
      tell({ kind: 'stats', stats: runner.stats() });
      break;
    case 'stop':
      void runner.stop().then(() => port.close());
      break;
  }
});
