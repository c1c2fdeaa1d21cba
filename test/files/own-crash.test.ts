import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GeneratedFile } from '../../src/generate/file.ts';
import { writeOwned } from '../../src/files/own.ts';
import { ALL, emptyFolder, treeOf } from './owned.ts';

type Texts = Readonly<Record<string, string>>;

const child = (dir: string, texts: Texts, step: number): Promise<{ signal: string | null; said: string }> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, 'own-child.ts');
    const running = spawn(process.execPath, [script, dir, JSON.stringify(texts), String(step)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    running.once('close', (_code, signal) => resolve({ signal, said }));
  });

const write = (dir: string, texts: Texts) => {
  const files = Object.entries(texts).map(([path, text]): GeneratedFile => ({
    path,
    owner: path.split('/')[0] ?? '',
    chunks: () => [text],
  }));
  return writeOwned(dir, files, ALL);
};

const FIRST: Texts = { 'nexod/a': 'a1', 'nexod/b': 'b1', 'duru/only': 'c1', 'old/x': 'x1' };
const SECOND: Texts = { 'nexod/a': 'a2', 'nexod/b': 'b1', 'nexod/new/d': 'd2', 'fresh/e': 'e2', 'duru/only': 'c2' };
/** What somebody made of the definitions after the crash. */
const THIRD: Texts = { 'nexod/a': 'a3', 'nexod/b': 'b1', 'old/x': 'x3', 'duru/more': 'm3' };

const cleanTree = async (texts: Texts) => {
  const dir = emptyFolder();
  await write(dir, texts);
  return treeOf(dir);
};

describe('a run that is killed with -9', () => {
  it(
    'before any of its steps is finished by the next one, whatever that one generates',
    { timeout: 300_000 },
    async () => {
      const start = emptyFolder();
      await write(start, FIRST);
      const whole = emptyFolder();
      cpSync(start, whole, { recursive: true });
      const count = Number((await child(whole, SECOND, 0)).said);
      expect(count).toBeGreaterThan(20);
      const clean = { second: await cleanTree(SECOND), third: await cleanTree(THIRD) };
      expect(treeOf(whole)).toEqual(clean.second);
      for (let step = 1; step <= count; step++) {
        const dir = emptyFolder();
        cpSync(start, dir, { recursive: true });
        expect([step, (await child(dir, SECOND, step)).signal]).toEqual([step, 'SIGKILL']);
        const again = emptyFolder();
        cpSync(dir, again, { recursive: true, verbatimSymlinks: true });
        await write(dir, SECOND);
        expect([step, treeOf(dir)]).toEqual([step, clean.second]);
        await write(again, THIRD);
        expect([step, treeOf(again)]).toEqual([step, clean.third]);
      }
    },
  );
});
