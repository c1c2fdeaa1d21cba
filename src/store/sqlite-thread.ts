import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, FromThread, Request, ThreadData } from './sqlite-messages.ts';
import { openSqliteDirectory, type SqliteDirectory } from './sqlite-open.ts';
import { faultOf, runWaiting } from './sqlite-queue.ts';

const { dir, options } = workerData as ThreadData;
const port = parentPort;
const say = (message: FromThread): void => port?.postMessage(message);

const serve = (directory: SqliteDirectory): void => {
  let waiting: Request[] = [];
  const run = (): void => {
    const taken = waiting;
    waiting = [];
    const answers: Answer[] = runWaiting(directory, taken);
    const closing = taken.find(({ kind }) => kind === 'close');
    if (closing) {
      directory.close();
      answers.push({ id: closing.id, result: null });
    }
    say({ answers });
    if (closing) port?.close();
  };
  // All messages that have arrived are handed over before the next immediate: they become one group.
  port?.on('message', (request: Request) => {
    if (waiting.push(request) === 1) setImmediate(run);
  });
};

try {
  const directory = openSqliteDirectory(dir, options);
  serve(directory);
  say({ opened: true });
} catch (error) {
  say({ opened: false, fault: faultOf(error) });
  port?.close();
}
