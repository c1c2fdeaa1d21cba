import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { exitCodeOf, liveCheck, type LiveAnswers } from '../../src/generate/live-check.ts';
import type { CostAnswer } from '../../src/generate/live/cost.ts';
import type { Finding } from '../../src/generate/live/finding.ts';
import { episodesOf, type FiringAnswer } from '../../src/generate/live/firings.ts';
import type { InputAnswer } from '../../src/generate/live/inputs.ts';
import type { LoadedGroup, LoadedRule } from '../../src/generate/live/loaded.ts';
import { nameOf, planOf } from '../../src/generate/live/plan.ts';
import { isAlert, type RuleGroup } from '../../src/generate/rule.ts';
import { ruleGroupsOf, selfRuleGroups } from '../../src/generate/rules/index.ts';
import { measured } from './rules/catalogs.ts';

const CATALOG = measured();
const GROUPS: readonly RuleGroup[] = [...ruleGroupsOf(CATALOG, 'shop'), ...selfRuleGroups(CATALOG)];
const PLAN = planOf(CATALOG, GROUPS);
const NOW = Date.UTC(2026, 10, 18, 12);

const FINE: InputAnswer = { series: 3, lacking: {}, ofMetric: null, alone: [], type: null, falls: null };
const told = <T>(value: T) => ({ ok: true as const, value });

const loaded: readonly LoadedGroup[] = GROUPS.map(({ name, intervalMs, rules }) => ({
  name,
  file: 'alerts/shop.rules.yml',
  intervalMs,
  tookMs: 12,
  rules: rules.map((rule): LoadedRule => ({
    name: nameOf(rule),
    type: isAlert(rule) ? 'alerting' : 'recording',
    // Prometheus tells an expression as it would write it itself.
    query: rule.expr.replaceAll(/\s+/g, ' '),
    lastError: '',
    labels: Object.fromEntries(Object.entries(rule.labels).toReversed()),
    annotations: isAlert(rule) ? rule.annotations : {},
    forMs: isAlert(rule) ? rule.forMs : 0,
  })),
}));

const changed = (name: string, change: (group: LoadedGroup) => LoadedGroup): LiveAnswers['rules'] =>
  told(loaded.map((group) => (group.name === name ? change(group) : group)));

const cheap: CostAnswer = { ok: true, series: 1, samples: 30 };
const quiet: FiringAnswer = { ok: true, from: NOW - 7 * DAY, to: NOW, stepMs: MINUTE, series: [] };
const alerts = PLAN.rules.filter(({ rule, reads }) => isAlert(rule) && reads.length > 0);

/** A Prometheus with which all is well, but for what a test says. */
const fine = (): LiveAnswers => ({
  settings: {
    runtime: told({ storageRetention: '93d' }),
    flags: told({ 'query.lookback-delta': '5m' }),
    scrapes: 40,
    renamed: null,
  },
  rules: told(loaded),
  inputs: new Map(PLAN.inputs.map(({ selector }) => [selector, told(FINE)])),
  costs: PLAN.rules.map(() => cheap),
  firings: new Map(alerts.map((rule) => [rule, quiet])),
});

const findings = (change: Partial<LiveAnswers>): readonly Finding[] =>
  liveCheck(CATALOG, GROUPS, PLAN, { ...fine(), ...change }).findings;
const report = (change: Partial<LiveAnswers>) => liveCheck(CATALOG, GROUPS, PLAN, { ...fine(), ...change });
const settings = (change: Partial<LiveAnswers['settings']>) =>
  findings({ settings: { ...fine().settings, ...change } });
const input = (fits: (selector: string) => boolean, change: Partial<InputAnswer>): LiveAnswers['inputs'] => {
  const hit = PLAN.inputs.filter(({ selector }) => fits(selector));
  if (hit.length === 0) throw new Error('no input of these rules fits');
  return new Map([...fine().inputs, ...hit.map(({ selector }) => [selector, told({ ...FINE, ...change })] as const)]);
};
const firing = (name: string, answer: FiringAnswer): LiveAnswers['firings'] =>
  new Map(alerts.map((rule) => [rule, rule.where === name ? answer : quiet]));

describe('a Prometheus with which all is well', () => {
  it('is not found fault with', () => {
    const all = report({});
    expect(all.findings).toEqual([]);
    expect(all.rules).toEqual({ generated: GROUPS.length, loaded: GROUPS.length, same: GROUPS.length });
    expect(exitCodeOf(all)).toBe(0);
  });

  it('has every selector of every rule as an input, once', () => {
    const selectors = PLAN.inputs.map(({ selector }) => selector);
    expect(new Set(selectors).size).toBe(selectors.length);
    for (const wanted of ['http_total{code=~"5..",job="shop"}', 'orders_total', 'up{job="shop"}'])
      expect(selectors).toContain(wanted);
    expect(PLAN.inputs.find(({ selector }) => selector === 'orders_total')).toMatchObject({
      by: ['region'],
      isRated: true,
      isRecorded: false,
      isTotal: true,
    });
    expect(PLAN.inputs.find(({ selector }) => selector === 'up{job="shop"}')?.isRated).toBe(false);
  });
});

describe('settings', () => {
  it.each([
    ['runtimeinfo tells the default', { runtime: told({ storageRetention: '15d' }) }, /kept for 15 d/],
    [
      'only flags are told, and none is set',
      { runtime: told({}), flags: told({ 'storage.tsdb.retention.time': '0s', 'storage.tsdb.retention.size': '0B' }) },
      /kept for 15 d/,
    ],
    ['it is a day too short', { runtime: told({ storageRetention: '91d or 5GiB' }) }, /kept for 91 d/],
  ])('samples that are kept too shortly are an error with the flag to set: %s', (_, change, text) => {
    const [first] = settings(change);
    expect(first).toMatchObject({ severity: 'error', kind: 'retention' });
    expect(first?.text).toMatch(text);
    expect(first?.text).toMatch(
      /longest window is 92 days: start Prometheus with --storage\.tsdb\.retention\.time=93d\.$/,
    );
  });

  it.each(['92d', '1y', '14w', '100d or 1TiB', '5GiB'])('%s is no error', (storageRetention) => {
    const found = settings({ runtime: told({ storageRetention }) });
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(found.some(({ text }) => text.includes('iB'))).toBe(storageRetention.includes('iB'));
  });

  it('a server that does not say is a warning', () => {
    const silent = { ok: false as const, text: 'There is no Prometheus API at this address (status 404)' };
    expect(settings({ runtime: silent, flags: silent })).toMatchObject([{ severity: 'warning', kind: 'retention' }]);
  });

  it('a look-back shorter than the slow groups is a warning', () => {
    expect(settings({ flags: told({ 'query.lookback-delta': '2m' }) })).toMatchObject([
      { severity: 'warning', kind: 'look-back', text: expect.stringContaining('It is 2m') as unknown },
    ]);
  });

  it.each([
    [{ scrapes: null }, 'warning', /No job nines is scraped/],
    [{ scrapes: 5 }, 'warning', /about every 2 m/],
    [{ renamed: 12 }, 'error', /honor_labels: true/],
  ] as const)('how Nines is scraped: %j', (change, severity, text) => {
    const [only, ...more] = settings(change);
    expect([only?.severity, only?.kind, more]).toEqual([severity, 'scrape', []]);
    expect(only?.text).toMatch(text);
  });
});

describe('inputs', () => {
  const isTotal = (selector: string): boolean => selector === 'http_total{job="shop"}';
  const isErrors = (selector: string): boolean => selector === 'http_total{code=~"5..",job="shop"}';

  it('a metric that is not there is one error, whatever asks for it', () => {
    const found = findings({ inputs: input((one) => isTotal(one) || isErrors(one), { series: 0, ofMetric: 0 }) });
    expect(found).toMatchObject([{ severity: 'error', kind: 'no-series', where: 'http_total' }]);
    expect(found[0]?.text).toMatch(/2 rule groups \(nines-checkout-errors-fast, nines-checkout-errors-slow\)/);
  });

  it('metrics of Nines that are not there are told together', () => {
    const found = findings({ inputs: input((one) => one.startsWith('nines_'), { series: 0, ofMetric: 0 }) });
    expect(found.map(({ severity, kind }) => [severity, kind])).toEqual([
      ['error', 'no-series'],
      ['info', 'no-series'],
    ]);
    expect(found[0]?.text).toContain('Is Nines running, and is it scraped?');
  });

  it('no series of total matches: an error that names the matcher that shuts them out', () => {
    const alone = [{ label: 'job', values: ['shop-api', 'shop-web'] }];
    const found = findings({ inputs: input(isTotal, { series: 0, ofMetric: 14, alone }) });
    expect(found).toMatchObject([{ severity: 'error', kind: 'no-match', where: 'http_total{job="shop"}' }]);
    expect(found[0]?.text).toBe('None of the 14 series of that name matches: job is one of shop-api, shop-web.');
  });

  it('no series of errors matches: a warning, since they are born with the first', () => {
    const alone = [{ label: 'code', values: ['200'] }];
    const [only] = findings({ inputs: input(isErrors, { series: 0, ofMetric: 14, alone }) });
    expect(only).toMatchObject({ severity: 'warning', kind: 'no-match' });
    expect(only?.text).toMatch(/code is one of 200\. That is right if/);
  });

  it('a threshold that is no boundary of a bucket is an error with the nearest ones', () => {
    const alone = [{ label: 'le', values: ['+Inf', '0.1', '0.4', '1', '2.5'] }];
    const bucket = (one: string): boolean => one.startsWith('http_seconds_bucket');
    const found = findings({ inputs: input(bucket, { series: 0, ofMetric: 60, alone }) });
    expect(found).toMatchObject([{ severity: 'error', kind: 'threshold' }]);
    expect(found[0]?.text).toMatch(/no bucket that ends at 0\.5 s; the nearest end at 0\.4 and 1\./);
  });

  it.each([
    [3, 'error', 'None of its series has the label region, by which it is grouped.'],
    [1, 'warning', '1 of 3 series lack the label region, by which it is grouped: they become a group without it.'],
  ])('%d of 3 series without a grouping label: %s', (count, severity, text) => {
    const found = findings({ inputs: input((one) => one === 'orders_total', { lacking: { region: count } }) });
    expect(found).toEqual([{ severity, kind: 'labels', where: 'orders_total', text }]);
  });

  it.each([
    [{ type: 'gauge' }, /calls it a gauge/],
    [{ falls: 40 }, /fell 40 times in an hour/],
  ])('%j under rate() is a warning', (change, text) => {
    const [only] = findings({ inputs: input((one) => one === 'orders_total', change) });
    expect(only).toMatchObject({ severity: 'warning', kind: 'counter' });
    expect(only?.text).toMatch(text);
  });

  it('warns of more than 5,000 series, and says by which labels to sum them first', () => {
    expect(findings({ inputs: input((one) => one === 'orders_total', { series: 5_000 }) })).toEqual([]);
    const [only] = findings({ inputs: input((one) => one === 'orders_total', { series: 5_001 }) });
    expect(only).toMatchObject({ severity: 'warning', kind: 'cardinality' });
    expect(only?.text).toMatch(/^It is 5,001 series, read in 2 rule groups: record a sum of it by \(region\) first/);
  });

  it('rules that are loaded, have what they read, and record nothing are named', () => {
    const one = 'nines:sli_total:rate5m{environment="production",service="checkout",slo="errors",system="shop"}';
    expect(findings({ inputs: input((selector) => selector === one, { series: 0 }) })).toMatchObject([
      { severity: 'warning', kind: 'not-recorded', where: 'nines-checkout-errors-fast' },
    ]);
  });
});

describe('rules that are loaded', () => {
  const NAME = 'nines-checkout-errors-fast';
  const rules = (change: (rules: readonly LoadedRule[]) => readonly LoadedRule[]) =>
    report({ rules: changed(NAME, (group) => ({ ...group, rules: change(group.rules) })) });

  it('none at all', () => {
    const none = report({ rules: told([]) });
    expect(none.findings).toMatchObject([{ kind: 'rules-missing', text: expect.stringMatching(/^None/) as unknown }]);
    expect(exitCodeOf(none)).toBe(2);
  });

  it('one group is not', () => {
    const found = report({ rules: told(loaded.filter(({ name }) => name !== NAME)) });
    expect(found.findings).toMatchObject([{ kind: 'rules-missing', where: NAME }]);
    expect([found.rules?.same, exitCodeOf(found)]).toEqual([GROUPS.length - 1, 2]);
  });

  it('other expressions, labels, waiting times and texts are named', () => {
    const found = rules(([first, second, ...rest]) => [
      { ...first!, query: first!.query.replace('5m', '10m') },
      { ...second!, labels: { ...second!.labels, team: 'shop' } },
      ...rest.map((one) =>
        one.name === 'SliNoData'
          ? { ...one, forMs: 60_000, annotations: { ...one.annotations, summary: 'Gone.' } }
          : one,
      ),
    ]);
    expect(found.findings).toMatchObject([{ severity: 'warning', kind: 'rules-different', where: NAME }]);
    expect(found.findings[0]?.text).toBe(
      'In alerts/shop.rules.yml: other than generated: nines:sli_errors:rate5m (expr), nines:sli_total:rate5m (labels), SliNoData (for, annotations).',
    );
    expect(exitCodeOf(found)).toBe(2);
  });

  it('a rule that is missing, and one that is no longer generated', () => {
    const found = rules(([first, ...rest]) => [...rest, { ...first!, name: 'nines:sli_errors:rate6m' }]);
    expect(found.findings[0]?.text).toMatch(
      /it lacks nines:sli_errors:rate5m; no longer generated: nines:sli_errors:rate6m\.$/,
    );
  });

  it('another interval', () => {
    const [only] = findings({ rules: changed(NAME, (group) => ({ ...group, intervalMs: MINUTE })) });
    expect(only?.text).toMatch(/its interval is 1 m, not 30 s/);
  });

  it('groups of an older generation, and groups that are loaded twice', () => {
    const old = { ...loaded[0]!, name: 'nines-checkout-gone-fast', file: 'alerts/old.rules.yml' };
    const twice = { ...loaded[0]!, file: 'alerts/copy.rules.yml' };
    const found = report({ rules: told([...loaded, old, twice, { ...old, name: 'node-exporter' }]) });
    expect(found.findings.map(({ kind, where }) => [kind, where])).toEqual([
      ['rules-left-over', twice.name],
      ['rules-left-over', old.name],
    ]);
    expect(found.findings[0]?.text).toMatch(/second time/);
    expect(exitCodeOf(found)).toBe(2);
  });

  it('what cannot be evaluated is an error, and wins over differences', () => {
    const found = rules(([first, ...rest]) => [
      { ...first!, query: 'sum(other)', lastError: 'query timed out in expression evaluation' },
      ...rest,
    ]);
    expect(found.findings[0]).toMatchObject({ severity: 'error', kind: 'rule-failing', where: NAME });
    expect(exitCodeOf(found)).toBe(1);
  });

  it('a group that takes longer than its interval is a warning', () => {
    expect(findings({ rules: changed(NAME, (group) => ({ ...group, tookMs: 31_000 })) })).toMatchObject([
      { severity: 'warning', kind: 'group-slow', where: NAME },
    ]);
  });

  it('a server that does not tell them is a warning', () => {
    const found = report({ rules: { ok: false, text: 'It cannot answer' } });
    expect(found.findings).toMatchObject([{ severity: 'warning', kind: 'not-told', where: 'rules' }]);
    expect([found.rules, exitCodeOf(found)]).toEqual([null, 0]);
  });
});

describe('cost', () => {
  it('is samples per second by the interval of the group, the dearest first', () => {
    const costs = PLAN.rules.map(({ where }): CostAnswer =>
      where === 'nines-checkout-errors-slow: nines:sli_error:ratio_window'
        ? { ok: true, series: 1, samples: 17_280 }
        : { ok: true, series: 1, samples: 60 },
    );
    const { costs: told, samplesPerSecond } = report({ costs });
    expect(told[0]).toMatchObject({ samples: 17_280, intervalMs: 5 * MINUTE, samplesPerSecond: 57.6 });
    const fast = PLAN.rules.filter(({ intervalMs }) => intervalMs < MINUTE).length;
    expect(samplesPerSecond).toBeCloseTo(fast * 2 + (PLAN.rules.length - fast - 1) * 0.2 + 57.6, 6);
  });

  it('a rule that the server refuses is an error; one that it does not finish, a warning', () => {
    const [first, second] = PLAN.rules;
    const costs = fine().costs.with(0, { ok: false, isRefused: true, text: 'unknown function' });
    expect(findings({ costs })).toMatchObject([{ severity: 'error', kind: 'rule-refused', where: first?.where }]);
    const late = fine().costs.with(1, { ok: false, isRefused: false, text: 'No answer within 30 s' });
    const [only] = findings({ costs: late });
    expect(only).toMatchObject({ severity: 'warning', kind: 'not-told', where: 'cost' });
    expect(only?.text).toContain(second?.where);
  });

  it('is unknown where the server does not count', () => {
    const found = report({ costs: PLAN.rules.map(() => ({ ok: true, series: 1, samples: null })) });
    expect(found.findings).toMatchObject([{ severity: 'info', kind: 'not-told', where: 'cost' }]);
    expect(found.costs).toEqual([]);
  });
});

describe('how often alerts would have fired', () => {
  const WHERE = 'nines-checkout-errors-fast: ErrorBudgetBurn page-fast';
  const every = (stepMs: number, count: number, from = NOW - DAY): number[] =>
    Array.from({ length: count }, (_, index) => from + index * stepMs);

  it.each([
    ['nothing', [], 0, { times: 0, firingMs: 0 }],
    ['an instant', every(MINUTE, 1), 0, { times: 1, firingMs: MINUTE }],
    ['a run', every(MINUTE, 10), 0, { times: 1, firingMs: 10 * MINUTE }],
    ['two runs', [...every(MINUTE, 3), ...every(MINUTE, 2, NOW)], 0, { times: 2, firingMs: 5 * MINUTE }],
    ['a run as long as it waits', every(MINUTE, 6), 5 * MINUTE, { times: 1, firingMs: MINUTE }],
    ['a run that is over before', every(MINUTE, 5), 5 * MINUTE, { times: 0, firingMs: 0 }],
  ])('%s', (_, instants, forMs, expected) => {
    expect(episodesOf(instants, MINUTE, forMs)).toEqual(expected);
  });

  it('counts all series of an alert, and warns above two a day', () => {
    const times = (count: number): FiringAnswer => ({ ...quiet, series: [every(HOUR, count - 1), every(HOUR, 1)] });
    const often = report({ firings: firing(WHERE, times(15)) });
    expect(often.alerts[0]).toMatchObject({ where: WHERE, alert: 'ErrorBudgetBurn', times: 15, severity: 'critical' });
    expect(often.findings).toMatchObject([{ severity: 'warning', kind: 'alert-noisy', where: WHERE }]);
    expect(often.findings[0]?.text).toMatch(/15 times in 7 days \(2\.14 a day\)/);
    expect(findings({ firings: firing(WHERE, times(14)) })).toEqual([]);
  });

  it('a few hours of past do not make a day of it', () => {
    const short = { ...quiet, from: NOW - HOUR, series: [every(2 * MINUTE, 2)] };
    expect(findings({ firings: firing(WHERE, short) })).toEqual([]);
  });

  it('says of how many alerts nothing can be known yet', () => {
    const firings = new Map(alerts.map((rule) => [rule, { ok: false as const, unrecorded: true, text: '' }]));
    expect(findings({ firings })).toMatchObject([{ severity: 'info', kind: 'not-told', where: 'alerts' }]);
  });
});
