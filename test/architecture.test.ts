import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const CORE = new Set(['slo', 'alert', 'incident', 'promql', 'definition', 'generate']);
const WORKERS = ['probe/thread.ts', 'store/sqlite-thread.ts', 'store/verify-thread.ts', 'files/load-thread.ts'];
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

type Rule = { ours: string[]; packages: string[] };

const rules = new Map<string, Rule>();
for (const line of readFileSync('docs/architecture.md', 'utf8').split('\n')) {
  const [, folder, ours, packages] = line.split('|').map((cell) => cell.trim());
  if (!folder?.startsWith('`') || ours === undefined) continue;
  const words = (cell = ''): string[] => cell.replaceAll('`', '').split(/\s+/).filter(Boolean);
  for (const name of words(folder)) rules.set(name, { ours: words(ours), packages: words(packages) });
}

const everything = readdirSync('src', { recursive: true, encoding: 'utf8' });
const files = everything.filter((file) => file.endsWith('.ts'));
const text = (file: string): string => readFileSync(join('src', file), 'utf8');
const homeOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, ''));
const importsOf = (file: string): string[] =>
  [...text(file).matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
const targetOf = (file: string, specifier: string): string => normalize(join(dirname(file), specifier));
const matches = (allowed: string, name: string): boolean =>
  allowed === '*' || allowed === name || (allowed.endsWith('*') && name.startsWith(allowed.slice(0, -1)));

const mistakesOf = (file: string): string[] => {
  const rule = rules.get(homeOf(file));
  if (!rule) return [`${file} lies in a folder that the table does not name`];
  return importsOf(file)
    .filter((specifier) => {
      if (!specifier.startsWith('.')) {
        const name = specifier.startsWith('@')
          ? specifier.split('/').slice(0, 2).join('/')
          : specifier.startsWith('node:')
            ? specifier
            : (specifier.split('/')[0] ?? '');
        return !rule.packages.some((allowed) => matches(allowed, name));
      }
      const target = targetOf(file, specifier).replace(/\.ts$/, '');
      return !rule.ours.some((allowed) => matches(allowed, homeOf(`${target}.ts`)) || allowed === target);
    })
    .map((specifier) => `${file} imports ${specifier}`);
};

const reach = (file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const specifier of importsOf(file))
    if (specifier.startsWith('.') && specifier.endsWith('.ts')) reach(targetOf(file, specifier), seen);
  return seen;
};

describe('architecture', () => {
  it('has a table for every folder', () => expect(rules.size).toBeGreaterThan(15));

  it('imports only what the table of docs/architecture.md allows', () => expect(files.flatMap(mistakesOf)).toEqual([]));

  it('keeps clock, randomness, timers and process out of the core', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.|\bperformance\./;
    expect(files.filter((file) => CORE.has(homeOf(file)) && forbidden.test(text(file)))).toEqual([]);
  });

  it('lets only main.ts and the command line read the environment', () => {
    expect(files.filter((file) => /\bprocess\.env\b/.test(text(file)) && file !== 'main.ts')).toEqual([]);
  });

  it('lets only the clock tell the time', () => {
    const timed = files.filter((file) => file !== 'clock.ts' && homeOf(file) !== 'probe' && homeOf(file) !== 'metrics');
    expect(timed.filter((file) => /\bDate\.now\(|\bTemporal\.Now\b/.test(text(file)))).toEqual([]);
  });

  // client/slack.ts hands its own fetch to the vendor's SDK, so that deadlines reach the request.
  it('lets fetch be called in one file only', () => {
    expect(
      files.filter(
        (file) => /(?<![.\w'])fetch\(/.test(text(file)) && !['client/http.ts', 'client/slack.ts'].includes(file),
      ),
    ).toEqual([]);
  });

  it('lets the store name each database in its own files only', () => {
    const strays = (own: string, packages: RegExp): string[] =>
      files.filter(
        (file) => file.startsWith('store/') && !file.startsWith(`store/${own}`) && packages.test(text(file)),
      );
    expect(strays('sqlite', /from 'node:sqlite'/)).toEqual([]);
    expect(strays('postgres', /from 'pg'/)).toEqual([]);
    // Whoever keeps a directory never loads pg.
    expect(importsOf('store/open.ts')).toContain('./postgres.ts');
    expect(text('store/open.ts')).not.toMatch(/from '\.\/postgres/);
  });

  it('keeps app, engine and http out of the worker threads', () => {
    for (const worker of WORKERS)
      expect([...reach(worker)].filter((file) => ['app', 'engine', 'http'].includes(homeOf(file)))).toEqual([]);
  });

  it('has no file over 350 lines, in source and tests', () => {
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join('test', file));
    const written = everything.filter((file) => /\.(?:ts|js|css)$/.test(file)).map((file) => join('src', file));
    const long = [...written, ...tests].filter((file) => readFileSync(file, 'utf8').split('\n').length > 351);
    expect(long).toEqual([]);
  });

  it('is written in TypeScript that node can strip: the compiler refuses all else', () => {
    expect(readFileSync('tsconfig.json', 'utf8')).toMatch(/^\s*"erasableSyntaxOnly": true,$/m);
  });

  it('has no attic: no utils, helpers, common, manager or service files', () => {
    expect(files.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|manager|service)\b/.test(file))).toEqual([]);
  });
});
