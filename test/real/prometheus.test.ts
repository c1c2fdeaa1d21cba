import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, type Story } from '../harness/nines.ts';
import { objections } from '../metrics/promtool.ts';
import { isMissing, startPrometheus, type Prometheus } from './prometheus.ts';

const TOKEN = 'a-token-that-people-use';
const SLO = { system: 'shop', environment: 'production', service: 'checkout', slo: 'availability' };
const PROBE = { system: 'shop', environment: 'production', service: 'checkout', probe: 'health' };

const scrape = (job: string, story: Story, more = ''): string => {
  const target = new URL(story.app.url).host;
  return `  - { job_name: ${job}, honor_labels: true, static_configs: [{ targets: ['${target}'] }]${more} }\n`;
};

describe.skipIf(isMissing)('a real Prometheus', () => {
  let story: Story;
  let prometheus: Prometheus;
  const from = (labels: Record<string, string>, more: Record<string, string> = {}) => ({
    ...labels,
    ...more,
    job: 'nines',
    instance: new URL(story.app.url).host,
  });

  beforeAll(async () => {
    story = await start();
    await story.advance('2m');
    prometheus = await startPrometheus(scrape('nines', story));
  });
  afterAll(async () => {
    await prometheus?.stop();
    await story?.stop();
  });

  it('scrapes /metrics without an error', async () => {
    expect(await prometheus.lastError('nines', 'up')).toBe('');
  });

  it('has the events of the indicator, under the labels that were exported and no others', async () => {
    expect(await prometheus.query('nines_sli_events_total')).toEqual([
      { labels: from(SLO, { __name__: 'nines_sli_events_total' }), value: 12 },
    ]);
    expect(await prometheus.query('nines_sli_bad_total')).toMatchObject([{ value: 0 }]);
    expect(await prometheus.query('nines_slo_objective_ratio')).toMatchObject([{ value: 0.999 }]);
  });

  it('has the whole budget, and the burn rate of each look-back', async () => {
    expect(await prometheus.query('nines_error_budget_remaining_ratio')).toEqual([
      { labels: from(SLO, { __name__: 'nines_error_budget_remaining_ratio' }), value: 1 },
    ]);
    const rates = await prometheus.query('nines_burn_rate');
    const windows = new Set(rates.map(({ labels }) => labels['window']));
    expect(windows).toEqual(new Set(['5m', '30m', '1h', '2h', '6h', '1d', '3d']));
    expect(rates.map(({ value }) => value)).toEqual(rates.map(() => 0));
    expect(rates[0]?.labels).toEqual(
      from(SLO, { __name__: 'nines_burn_rate', window: rates[0]?.labels['window'] ?? '' }),
    );
  });

  it('has the last check of the probe', async () => {
    expect(await prometheus.query('probe_success')).toEqual([
      { labels: from(PROBE, { __name__: 'probe_success' }), value: 1 },
    ]);
  });

  it('sees an outage in all of them, and the alert that fires', async () => {
    story.target('shop/checkout/health', 'fails');
    await story.advance('2m');
    // Scrapes go on while the clock moves, so each query waits for the end of the story.
    const becomes = async (promql: string, value: number): Promise<void> => {
      const samples = await prometheus.query(promql, ([sample]) => Math.abs((sample?.value ?? NaN) - value) < 1e-9);
      expect(samples).toHaveLength(1);
    };
    await becomes('probe_success', 0);
    await becomes('nines_sli_bad_total', 12);
    await becomes('nines_sli_events_total', 24);
    const status = story.app.nines.slo('shop/checkout/availability');
    expect(status?.budget.remaining).toBeLessThan(1);
    await becomes('nines_error_budget_remaining_ratio', status?.budget.remaining ?? NaN);
    // 12 of the 30 checks of five minutes failed, at an objective that allows one in a thousand.
    await becomes('nines_burn_rate{window="5m"}', 400);
    expect(await prometheus.query('nines_alert_firing{tier="page-fast"} == 1')).toMatchObject([
      { labels: { ...SLO, severity: 'critical' } },
    ]);
    expect(await prometheus.query('nines_incidents_open{severity="critical"} == 1')).toHaveLength(1);
  });

  it('has nothing to object to: promtool check metrics is clean', async () => {
    expect(objections(await story.metrics())).toBe('');
  });
});

describe.skipIf(isMissing)('a real Prometheus, where a token is set', () => {
  let story: Story;
  let prometheus: Prometheus;

  beforeAll(async () => {
    story = await start({ env: { NINES_TOKEN: TOKEN } });
    await story.advance('30s');
    const withToken = `, authorization: { credentials: ${TOKEN} }`;
    const wrongToken = ', authorization: { credentials: guessed }';
    prometheus = await startPrometheus(
      scrape('without', story) + scrape('wrong', story, wrongToken) + scrape('with', story, withToken),
    );
  });
  afterAll(async () => {
    await prometheus?.stop();
    await story?.stop();
  });

  it.each([
    ['without credentials', 'without'],
    ['with wrong ones', 'wrong'],
  ])('is refused %s', async (_, job) => {
    expect(await prometheus.lastError(job, 'down')).toBe('server returned HTTP status 401 Unauthorized');
  });

  it('is let in with the right ones', async () => {
    expect(await prometheus.lastError('with', 'up')).toBe('');
    const samples = await prometheus.query('nines_sli_events_total');
    expect(samples).toMatchObject([{ labels: { ...SLO, job: 'with' }, value: 3 }]);
  });
});
