import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = 'prometheus-alertmanager';

/** Where continuous integration runs it must be there; elsewhere its tests are shown as skipped. */
export const isMissing = spawnSync(PROGRAM, ['--version']).status !== 0 && process.env['CI'] !== 'true';

export type RealAlertmanager = {
  url: string;
  /** Takes alerts as Prometheus sends them (API v2). */
  send(...alerts: readonly object[]): Promise<void>;
  stop(): Promise<void>;
};

/** An Alertmanager with this configuration, on a port of its own choice, started from `/`. */
export const startAlertmanager = async (config: string): Promise<RealAlertmanager> => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-alertmanager-'));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
      '--log.format=json',
    ],
    { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const said: string[] = [];
  let url = '';
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
    if (msg !== 'Listening on') continue;
    url = `http://${address}`;
    break;
  }
  if (url === '') {
    await stop();
    throw new Error(`Alertmanager did not start:\n${said.join('\n')}`);
  }
  child.stderr.resume();
  return {
    url,
    async send(...alerts) {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!response.ok) throw new Error(`Alertmanager refused: ${response.status} ${await response.text()}`);
    },
    stop,
  };
};

/** One alert of a message of webhook version 4. */
type Told = { status: string; labels: Record<string, string>; startsAt: string; endsAt: string };
export type Message = {
  path: string;
  authorization: string;
  body: {
    version: string;
    status: string;
    groupLabels: Record<string, string>;
    truncatedAlerts: number;
    alerts: Told[];
  };
};

/** Listens where Nines, Slack and PagerDuty would, and keeps what arrives. */
export const startListener = async () => {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Message['body'];
      messages.push({ path: request.url ?? '', authorization: request.headers.authorization ?? '', body });
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
