import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrometheus, type PrometheusAddress } from '../../src/client/prometheus.ts';
import { Secret } from '../../src/secret.ts';
import { startFakePrometheus, type FakePrometheus, type Fault } from './fake-prometheus.ts';

const NOW = Date.UTC(2026, 10, 18, 12);
const TOKEN = 'a-token-nobody-may-see';

let fake: FakePrometheus;
beforeEach(async () => {
  fake = await startFakePrometheus();
});
afterEach(() => fake.stop());

const client = (more: Partial<PrometheusAddress> = {}) =>
  createPrometheus(
    { url: fake.url, token: null, tenant: null, headers: {}, timeoutMs: 2_000, userAgent: 'nines/test', ...more },
    () => NOW,
  );

describe('what is asked', () => {
  it('posts queries as forms, below the path of the address, with who asks', async () => {
    fake.token = TOKEN;
    fake.tenant = 'shop';
    fake.values = () => [1.5];
    const url = `${fake.url}/prometheus/`;
    const asking = client({
      url,
      token: new Secret(`${TOKEN}\n`),
      tenant: 'shop',
      headers: { 'X-Own': new Secret('mine') },
    });
    const answer = await asking.query('sum(rate(a[5m]))', NOW);
    expect(answer).toEqual({
      ok: true,
      value: [{ labels: { index: '0' }, points: [[NOW, 1.5]] }],
      partial: null,
    });
    expect(fake.asked).toHaveLength(1);
    const { headers, form } = fake.asked[0]!;
    expect(headers).toMatchObject({ 'user-agent': 'nines/test', 'x-own': 'mine', accept: 'application/json' });
    expect(Object.fromEntries(form)).toEqual({ query: 'sum(rate(a[5m]))', time: String(NOW / 1_000), timeout: '2s' });
  });

  it('sends a user and password of the address as a header, not in it', async () => {
    await client({ url: fake.url.replace('//', '//reader:p%40ss@') }).query('up', NOW);
    expect(fake.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('reader:p@ss').toString('base64')}`);
  });

  it('reads ranges with both ends, and every kind of number', async () => {
    const values = [1, Number.NaN, Infinity, -Infinity, 2e-9];
    fake.values = (_, at) => [values[(at - NOW) / 60_000] ?? null];
    const answer = await client().queryRange('a', { from: NOW, to: NOW + 240_000, stepMs: 60_000 });
    expect(answer.ok && answer.value[0]?.points).toEqual(values.map((value, index) => [NOW + index * 60_000, value]));
  });

  it('takes no data for an answer, not for a failure', async () => {
    expect(await client().query('nothing', NOW)).toEqual({ ok: true, value: [], partial: null });
  });

  it('reads what live checks need', async () => {
    const asking = client();
    const span = { from: NOW - 1_000, to: NOW };
    expect(await asking.series(['up', 'down{a="b"}'], span)).toMatchObject({ value: [{ __name__: 'up', job: 'api' }] });
    expect(fake.asked[0]?.form.getAll('match[]')).toEqual(['up', 'down{a="b"}']);
    expect(await asking.labels([], span)).toMatchObject({ value: ['__name__', 'job'] });
    expect(await asking.flags()).toMatchObject({ value: { 'storage.tsdb.retention.time': '15d' } });
    expect(await asking.runtimeInfo()).toMatchObject({ value: { timeSeriesCount: '12', reloadConfigSuccess: 'true' } });
    expect(await asking.rules()).toMatchObject({
      value: [
        { name: 'g', file: 'rules.yml', intervalMs: 30_000, rules: [{ name: 'a:b', health: 'err', lastError: 'no' }] },
      ],
    });
    const metadata = await asking.metadata('http_requests_total');
    expect(metadata.ok && metadata.value.get('http_requests_total')).toEqual([
      { type: 'counter', help: 'Requests.', unit: '' },
    ]);
  });
});

const error = (errorType: string, text: string): string => JSON.stringify({ status: 'error', errorType, error: text });

describe('what goes wrong', () => {
  const failing: readonly [string, Fault, object][] = [
    [
      'a wrong query',
      { kind: 'status', status: 400, body: error('bad_data', 'parse error') },
      { reason: 'bad-data', text: 'parse error' },
    ],
    [
      'a query that cannot be computed',
      { kind: 'status', status: 422, body: error('execution', 'too many samples') },
      { reason: 'bad-data' },
    ],
    [
      'a server out of time',
      { kind: 'status', status: 503, body: error('timeout', 'query timed out') },
      { reason: 'timeout' },
    ],
    ['a missing token', { kind: 'status', status: 401 }, { reason: 'unauthorized' }],
    ['a forbidden tenant', { kind: 'status', status: 403 }, { reason: 'unauthorized' }],
    [
      'too many requests',
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      { reason: 'throttled', retryAfterMs: 7_000 },
    ],
    [
      'too many requests until a date',
      { kind: 'status', status: 429, headers: { 'retry-after': new Date(NOW + 30_000).toUTCString() } },
      { reason: 'throttled', retryAfterMs: 30_000 },
    ],
    [
      'too many requests for who knows how long',
      { kind: 'status', status: 429, headers: { 'retry-after': 'soon' } },
      { reason: 'throttled', retryAfterMs: null },
    ],
    ['a broken server', { kind: 'status', status: 500, body: 'oops' }, { reason: 'unavailable' }],
    [
      'no API',
      { kind: 'status', status: 404, body: '404 page not found' },
      { reason: 'unavailable', text: 'There is no Prometheus API at this address (status 404)' },
    ],
    [
      'being sent elsewhere',
      { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { reason: 'malformed' },
    ],
    ['a login page', { kind: 'html' }, { reason: 'malformed' }],
    ['half an answer', { kind: 'truncated' }, { reason: 'malformed' }],
    ['more than fits', { kind: 'flood' }, { reason: 'too-large' }],
    ['an answer without success', { kind: 'body', body: '{}' }, { reason: 'malformed' }],
    ['a list instead of an answer', { kind: 'body', body: '[]' }, { reason: 'malformed' }],
    [
      'numbers that are none',
      {
        kind: 'body',
        body: '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}',
      },
      { reason: 'malformed' },
    ],
  ];
  it.each(failing)('tells of %s', async (_, fault, expected) => {
    fake.values = () => [1];
    fake.fault = () => fault;
    const answer = await client().query('up', NOW);
    expect(answer).toMatchObject({ ok: false, failure: expected });
  });

  it('gives up at its deadline', async () => {
    fake.fault = () => ({ kind: 'hang' });
    expect(await client({ timeoutMs: 50 }).query('up', NOW)).toEqual({
      ok: false,
      failure: { reason: 'timeout', text: 'No answer within 0.05 s', retryAfterMs: null },
    });
  });

  it('gives up when nobody wants it any more', async () => {
    fake.fault = () => ({ kind: 'hang' });
    const gone = new AbortController();
    const answer = client().query('up', NOW, gone.signal);
    gone.abort();
    expect(await answer).toMatchObject({ ok: false, failure: { reason: 'unavailable' } });
  });

  it('says that nobody is there', async () => {
    await fake.stop();
    expect(await client().query('up', NOW)).toMatchObject({
      failure: {
        reason: 'unavailable',
        text: expect.stringMatching(/^It cannot be reached: .*ECONNREFUSED/) as unknown,
      },
    });
    fake = await startFakePrometheus();
  });

  it('calls partial what the server calls so, not its remarks about the query', async () => {
    fake.values = () => [1];
    fake.fault = () => ({ kind: 'warnings', warnings: ['PromQL info: metric might not be a counter'] });
    expect(await client().query('up', NOW)).toMatchObject({ ok: true, partial: null });
    fake.fault = () => ({ kind: 'warnings', warnings: ['store 10.0.0.7 did not answer'] });
    expect(await client().query('up', NOW)).toMatchObject({ ok: true, partial: 'store 10.0.0.7 did not answer' });
  });

  it('shows no secret, whoever repeats it', async () => {
    const secrets = { token: new Secret(TOKEN), headers: { 'x-own': new Secret('another secret') } };
    fake.fault = () => ({ kind: 'status', status: 400, body: error('bad_data', `who is ${TOKEN} or another secret?`) });
    const repeated = await client(secrets).query('up', NOW);
    const odd = await client({ headers: { 'x-own': new Secret('odd\nsecret') } }).query('up', NOW);
    expect(repeated).toMatchObject({ failure: { text: 'who is [secret] or [secret]?' } });
    expect(JSON.stringify([repeated, odd])).not.toMatch(/a-token|another secret|odd/);
  });
});
