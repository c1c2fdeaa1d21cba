import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/cli/table.ts';
import { ERROR_CODES } from '../src/errors.ts';
import { METRICS } from '../src/names.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

describe('documents', () => {
  it('describe every error code, and no code that does not exist', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual([...ERROR_CODES].toSorted());
  });

  it('describe every metric, and no metric that does not exist', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual(Object.values(METRICS).toSorted());
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/security.md'])('%s names only files that exist', (file) => {
    const paths = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const base = file.includes('/') ? 'docs/' : '';
    expect(paths.filter((path) => !existsSync(base + path))).toEqual([]);
  });

  it('README names every command', () => {
    const readme = read('README.md');
    expect(Object.keys(commands).filter((name) => !readme.includes(`nines ${name}`))).toEqual([]);
  });
});
