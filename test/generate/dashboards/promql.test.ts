import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queriesOf } from '../../../src/generate/dashboards/queries.ts';
import { hasPromtool } from '../../metrics/promtool.ts';
import { catalogOfShop, dashboardsOf } from './catalog.ts';

const all = dashboardsOf(catalogOfShop());

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

const plain = (expr: string): string => filled(expr).replace(/^label_values\((.*), \w+\)$/, '$1');

/** What promtool, the parser and type checker of Prometheus, objects to. */
const objections = (exprs: readonly string[]): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nines-promql-'));
  try {
    const path = join(directory, 'rules.json');
    const rules = exprs.map((expr, index) => ({ record: `query:number${index}:of`, expr }));
    // YAML holds JSON.
    writeFileSync(path, JSON.stringify({ groups: [{ name: 'queries', rules }] }));
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', path], { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const canCheck = hasPromtool || process.env['CI'] === 'true';
if (!canCheck) console.warn('queries of dashboards are not checked: promtool (Debian: prometheus) is not installed');

describe.runIf(canCheck)('queries of dashboards', () => {
  it.each([...all])('of %s are PromQL of the right types', (_, dashboard) => {
    const exprs = queriesOf(dashboard).map(({ expr }) => plain(expr));
    expect(exprs.length).toBeGreaterThan(5);
    expect(objections(exprs)).toBe('');
  });

  it('are refused when a range is asked of a sum', () => {
    expect(objections([plain('sum(rate(a_total{slo="$slo"}[5m]))[$__rate_interval]')])).not.toBe('');
  });
});

describe('what is asked', () => {
  it('names every query with its kind and its variables', () => {
    const queries = queriesOf(all.get('dashboards/nines-slo-detail.json')!);
    expect(queries.find(({ from }) => from === 'Budget left')).toEqual({
      from: 'Budget left',
      panel: expect.any(Number),
      refId: 'A',
      expr: 'min by (system, environment, service, slo) (nines:error_budget:remaining_ratio{system="$system",environment="$environment",service="$service",slo="$slo"})',
      kind: 'instant',
      variables: ['system', 'environment', 'service', 'slo'],
    });
    expect(queries.filter(({ kind }) => kind === 'label_values').map(({ from }) => from)).toEqual([
      'system',
      'environment',
      'service',
      'slo',
    ]);
  });
});
