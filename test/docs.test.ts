import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/cli/table.ts';
import { ERROR_CODES } from '../src/errors.ts';
import { METRICS, READING_METRICS } from '../src/names.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

describe('documents', () => {
  it('describe every error code, and no code that does not exist', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual([...ERROR_CODES].toSorted());
  });

  it('describe every metric, and no metric that does not exist', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual(
      [
        ...Object.values(METRICS),
        ...Object.values(READING_METRICS).flatMap((one) => Object.values(one).map(([name]) => name)),
      ].toSorted(),
    );
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'docs/security.md'])('%s names only files that exist', (file) => {
    const paths = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const base = file.includes('/') ? 'docs/' : '';
    expect(paths.filter((path) => !existsSync(base + path))).toEqual([]);
  });

  it('docs/probing.md has a row for each of the 21 traps, and names only tests that exist', () => {
    const rows = [...read('docs/probing.md').matchAll(/^\| (\d+)\. .* \|([^|]*)\|$/gm)];
    expect(rows.map(([, trap]) => Number(trap))).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    const testsOf = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
    expect(rows.flatMap(([, , cell]) => testsOf(cell)).filter((file) => !existsSync(file))).toEqual([]);
    expect(rows.filter(([, , cell]) => testsOf(cell).length === 0)).toEqual([]);
  });

  it('README names every command', () => {
    const readme = read('README.md');
    expect(Object.keys(commands).filter((name) => !readme.includes(`nines ${name}`))).toEqual([]);
  });
});
