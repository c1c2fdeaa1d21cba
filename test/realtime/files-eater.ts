// Opens files until the system gives no more, then checks a target; tells the verdict, before and after.
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { startDeadline } from '../../src/probe/deadline.ts';
import { runProbe } from '../../src/probe/index.ts';
import { openFiles } from '../../src/probe/limits.ts';
import type { CheckTarget } from '../../src/probe/targets.ts';
import { target } from '../probe/http/target-of.ts';
import { REACH, verdict } from '../probe/target.ts';

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
});
const eat = async (): Promise<void> => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const one = async (what: CheckTarget): Promise<string> => {
    const { signal, clear } = startDeadline(5_000);
    const result = await runProbe(what, { id: 'shop/api/health', timeoutMs: 5_000, signal });
    clear();
    return verdict(result);
  };
  const nobody = '127.0.0.1:1';
  const named = target('http://shop.dev/', { reach: { ...REACH, resolver: [nobody] } });
  const dns = { kind: 'dns', name: 'shop.dev', type: 'A', server: nobody, assertions: [], degraded: [] } as const;
  const oauth2 = { kind: 'oauth2', clientId: 'a', clientSecret: 'b', scope: null, audience: null } as const;
  const signedIn = target(url, { auth: { ...oauth2, tokenUrl: 'http://127.0.0.1:1/token' } });
  const check = async (): Promise<string[]> => [
    await one(target(url)),
    await one(named),
    await one(dns),
    await one(signedIn),
  ];
  const first = await check();
  const files: number[] = [];
  try {
    for (;;) files.push(openSync('/dev/null', 'r'));
  } catch {
    const without = await check();
    files.forEach((file) => closeSync(file));
    process.stdout.write(JSON.stringify({ limit: openFiles(), said: [first, without, await check()] }));
    process.exit();
  }
};
server.listen(0, '127.0.0.1', () => void eat());
