import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };
type Env = Record<string, string>;

/** Only what a shell gives: nothing of the machine that runs the tests may configure the product. */
const environment = (env: Env): Env => ({ PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env });

const launch = (args: readonly string[], env: Env) => {
  const child = spawn(process.execPath, ['bin/nines.js', ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  return { child, heard, ended };
};

/** Runs a command to its end. One that does not end by itself is killed, and `signal` says so. */
export const nines = async (args: readonly string[], env: Env = {}): Promise<Ended> => {
  const { child, ended } = launch(args, env);
  const hung = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const result = await ended;
  clearTimeout(hung);
  return result;
};

export type Serving = {
  url: string;
  port: string;
  pid: number;
  heard: { stdout: string; stderr: string };
  /** Settles when the output holds the text. */
  says(text: string): Promise<void>;
  /** Nobody reads its output any more. */
  deaf(): void;
  kill(signal: NodeJS.Signals): boolean;
  ended: Promise<Ended>;
};

/** A command that goes on by itself; killed when the test is over. */
export const launched = (args: readonly string[], env: Env = {}) => {
  const { child, heard, ended } = launch(args, env);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (heard.stdout.includes(text) || heard.stderr.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      void ended.then((how) => reject(new Error(`ended before it said ${text}: ${JSON.stringify(how)}`)));
      look();
    });
  return { child, heard, ended, says };
};

/** `nines serve` on a free port, up; killed when the test is over. */
export const serve = async (args: readonly string[], env: Env = {}): Promise<Serving> => {
  const { child, heard, ended, says } = launched(['serve', '--port', '0', ...args], env);
  await says('Nines at ');
  const url = /Nines at (\S+)/.exec(heard.stdout)?.[1] ?? '';
  return {
    url,
    port: new URL(url).port,
    pid: child.pid ?? 0,
    heard,
    says,
    deaf: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
};

/** A folder of its own with these files, removed when the test is over. */
export const folderWith = (files: Record<string, string | Uint8Array> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

/** A port that something else listens on. */
export const takenPort = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      onTestFinished(() => void server.close());
      resolve(String((server.address() as { port: number }).port));
    });
  });

/** A port on which nobody listens. */
export const deadPort = (): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(String(port)));
    });
  });

/** Lines that only a stack trace has. */
export const stackIn = (text: string): string[] =>
  text.split('\n').filter((line) => /^\s+at |node:internal|^Node\.js v/.test(line));
