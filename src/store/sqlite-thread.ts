import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, FromThread, Request, ThreadData } from './sqlite-messages.ts';
import { openSqliteDirectory, type SqliteDirectory } from './sqlite-open.ts';
import { faultOf, runWaiting } from './sqlite-queue.ts';

const { dir, options } = workerData as ThreadData;
const port = parentPort;
const say = (message: FromThread): void => port?.postMessage(message);

const copying = async (directory: SqliteDirectory, { id, into }: Extract<Request, { kind: 'copy' }>): Promise<void> => {
  try {
    await directory.copyTo(into);
    say({ answers: [{ id, result: null }] });
  } catch (error) {
    say({ answers: [{ id, fault: faultOf(error) }] });
  }
};

const serve = (directory: SqliteDirectory): void => {
  let waiting: Request[] = [];
  let copies: Promise<void> = Promise.resolve();
  const close = async (id: number): Promise<void> => {
    // A database may not be closed under a copy.
    await copies;
    directory.close();
    say({ answers: [{ id, result: null }] });
    port?.close();
  };
  const run = (): void => {
    const taken = waiting;
    waiting = [];
    const answers: Answer[] = runWaiting(directory, taken);
    say({ answers });
    for (const request of taken)
      if (request.kind === 'copy') copies = Promise.all([copies, copying(directory, request)]).then(() => undefined);
    const closing = taken.find(({ kind }) => kind === 'close');
    if (closing) void close(closing.id);
  };
  // All messages that have arrived are handed over before the next immediate: they become one group.
  port?.on('message', (request: Request) => {
    if (waiting.push(request) === 1) setImmediate(run);
  });
};

try {
  const directory = openSqliteDirectory(dir, options);
  serve(directory);
  say({ opened: true, setAside: directory.setAside });
} catch (error) {
  say({ opened: false, fault: faultOf(error) });
  port?.close();
}
