import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GeneratedFile } from '../../src/generate/file.ts';
import { writeOwned, type OwnOptions } from '../../src/files/own.ts';

/** A folder of its own, removed when the test is over. */
export const emptyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-owned-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Files by path → text, as if they were generated; `owner/…` after an `@`: `alerts/a.yml@nexod`. */
export const generated = (texts: Readonly<Record<string, string>>): GeneratedFile[] =>
  Object.entries(texts).map(([name, text]) => {
    const [path = '', owner = 'duru-notes'] = name.split('@');
    return { path, owner, chunks: () => text.split(/(?<=\n)/) };
  });

export const ALL: OwnOptions = { inScope: () => true, adopt: false };

export const write = (dir: string, texts: Readonly<Record<string, string>>, options: Partial<OwnOptions> = {}) =>
  writeOwned(dir, generated(texts), { ...ALL, ...options });

/** Every file below a folder with its text; a folder that is empty with null, a link with where it leads. */
export const treeOf = (dir: string): Record<string, string | null> => {
  const tree: Record<string, string | null> = {};
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const stat = lstatSync(join(dir, name));
    if (stat.isFile()) tree[name] = readFileSync(join(dir, name), 'utf8');
    else if (stat.isSymbolicLink()) tree[name] = 'link';
    else if (readdirSync(join(dir, name)).length === 0) tree[name] = null;
  }
  return tree;
};
