import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isLeftOut, untilSaid } from '../probe/real-server.ts';

const PROGRAM = 'prometheus-blackbox-exporter';

export const isMissing = isLeftOut(spawnSync(PROGRAM, ['--version']).status === 0, `there is no ${PROGRAM}`);

export type Exporter = { url: string; stop(): Promise<void> };

/** A blackbox_exporter of its own on 127.0.0.1, with this configuration. */
export const startExporter = async (config: string): Promise<Exporter> => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-blackbox-'));
  const file = join(folder, 'blackbox.yml');
  writeFileSync(file, config);
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(PROGRAM, [`--config.file=${file}`, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  await untilSaid(child, child.stderr, 'Listening on');
  return {
    url: `http://${address}`,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
