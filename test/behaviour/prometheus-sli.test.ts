import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { startFakePrometheus, type FakePrometheus } from '../client/fake-prometheus.ts';
import { alertmanager } from '../harness/alertmanager.ts';
import { start, type Story } from '../harness/nines.ts';
import { pulled } from '../harness/pulled.ts';

const SLO = 'shop/checkout/availability';
const START = Date.UTC(2026, 10, 18, 3);
const PER_SECOND = 10;

let fake: FakePrometheus;
let story: Story;
/** Share of errors at an instant; null = no data. */
let errorsAt: (at: number) => number | null;
/** What it was scraping by then is all it has. */
let since: number;

beforeEach(async () => {
  fake = await startFakePrometheus();
  errorsAt = () => 0;
  since = START - 3 * HOUR;
  fake.values = (promql, at) => {
    const share = at > story.clock.now() || at <= since ? null : errorsAt(at);
    if (share === null) return [];
    return [promql.includes(' or ') ? PER_SECOND * share : PER_SECOND];
  };
});
afterEach(async () => {
  await story.stop();
  await fake.stop();
  if (story.errors.length > 0) throw new Error(story.errors.join('\n'));
});

const begin = async (): Promise<void> => {
  story = await start({ start: START, history: [], files: pulled(fake.url) });
};
const status = () => story.app.nines.slo(SLO)!;
const source = () => story.app.nines.source(SLO)!;
const counted = async (metric: string): Promise<number> =>
  Number(new RegExp(`^${metric}\\{[^}]*\\} (.*)$`, 'm').exec(await story.metrics())?.[1] ?? Number.NaN);

describe('an objective over metrics in Prometheus', () => {
  it('has its past with the first start, as far as its window reaches', async () => {
    // Three days; one hour in them was half bad.
    since = START - 3 * DAY - 7 * MINUTE;
    errorsAt = (at) => (at > START - DAY && at <= START - DAY + HOUR ? 0.5 : 0);
    await begin();
    await story.advance('2m');
    const { budget } = status();
    expect(budget.days.have).toBe(3);
    expect(budget.coverage).toBeGreaterThan(0.999);
    expect(budget.bad).toBeCloseTo(PER_SECOND * 1_800, 0);
    expect(budget.total).toBeCloseTo(PER_SECOND * (3 * 86_400 + 8 * 60), -1);
    // All that is in the books, and is no burst in the counters.
    expect(await counted('nines_sli_events_total')).toBeLessThan(PER_SECOND * 20 * 60);
    const asked = fake.asked.length;
    await story.restart();
    await story.advance('50s');
    expect(await story.metrics()).toContain('nines_connector_requests_total{connector="shop/metrics",outcome="ok"}');
    expect(fake.asked.length - asked).toBeLessThanOrEqual(4);
    expect(status().budget.bad).toBeCloseTo(PER_SECOND * 1_800, 0);
    expect(fake.busiest).toBe(1);
  });

  it('burns its budget with the errors in Prometheus, and pages', async () => {
    errorsAt = (at) => (at > START + 10 * MINUTE ? 0.5 : 0);
    await begin();
    await story.advance('10m');
    expect(status().state).not.toBe('at-risk');
    expect((await story.slack()).roots).toEqual([]);
    // Two bad minutes are enough; they settle, are read and judged within another.
    await story.advance('3m');
    expect(status().state).toBe('at-risk');
    expect(status().tiers.find(({ name }) => name === 'page-fast')?.status).toBe('firing');
    const { incident } = (await story.app.nines.incidents({ limit: 1 }))[0]!;
    expect(incident.badFrom).toBe(START + 10 * MINUTE);
    expect(incident.severity).toBe('critical');
    await story.advance('5m');
    expect((await story.slack()).roots).toHaveLength(1);
    expect(status().budget).toMatchObject({ bad: PER_SECOND * 60 * 0.5 * 7 });
    // Over after ten minutes: the alert clears on data.
    const over = story.clock.now();
    errorsAt = (at) => (at > START + 10 * MINUTE && at <= over ? 0.5 : 0);
    await story.advance('20m');
    expect(status().tiers.find(({ name }) => name === 'page-fast')?.status).toBe('clear');
  });

  it('spends nothing and pages nobody for planned work, whoever judges', async () => {
    const [from, until] = [START + 10 * MINUTE, START + 70 * MINUTE];
    const files = pulled(fake.url);
    const maintenance = `maintenance:\n  - { id: move, because: We move the database, from: '2026-11-18T03:10', for: 1h }\nservices:`;
    files['shop.yaml'] = files['shop.yaml']!.replace('services:', maintenance);
    // Some of it is in the rate of the minute after it.
    errorsAt = (at) => (at > from && at <= until + 40_000 ? 1 : 0);
    story = await start({ start: START, history: [], files });
    await story.advance('40m', '5s');
    const prometheus = alertmanager(story);
    expect(await prometheus.fires()).toMatchObject({ status: 200 });
    await story.advance('10m', '5s');
    expect(await story.app.nines.incidents({ limit: 5 })).toEqual([]);
    await prometheus.resolves();
    await story.advance('40m', '5s');
    expect(status().budget).toMatchObject({ bad: 0 });
    expect(status().budget.coverage).toBeGreaterThan(0.99);
    expect(status().tiers.some((tier) => tier.status === 'firing')).toBe(false);
    expect(await story.app.nines.incidents({ limit: 5 })).toEqual([]);
    expect((await story.slack()).roots).toEqual([]);
  });

  it('counts nothing bad while Prometheus is away, and fills the gap when it is back', async () => {
    await begin();
    await story.advance('10m');
    const before = { budget: status().budget, events: await counted('nines_sli_events_total') };
    expect(before.budget.bad).toBe(0);
    fake.fault = () => ({ kind: 'status', status: 503 });
    errorsAt = (at) => (at > START + 20 * MINUTE && at <= START + 22 * MINUTE ? 0.001 : 0);
    await story.advance('1h', '5s');
    expect(status()).toMatchObject({ state: 'unknown', budget: { bad: 0, total: before.budget.total } });
    expect(status().because).toMatch(/^No data since/);
    expect(source()).toMatchObject({ state: 'failing', error: { text: expect.stringContaining('503') as unknown } });
    expect(await story.page(`/slos/${SLO}`)).toContain('status 503');
    const firing = story.app.nines.alerts().map(({ identity }) => identity.kind);
    expect(firing).toEqual(['absence']);
    // It is asked ever less often: after a quarter of an hour every five minutes.
    const asked = fake.asked.length;
    await story.advance('10m', '5s');
    expect(fake.asked.length - asked).toBeLessThanOrEqual(2);
    fake.fault = null;
    await story.advance('10m', '5s');
    expect(source()).toMatchObject({ state: 'working', error: null });
    expect(status().budget.bad).toBeCloseTo(PER_SECOND * 120 * 0.001, 6);
    expect(status().budget.coverage).toBeGreaterThan(0.99);
    expect(story.app.nines.alerts()).toEqual([]);
    // The hour that came late is in the books; as a burst it would mislead whoever takes the rate of the counter.
    const events = await counted('nines_sli_events_total');
    expect(events).toBeGreaterThan(before.events);
    expect(events - before.events).toBeLessThan(PER_SECOND * 25 * 60);
    expect(status().budget.total - before.budget.total).toBeGreaterThan(PER_SECOND * 70 * 60);
  });

  it('believes the newer word of a source, in the budget and not in the counters', async () => {
    errorsAt = (at) => (at > START + 3 * MINUTE && at <= START + 4 * MINUTE ? 1 : 0);
    await begin();
    await story.advance('8m');
    expect(status().budget.bad).toBe(PER_SECOND * 60);
    const bad = await counted('nines_sli_bad_total');
    expect(bad).toBe(PER_SECOND * 60);
    errorsAt = () => 0;
    await story.advance('2m');
    expect(status().budget.bad).toBe(0);
    expect(status().burnRates.find(({ label }) => label === '1h')?.rate).toBe(0);
    expect(await counted('nines_sli_bad_total')).toBe(bad);
    await story.restart();
    await story.advance('10s');
    expect(status().budget.bad).toBe(0);
    expect(await counted('nines_sli_bad_total')).toBe(bad);
  });

  it('catches up on what happened while Nines was down', async () => {
    await begin();
    await story.advance('10m');
    const { total } = status().budget;
    errorsAt = (at) => (at > START + HOUR && at <= START + HOUR + 10 * MINUTE ? 1 : 0);
    await story.app.close();
    story.clock.moveTo(START + 8 * HOUR);
    await story.restart();
    await story.advance('30s');
    expect(status().budget.bad).toBeCloseTo(PER_SECOND * 600, 6);
    expect(status().budget.total - total).toBeGreaterThan(PER_SECOND * 7.7 * 3_600);
    expect(status().budget.coverage).toBeGreaterThan(0.99);
    await story.advance('10m', '10s');
    const before = status().budget;
    await story.restart();
    await story.advance('2s');
    const after = status().budget;
    expect(after).toMatchObject({ bad: before.bad, coverage: before.coverage });
    // A minute may have become due meanwhile.
    expect([0, PER_SECOND * 60]).toContain(after.total - before.total);
  });

  it('says what is wrong with a query, and goes on reading others', async () => {
    const files = pulled(fake.url);
    const slo = `      - id: other
        name: Other
        objective: 99.9
        window: 30d
        indicator: { kind: promql, connector: metrics, ratio: '1 - avg(rate(other[$window]))' }
`;
    story = await start({ start: START, history: [], files: { ...files, 'shop.yaml': `${files['shop.yaml']}${slo}` } });
    await story.advance('2m');
    const wrong = '{"status":"error","errorType":"bad_data","error":"parse error: unexpected <b>)</b>"}';
    fake.fault = ({ form }) =>
      form.get('query')?.includes('http_requests_total') ? { kind: 'status', status: 400, body: wrong } : null;
    await story.advance('5m');
    expect(source()).toMatchObject({ state: 'failing', error: { text: 'parse error: unexpected <b>)</b>' } });
    expect(story.logged.filter((line) => line.includes('parse error'))).toHaveLength(1);
    expect(await story.page(`/slos/${SLO}`)).toContain('parse error: unexpected &lt;b&gt;)');
    const other = story.app.nines.source('shop/checkout/other')!;
    expect(other).toMatchObject({ state: 'working', error: null });
    expect(story.clock.now() - other.readUntil!).toBeLessThan(2 * MINUTE);
    const response = await fetch(`${story.app.url}/api/v1/connectors`);
    expect(await response.json()).toMatchObject({
      connectors: [
        {
          id: 'shop/metrics',
          kind: 'prometheus',
          state: 'failing',
          slos: 2,
          lagSeconds: expect.any(Number) as unknown,
          error: { text: 'parse error: unexpected <b>)</b>', since: expect.any(String) as unknown },
        },
      ],
    });
    fake.fault = null;
    await story.advance('6m');
    expect(source().state).toBe('working');
  });

  it('is let in with its token, tells of a wrong one, and never shows it', async () => {
    fake.token = 'the-token-of-the-shop';
    const files = pulled(fake.url, undefined, `, token: '\${env:PROMETHEUS_TOKEN}', tenant: shop`);
    story = await start({ start: START, history: [], files, env: { PROMETHEUS_TOKEN: fake.token } });
    await story.advance('1m');
    expect(source().state).toBe('working');
    fake.token = 'another';
    await story.advance('10m', '5s');
    expect(source().error?.text).toMatch(/does not let Nines in \(status 401\)/);
    const refused = fake.asked.filter(({ headers }) => headers['x-scope-orgid'] === 'shop').length;
    await story.advance('5m', '5s');
    expect(fake.asked.length - refused).toBeLessThanOrEqual(1);
    const pages = await Promise.all(['/', `/slos/${SLO}`, '/api/v1/connectors', '/metrics'].map(story.page));
    expect([...pages, ...story.logged].join('')).not.toContain('the-token-of-the-shop');
  });

  it('believes nothing that the server itself calls partial, and takes it once it is whole', async () => {
    await begin();
    await story.advance('3m');
    const { total } = status().budget;
    fake.fault = () => ({ kind: 'warnings', warnings: ['store eu-2 did not answer'] });
    await story.advance('5m');
    expect(source().error?.text).toContain('store eu-2 did not answer');
    expect(status().budget.total).toBe(total);
    fake.fault = null;
    await story.advance('5m');
    expect(status().budget.total).toBeGreaterThan(total + 7 * 60 * PER_SECOND);
    expect(status().budget.coverage).toBeGreaterThan(0.999);
  });

  it('does not hold up anything while the source hangs', async () => {
    await begin();
    await story.advance('2m');
    fake.fault = () => ({ kind: 'hang' });
    await story.pass('90s');
    expect(story.app.nines.probe('shop/checkout/health')?.last?.at).toBeGreaterThan(story.clock.now() - 11_000);
    await story.app.engine.settled();
    expect(source().error?.text).toBe('No answer within 2 s');
  });

  it('waits as long as it is told to', async () => {
    await begin();
    await story.advance('5m');
    fake.fault = () => ({ kind: 'status', status: 429, headers: { 'retry-after': '240' } });
    await story.advance('2m');
    const asked = fake.asked.length;
    await story.advance('2m');
    expect(fake.asked.length).toBe(asked);
    fake.fault = null;
    await story.advance('3m');
    expect(source().state).toBe('working');
  });
});
