import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isLeftOut, untilSaid } from './real-server.ts';

export const isMissing = isLeftOut(spawnSync('redis-server', ['--version']).status === 0, 'there is no redis-server');

export type RedisServer = { port: number; pause(): void; resume(): void; stop(): Promise<void> };

/** A private server on 127.0.0.1 with these settings; `tls-port` is added where `--tls` is among them. */
export const startRedis = async (settings: readonly string[] = []): Promise<RedisServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'nines-redis-'));
  const port = await freePort();
  const ports = settings.includes('--tls-cert-file')
    ? ['--port', '0', '--tls-port', String(port)]
    : ['--port', String(port)];
  const child = spawn('redis-server', [...ports, '--bind', '127.0.0.1', '--dir', dir, '--save', '', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  await untilSaid(child, child.stdout, 'Ready to accept connections');
  return {
    port,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
