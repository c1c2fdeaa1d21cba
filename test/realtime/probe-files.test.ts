import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTrace } from '../../src/probe/net/phases.ts';
import { failureOf } from '../../src/probe/net/reasons.ts';

const run = promisify(execFile);
const EATER = fileURLToPath(new URL('./files-eater.ts', import.meta.url));

test.skipIf(process.platform !== 'linux')(
  'A prober without a file descriptor left says so and blames nobody, and works again when there is one',
  async () => {
    const { stdout } = await run('bash', ['-c', 'ulimit -n 128 && exec "$0" "$1"', process.execPath, EATER]);
    const ours = 'unknown internal: this machine has no file descriptors left for the check';
    const theirs = [
      'pass ok: ',
      'fail dns: nothing answers at the name server that was asked for shop.dev:80',
      'fail refused: nobody answers DNS at 127.0.0.1:1',
      'fail auth: http://127.0.0.1:1/token gave no token: the connection was refused',
    ];
    expect(JSON.parse(stdout)).toEqual({ limit: 128, said: [theirs, [ours, ours, ours, ours], theirs] });
  },
);

test.each([
  ['EADDRNOTAVAIL', 'this machine has no local ports left for the check'],
  ['ENFILE', 'this machine has no file descriptors left for the check'],
  ['ENOBUFS', 'this machine has no socket memory left for the check'],
])('%s is our own lack', (code, detail) => {
  const failure = failureOf(Object.assign(new Error('no'), { code }), createTrace(0));
  expect(failure).toEqual({ outcome: 'unknown', reason: 'internal', detail });
});
