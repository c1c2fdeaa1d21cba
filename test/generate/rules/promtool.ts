import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { DEFAULT_OPTIONS, textOf } from '../../../src/generate/file.ts';
import { ruleFiles } from '../../../src/generate/rules/index.ts';

/** Where continuous integration runs it must be there; elsewhere its tests are shown as skipped. */
export const isMissing = spawnSync('promtool', ['--version']).status !== 0 && process.env['CI'] !== 'true';

const inFolder = <T>(catalog: Catalog, run: (folder: string, names: readonly string[]) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-rules-'));
  try {
    const names = [...ruleFiles(catalog, DEFAULT_OPTIONS)].map((file) => {
      const name = file.path.replace('alerts/', '');
      writeFileSync(join(folder, name), textOf(file));
      return name;
    });
    return run(folder, names);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const said = (folder: string, args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
};

/** What `promtool check rules` objects to, lint and all; empty when nothing. */
export const objections = (catalog: Catalog): string =>
  inFolder(catalog, (folder, names) => said(folder, ['check', 'rules', '--lint=all', '--lint-fatal', ...names]));

/** `values` as promtool writes them (`0+10x100`), one every `interval`. `expect` are queries that must answer exactly this. */
export type Story = {
  interval: string;
  series: Readonly<Record<string, string>>;
  expect: readonly { at: string; query: string; is: readonly (readonly [labels: string, value: number])[] }[];
  alerts?: readonly object[];
};

/** What promtool found otherwise than the story tells; empty when all is as told. */
export const failures = (catalog: Catalog, { interval, series, expect, alerts = [] }: Story): string =>
  inFolder(catalog, (folder, names) => {
    const test = {
      interval,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: expect.map(({ at, query, is }) => ({
        expr: query,
        eval_time: at,
        exp_samples: is.map(([labels, value]) => ({ labels, value })),
      })),
      alert_rule_test: alerts,
    };
    const text = JSON.stringify({ rule_files: names, evaluation_interval: interval, tests: [test] });
    writeFileSync(join(folder, 'test.yml'), text);
    return said(folder, ['test', 'rules', 'test.yml']);
  });
