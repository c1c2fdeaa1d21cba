import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NinesError } from '../errors.ts';
import type { Answer, Fault, FromThread, Request, ThreadData } from './sqlite-messages.ts';

/** A started store thread. `ask` rejects with `store_unavailable` once it is gone. */
export type Owner = {
  ask(request: Asked): Promise<Result>;
  ended: Promise<void>;
  /** Where the damaged file went that was found at this start. */
  setAside: string | null;
};
export type Result = Extract<Answer, { result: unknown }>['result'];
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export type Asked = WithoutId<Request>;

type Waiting = { resolve(result: Result): void; reject(error: NinesError): void };

const errorOf = ({ code, message }: Fault): NinesError => new NinesError(code, message);

/** The thread file has our own extension: .ts when run from source, .js when built. */
const threadUrl = (): URL => new URL(`sqlite-thread${extname(import.meta.url)}`, import.meta.url);

/** Starts the thread that owns the databases of a directory; settles when they are open. Throws NinesError. */
export const startOwner = (data: ThreadData, heapMb: number): Promise<Owner> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(threadUrl(), {
      name: 'store',
      workerData: data,
      // Flags meant for the main thread (a loader, --input-type) are none of its business.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    const waiting = new Map<number, Waiting>();
    let lastId = 0;
    let gone: NinesError | null = null;
    let crash: unknown;

    const ask = (request: Asked): Promise<Result> =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        const id = ++lastId;
        // First, because a value that cannot be copied throws here and must not be waited for.
        worker.postMessage({ ...request, id }, []);
        waiting.set(id, { resolve, reject });
      });
    const settle = (answer: Answer): void => {
      const waiter = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('fault' in answer) waiter?.reject(errorOf(answer.fault));
      else waiter?.resolve(answer.result);
    };
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        gone = new NinesError('store_unavailable', `The store of ${data.dir} stopped; try again.`, { cause: crash });
        for (const waiter of waiting.values()) waiter.reject(gone);
        waiting.clear();
        reject(gone);
        resolve();
      });
    });
    worker.on('error', (error) => {
      crash = error;
    });
    worker.on('message', (message: FromThread) => {
      if ('answers' in message) for (const answer of message.answers) settle(answer);
      else if (message.opened) resolve({ ask, ended, setAside: message.setAside });
      else reject(errorOf(message.fault));
    });
  });
