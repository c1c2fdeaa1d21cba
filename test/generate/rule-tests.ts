import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Catalog } from '../../src/definition/catalog.ts';
import { DEFAULT_OPTIONS, textOf } from '../../src/generate/file.ts';
import type { GeneratedFile } from '../../src/generate/file.ts';
import { ruleFiles } from '../../src/generate/rules/index.ts';
import { ruleTestFiles } from '../../src/generate/rule-tests/index.ts';

export type Rule = { record?: string; alert?: string; expr: string; for?: string; labels: Record<string, string> };
export type Rules = { groups: { name: string; rules: Rule[] }[] };
export type Test = { name: string; promql_expr_test: { expr: string; eval_time: string }[] };
export type Tests = { rule_files: string[]; evaluation_interval: string; tests: Test[] };

const textsOf = (files: Iterable<GeneratedFile>, system: string): string[] =>
  [...files].filter(({ owner }) => owner === system).map(textOf);

/** One system's rules and its files of tests, as they are generated. */
export const generated = (catalog: Catalog, system: string): { rules: Rules; tests: Tests[]; texts: string[] } => {
  const groups = textsOf(ruleFiles(catalog, DEFAULT_OPTIONS), system).flatMap((text) => (load(text) as Rules).groups);
  const texts = textsOf(ruleTestFiles(catalog, DEFAULT_OPTIONS), system);
  return { rules: { groups }, tests: texts.map((text) => load(text) as Tests), texts };
};

/** What `promtool test rules` says against these rules; empty when all holds. */
export const promtool = async (rules: Rules, tests: Tests): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-rule-tests-'));
  try {
    // JSON is YAML. As the files are: the tests of fast groups load those alone.
    const isFast = tests.rule_files.length === 1;
    const groups = rules.groups.filter(({ name }) => !isFast || !name.endsWith('-slow'));
    writeFileSync(join(folder, 'all.rules.yml'), JSON.stringify({ groups }));
    writeFileSync(join(folder, 'all.test.yml'), JSON.stringify({ ...tests, rule_files: ['all.rules.yml'] }));
    const child = spawn('promtool', ['test', 'rules', 'all.test.yml'], { cwd: folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
    const [code] = (await once(child, 'close')) as [number];
    return code === 0 ? '' : said;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
