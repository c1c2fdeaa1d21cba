import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { freePort } from '../probe/real-server.ts';

const until = async (ready: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await ready())) await systemClock.sleep(50);
};

const answers = async (port: number): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null))?.ok ?? false;

const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);

it.skipIf(process.platform !== 'linux')(
  'kill -9 of npm start leaves nothing on the port, and neither server nor lab behind',
  { timeout: 90_000 },
  async () => {
    const data = mkdtempSync(join(tmpdir(), 'nines-launcher-'));
    const port = await freePort();
    const env = { ...process.env, NINES_PORT: String(port), NINES_DATA_DIR: data };
    const npm = spawn('npm', ['start'], { env, stdio: 'ignore' });
    await until(() => answers(port));
    const server = Number(readFileSync(join(data, 'demo', 'nines.pid'), 'utf8'));
    expect(lives(server)).toBe(true);
    npm.kill('SIGKILL');
    await until(() => !lives(server));
    expect(await answers(port)).toBe(false);
    rmSync(data, { recursive: true, force: true });
  },
);
