import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/generate/live-check.ts';
import { GROUPS, PLAN, told, findings, report, settings, input } from './live-answers.ts';

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

  it.each([
    [[0, 2], 'from 0 to 2'],
    [[-1, 1], 'from -1 to 1'],
  ] as const)('a gauge with values from %j is an error', (values, text) => {
    expect(PLAN.inputs.filter(({ isGauge }) => isGauge).map(({ selector }) => selector)).toEqual(['up{job="shop"}']);
    const found = findings({ inputs: input((one) => one === 'up{job="shop"}', { values }) });
    expect(found).toMatchObject([{ severity: 'error', kind: 'gauge', where: 'up{job="shop"}' }]);
    expect(found[0]?.text).toContain(`went ${text} in the last day, and a gauge must be 1 (good) or 0 (bad)`);
  });

  it('a gauge of zeros and ones is right', () => {
    expect(findings({ inputs: input((one) => one === 'up{job="shop"}', { values: [0, 1] }) })).toEqual([]);
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
