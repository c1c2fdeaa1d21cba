import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askPrometheus } from '../../src/cli/live-answers.ts';
import { createPrometheus } from '../../src/client/prometheus.ts';
import type { Catalog } from '../../src/definition/catalog.ts';
import { load } from '../../src/definition/load.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { exitCodeOf, liveCheck, type LiveReport } from '../../src/generate/live-check.ts';
import { planOf } from '../../src/generate/live/plan.ts';
import type { RuleGroup } from '../../src/generate/rule.ts';
import { ruleFiles, ruleGroupsOf, selfRuleGroups } from '../../src/generate/rules/index.ts';
import { written } from '../generate/catalogs.ts';
import { pulled } from '../harness/pulled.ts';
import { startPast, writeBlocks, type Past, type PastSeries, type Point } from './past.ts';
import { isMissing, launchPrometheus } from './prometheus.ts';

const END = Math.floor(Date.now() / MINUTE) * MINUTE;
const SCRAPE = 15 * SECOND;
const URL = 'http://prometheus.example.org';

const catalogOf = (files: Readonly<Record<string, string>>): Catalog => {
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }));
  const { catalog, problems } = load(texts, { profile: 'production', lookup: () => undefined });
  if (!catalog) throw new Error(JSON.stringify(problems));
  return catalog;
};
const groupsOf = (catalog: Catalog): readonly RuleGroup[] => [
  ...ruleGroupsOf(catalog, 'shop'),
  ...selfRuleGroups(catalog),
];

/** The report on what a server holds at an instant. */
const ask = async (catalog: Catalog, url: string, now: number, days = 0): Promise<LiveReport> => {
  const address = { url, token: null, tenant: null, headers: {}, timeoutMs: 20_000, userAgent: 'nines/test' };
  const client = createPrometheus(address, () => now);
  const groups = groupsOf(catalog);
  const plan = planOf(catalog, groups);
  return liveCheck(catalog, groups, plan, await askPrometheus({ client, now, days, progress: () => {} }, plan));
};

const series = (
  name: string,
  labels: Record<string, string>,
  {
    forMs = 20 * MINUTE,
    value = (at: number) => (at - END + DAY) / SECOND,
  }: Partial<{ forMs: number; value: (at: number) => number }> = {},
): PastSeries => {
  const points: Point[] = [];
  for (let at = END - forMs; at <= END; at += SCRAPE) points.push([at, value(at)]);
  return { name, labels, points };
};

const REQUESTS = ['200', '503'].flatMap((code) =>
  ['a', 'b'].map((instance) => series('http_requests_total', { job: 'api', code, instance })),
);
const BUCKETS = ['0.1', '0.4', '1.0', '2.5', '+Inf'].map((le) => series('http_seconds_bucket', { job: 'api', le }));
const COUNT = series('http_seconds_count', { job: 'api' });

/** All that Nines itself would export for these rules, and the job by which it is scraped. */
const ofNines = (catalog: Catalog): PastSeries[] =>
  planOf(catalog, groupsOf(catalog)).inputs.flatMap(({ metric, matchers, isRecorded }) =>
    !isRecorded && metric !== null && /^(?:nines_|up$)/.test(metric)
      ? [series(metric, Object.fromEntries(matchers.map(({ name, value }) => [name, value])))]
      : [],
  );

describe.skipIf(isMissing)('a real Prometheus that is to serve the rules', () => {
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  const serve = async (raw: readonly PastSeries[], rules: ReadonlyMap<string, string>, flags: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'nines-live-check-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    for (const sub of ['data', 'alerts']) mkdirSync(join(folder, sub));
    for (const [path, text] of rules) writeFileSync(join(folder, path), text);
    writeBlocks(folder, raw);
    const { url, stop } = await launchPrometheus(folder, 'rule_files: [alerts/*.yml]\n', flags);
    ends.push(stop);
    return url;
  };
  const LONG = ['--storage.tsdb.retention.time=40d'];
  // They were loaded just now, and have recorded nothing yet.
  const besides = ({ findings }: LiveReport) =>
    findings.filter(({ kind }) => kind !== 'not-recorded' && kind !== 'no-series');

  it('is found fit with the rules loaded and all there that they read', async () => {
    const catalog = catalogOf(pulled(URL));
    const url = await serve([...REQUESTS, ...ofNines(catalog)], written(ruleFiles, catalog), LONG);
    const report = await ask(catalog, url, END);
    expect(besides(report)).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
    const count = groupsOf(catalog).length;
    expect(report.rules).toEqual({ generated: count, loaded: count, same: count });
    expect(report.inputs.find(({ selector }) => selector === 'http_requests_total')).toMatchObject({ series: 4 });
    // Twenty samples of four series in 5 min, and a quarter of that again for errors.
    const total = report.costs.find(({ where }) => where.endsWith('availability-fast: nines:sli_total:rate5m'));
    expect(total?.samples).toBeGreaterThanOrEqual(76);
    expect(total?.samples).toBeLessThanOrEqual(84);
  });

  it('with the rules of an older generation, each difference is named', async () => {
    const catalog = catalogOf(pulled(URL));
    const files = pulled(URL);
    const older = catalogOf({
      ...files,
      'shop.yaml': `${files['shop.yaml']!.replace('99.9', '99.5')}      - id: gone
        name: Gone
        objective: 99
        window: 7d
        indicator: { kind: probe, probes: [health] }
`,
    });
    const url = await serve([...REQUESTS, ...ofNines(catalog)], written(ruleFiles, older), LONG);
    const report = await ask(catalog, url, END);
    expect(besides(report).map(({ kind, where }) => [kind, where])).toEqual([
      ['rules-different', 'nines-checkout-availability-fast'],
      ['rules-different', 'nines-checkout-availability-slow'],
      ['rules-left-over', 'nines-checkout-gone-fast'],
      ['rules-left-over', 'nines-checkout-gone-slow'],
    ]);
    expect(report.findings.find(({ where }) => where.endsWith('availability-slow'))?.text).toMatch(
      /other than generated: nines:objective:ratio \(expr\), /,
    );
    expect(exitCodeOf(report)).toBe(2);
  });

  it('without the metric, with its default retention and without rules, says so', async () => {
    const catalog = catalogOf(pulled(URL));
    const url = await serve(ofNines(catalog), new Map(), []);
    const report = await ask(catalog, url, END);
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toMatchObject([
      { kind: 'retention', text: expect.stringMatching(/kept for 15 d, .*30 days: .*=40d\.$/) as unknown },
      { kind: 'no-series', where: 'http_requests_total' },
      { kind: 'rules-missing' },
    ]);
    expect(exitCodeOf(report)).toBe(1);
  });

  it('names the matcher that shuts all series out, and labels that they lack', async () => {
    const indicator = `{ kind: promql, connector: metrics, errors: 'http_requests_total{code=~"5.."}', total: 'http_requests_total{job="app"}', groupBy: [region] }`;
    const catalog = catalogOf(pulled(URL, indicator));
    const url = await serve([...REQUESTS, ...ofNines(catalog)], new Map(), LONG);
    const found = (await ask(catalog, url, END)).findings.filter(({ severity }) => severity === 'error');
    expect(found.map(({ kind, text }) => `${kind} ${text}`).toSorted()).toEqual([
      'labels None of its series has the label region, by which it is grouped.',
      'no-match None of the 4 series of that name matches: job is one of api.',
    ]);
  });

  it.each([
    ['0.7s', [/no bucket that ends at 0\.7 s; the nearest end at 0\.4 and 1\.0\./]],
    ['1s', []],
  ])('a threshold of %s beside buckets at 0.4 and 1.0', async (threshold, texts) => {
    const indicator = `{ kind: promql, connector: metrics, histogram: 'http_seconds{job="api"}', threshold: ${threshold} }`;
    const catalog = catalogOf(pulled(URL, indicator));
    const url = await serve([...BUCKETS, COUNT, ...ofNines(catalog)], written(ruleFiles, catalog), LONG);
    const report = await ask(catalog, url, END);
    expect(besides(report).map(({ kind }) => kind)).toEqual(texts.map(() => 'threshold'));
    for (const [at, text] of texts.entries()) expect(besides(report)[at]?.text).toMatch(text);
    expect(exitCodeOf(report)).toBe(texts.length);
  });

  it.each([
    [2, ['gauge']],
    [1, []],
  ])('a gauge that was %d an hour ago', async (most, kinds) => {
    const catalog = catalogOf(pulled(URL, '{ kind: promql, connector: metrics, gauge: healthy }'));
    const value = (at: number): number => (at < END - HOUR ? most : 0);
    const gauge = series('healthy', { job: 'api' }, { forMs: 2 * HOUR, value });
    const url = await serve([gauge, ...ofNines(catalog)], written(ruleFiles, catalog), LONG);
    const report = await ask(catalog, url, END);
    expect(besides(report).map(({ kind }) => kind)).toEqual(kinds);
    for (const { text } of besides(report)) expect(text).toMatch(/^Its values went from 0 to 2 in the last day/);
  });
});

describe.skipIf(isMissing)('alerts in the past of a real Prometheus', () => {
  const BEGIN = END - DAY;
  const catalog = catalogOf(pulled(URL));
  const outages = [END - 15 * HOUR, END - 6 * HOUR];
  const isOut = (at: number): boolean => outages.some((begin) => at > begin && at <= begin + 20 * MINUTE);
  let past: Past;
  beforeAll(async () => {
    let [good, bad] = [0, 0];
    const points: [Point[], Point[]] = [[], []];
    for (let at = BEGIN; at <= END; at += SCRAPE) {
      if (isOut(at)) bad += 50;
      else good += 100;
      points[0].push([at, good]);
      points[1].push([at, bad]);
    }
    past = await startPast({
      raw: ['200', '503'].map((code, at) => ({
        name: 'http_requests_total',
        labels: { code },
        points: points[at] ?? [],
      })),
      groups: ruleGroupsOf(catalog, 'shop').toArray(),
      from: BEGIN,
      to: END,
    });
  }, 120_000);
  afterAll(() => past?.stop());

  it('are counted as often as they would have fired', async () => {
    const { alerts, findings } = await ask(catalog, past.url, END, 1);
    const times = (end: string): number | undefined => alerts.find(({ where }) => where.endsWith(end))?.times;
    expect(times('ErrorBudgetBurn page-fast')).toBe(2);
    expect(times('SliNoData')).toBe(0);
    expect(times('SliNoTraffic')).toBe(0);
    expect(findings.filter(({ kind }) => kind === 'alert-noisy')).toEqual([]);
    // Before its first sample there was nothing to judge.
    const longer = await ask(catalog, past.url, END, 7);
    expect(longer.alerts.find(({ where }) => where.endsWith('SliNoData'))).toMatchObject({ times: 0 });
  });
});
