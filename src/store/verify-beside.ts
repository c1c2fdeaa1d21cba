import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NinesError, messageOf } from '../errors.ts';
import type { Verified } from './sqlite-verify.ts';

/** `verifyCopy` in a thread of its own, so that nothing waits for it. Throws `internal`. */
export const verifyBeside = (dir: string): Promise<Verified> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`verify-thread${extname(import.meta.url)}`, import.meta.url), {
      name: 'verify',
      workerData: { dir },
      execArgv: [],
    });
    const failed = (why: string): void => reject(new NinesError('internal', `The check of ${dir} ended: ${why}.`));
    worker.once('message', (verified: Verified) => resolve(verified));
    worker.once('error', (error) => failed(messageOf(error)));
    worker.once('exit', (code) => failed(`its thread stopped with ${code}`));
  });
