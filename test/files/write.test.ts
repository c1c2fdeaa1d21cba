import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../src/files/write.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-write-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a file is replaced whole, its folders are made, and nothing else is left', async () => {
  const path = join(dir, 'deep', 'er', 'a.txt');
  await writeAtomically(path, 'old');
  await writeAtomically(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(join(dir, 'deep', 'er'))).toEqual(['a.txt']);
});

test('a reader sees the old text or the new one, never a part', async () => {
  const path = join(dir, 'a.txt');
  const texts = ['a'.repeat(200_000), 'b'.repeat(200_000)];
  await writeAtomically(path, texts[0] ?? '');
  const seen = new Set<string>();
  for (let round = 1; round <= 20; round++) {
    const writing = writeAtomically(path, texts[round % 2] ?? '');
    const reads = await Promise.all([readFile(path, 'utf8'), readFile(path, 'utf8'), writing]);
    seen.add(reads[0]).add(reads[1]);
  }
  expect([...seen].toSorted()).toEqual(texts);
});

test('a failed write keeps the old file and leaves no temporary one', async () => {
  await mkdir(join(dir, 'a.txt'));
  await writeFile(join(dir, 'a.txt', 'inside'), '');
  await expect(writeAtomically(join(dir, 'a.txt'), 'text')).rejects.toMatchObject({
    code: expect.stringMatching(/^E/),
  });
  expect(await readdir(dir)).toEqual(['a.txt']);
});
