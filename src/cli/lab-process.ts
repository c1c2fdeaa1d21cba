import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NinesError } from '../errors.ts';

const NINES = fileURLToPath(new URL('../../bin/nines.js', import.meta.url));

/** The lab in a process of its own, on a free port. It ends when we end, however we end: the channel closes. */
export const startLab = (): Promise<{ url: string; stop: () => void }> =>
  new Promise((resolve, reject) => {
    const child = fork(NINES, ['lab', '--port', '0'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.once('message', (message) => {
      const { lab } = message as { lab: string };
      resolve({ url: lab, stop: () => child.kill('SIGTERM') });
    });
    child.once('exit', (code) => reject(new NinesError('internal', `The lab ended with ${code} before it was ready.`)));
  });
