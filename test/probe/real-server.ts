import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const isRequired = process.env['CI'] === 'true' || process.env['NINES_REQUIRE_REAL'] === '1';

/** Whether the tests of a real part are left out: never where it is required. Says why. */
export const isLeftOut = (isThere: boolean, what: string): boolean => {
  if (isThere || isRequired) return false;
  console.log(`skipped: ${what}`);
  return true;
};

/** A port on which nobody listens, for a program that must be told one. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Settles once the program prints this; rejects with all it said when it ends before. Reads on, so that it never blocks. */
export const untilSaid = (child: ChildProcess, output: Readable, what: string | RegExp): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const said: string[] = [];
  createInterface({ input: output }).on('line', (line) => {
    said.push(line);
    if (line.search(what) >= 0) resolve();
  });
  child.once('error', reject);
  child.once('exit', () => reject(new Error(`It ended:\n${said.join('\n')}`)));
  return promise;
};
