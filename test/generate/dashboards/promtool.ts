import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasPromtool } from '../../metrics/promtool.ts';

export const canCheck = hasPromtool || process.env['CI'] === 'true';
if (!canCheck) console.warn('queries of dashboards are not checked: promtool (Debian: prometheus) is not installed');

const STAND_INS: Readonly<Record<string, string>> = {
  __rate_interval: '1m',
  __interval: '1m',
  __interval_ms: '60000',
  __range: '7d',
  __range_s: '604800',
};

/** As Grafana fills in what the reader picked. */
const filled = (expr: string): string =>
  expr.replaceAll(/\$\{?([A-Za-z_]\w*)\}?/g, (_, name: string) => STAND_INS[name] ?? 'x');

/** As Prometheus is asked. */
export const plain = (expr: string): string => filled(expr).replace(/^label_values\((.*), \w+\)$/, '$1');

const promtool = (command: 'check' | 'test', document: object): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nines-promql-'));
  try {
    const path = join(directory, 'rules.json');
    // YAML holds JSON.
    writeFileSync(path, JSON.stringify(document));
    const { status, stdout, stderr } = spawnSync('promtool', [command, 'rules', path], { encoding: 'utf8' });
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** What promtool, the parser and type checker of Prometheus, objects to. */
export const objections = (exprs: readonly string[]): string => {
  const rules = exprs.map((expr, index) => ({ record: `query:number${index}:of`, expr }));
  return promtool('check', { groups: [{ name: 'queries', rules }] });
};

export type Series = { series: string; values: string };

/** One sample without labels, one for each of these, or none. */
type Answer = readonly [expr: string, value: number | null | Readonly<Record<string, number>>];

const samplesOf = (value: Answer[1]) =>
  value === null
    ? []
    : typeof value === 'number'
      ? [{ labels: '{}', value }]
      : Object.entries(value).map(([labels, one]) => ({ labels, value: one }));

/** Where the engine of Prometheus, given these series for an hour, answers otherwise; empty when nowhere. */
export const differences = (series: readonly Series[], answers: readonly Answer[]): string =>
  promtool('test', {
    rule_files: [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series,
        promql_expr_test: answers.map(([expr, value]) => ({
          expr: filled(expr),
          eval_time: '1h',
          exp_samples: samplesOf(value),
        })),
      },
    ],
  });
