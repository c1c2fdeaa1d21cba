import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrometheus } from '../../src/client/prometheus.ts';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { createPrometheusProvider, rateWindow } from '../../src/provider/prometheus.ts';
import type { PulledIndicator, RequestOutcome } from '../../src/provider/provider.ts';
import { startFakePrometheus, type FakePrometheus } from '../client/fake-prometheus.ts';

const FROM = Date.UTC(2026, 10, 18, 12);

let fake: FakePrometheus;
let outcomes: RequestOutcome[];
beforeEach(async () => {
  fake = await startFakePrometheus();
  outcomes = [];
});
afterEach(() => fake.stop());

const provider = () =>
  createPrometheusProvider({
    client: createPrometheus(
      { url: fake.url, token: null, tenant: null, headers: {}, timeoutMs: 2_000, userAgent: 'nines/test' },
      () => FROM,
    ),
    scrapeIntervalMs: 30_000,
    onRequest: (outcome) => void outcomes.push(outcome),
  });

const EVENTS: PulledIndicator = {
  kind: 'promql',
  connector: 'shop/metrics',
  measure: { kind: 'errors', errors: 'http_requests_total{code=~"5.."}', total: 'http_requests_total' },
  groupBy: ['tenant'],
};

const SLICES: PulledIndicator = {
  kind: 'time-slice',
  source: { kind: 'query', connector: 'shop/metrics', query: 'p95' },
  comparison: '<',
  threshold: 0.5,
  sliceMs: 5 * MINUTE,
};

/** What total and errors answer, events per second by minute; `errors` is asked for with an `or`. */
const answering = (total: readonly (number | null)[], errors: readonly (number | null)[]): void => {
  fake.values = (promql, at) => {
    const value = (promql.includes(' or ') ? errors : total)[Math.round((at - FROM) / MINUTE) - 1];
    return value === undefined ? [] : [value];
  };
};

const range = (minutes: number) => ({ from: FROM, to: FROM + minutes * MINUTE });

describe('events', () => {
  it('asks for each minute at its end, over whole scrapes of it and one more, all groups together', async () => {
    answering([1], [0]);
    await provider().pull(EVENTS, range(3));
    expect(fake.asked.map(({ form }) => form.get('query'))).toEqual([
      'sum(rate(http_requests_total[90s]))',
      expect.stringContaining('sum(rate(http_requests_total{code=~"5.."}[90s])) or'),
    ]);
    for (const { form } of fake.asked)
      expect([form.get('start'), form.get('end'), form.get('step')]).toEqual([
        String((FROM + MINUTE) / 1_000),
        String((FROM + 3 * MINUTE) / 1_000),
        '60',
      ]);
    expect(outcomes).toEqual(['ok', 'ok']);
  });

  it('counts events of a minute, and no more errors than events', async () => {
    answering([0.5, 2, 1 / 3], [0.1, 3, -0.1]);
    expect(await provider().pull(EVENTS, range(3))).toEqual({
      ok: true,
      slots: [
        { start: FROM, width: MINUTE, good: 24, total: 30, covered: MINUTE },
        { start: FROM + MINUTE, width: MINUTE, good: 0, total: 120, covered: MINUTE },
        { start: FROM + 2 * MINUTE, width: MINUTE, good: 20, total: 20, covered: MINUTE },
      ],
      coveredUntil: FROM + 3 * MINUTE,
      partial: null,
    });
  });

  it('tells no traffic from no data, whatever form no data has', async () => {
    answering([0, null, Number.NaN, 1, 1, Infinity, 1], [0, 0, 0, null, Number.NaN, 0, Infinity]);
    const pulled = await provider().pull(EVENTS, range(8));
    expect(pulled).toMatchObject({ ok: true, coveredUntil: FROM + 8 * MINUTE });
    expect(pulled.ok && pulled.slots).toEqual([{ start: FROM, width: MINUTE, good: 0, total: 0, covered: MINUTE }]);
  });

  it('takes nothing of a partial answer, and wants it again', async () => {
    answering([1, 1], [1, 1]);
    fake.fault = ({ form }) =>
      form.get('query')?.includes(' or ') ? { kind: 'warnings', warnings: ['a store is away'] } : null;
    expect(await provider().pull(EVENTS, range(2))).toEqual({
      ok: true,
      slots: [],
      coveredUntil: FROM,
      partial: 'a store is away',
    });
    expect(outcomes).toEqual(['ok', 'partial']);
  });

  it('asks for whole minutes only', async () => {
    answering([1, 1, 1], [0, 0, 0]);
    const pulled = await provider().pull(EVENTS, { from: FROM + 10_000, to: FROM + MINUTE + 59_000 });
    expect(pulled).toMatchObject({ coveredUntil: FROM + MINUTE, slots: [{ start: FROM }] });
    fake.asked.length = 0;
    expect(await provider().pull(EVENTS, { from: FROM, to: FROM + 59_000 })).toMatchObject({ slots: [] });
    expect(fake.asked).toEqual([]);
  });

  it.each([
    [
      { kind: 'status', status: 400, body: '{"status":"error","errorType":"bad_data","error":"no"}' },
      'query',
      'bad-data',
    ],
    [{ kind: 'flood' }, 'query', 'too-large'],
    [{ kind: 'status', status: 401 }, 'connector', 'unauthorized'],
    [{ kind: 'status', status: 503 }, 'connector', 'unavailable'],
    [{ kind: 'html' }, 'connector', 'malformed'],
  ] as const)('tells a failing query from a failing connector: %j', async (fault, scope, outcome) => {
    fake.fault = () => fault;
    expect(await provider().pull(EVENTS, range(1))).toMatchObject({ ok: false, failure: { scope, outcome } });
    expect(outcomes).toEqual([outcome]);
  });
});

describe('time slices', () => {
  it('are bad with one bad sample, and covered as far as there are samples', async () => {
    const samples = [0.1, 0.2, 0.3, 0.4, 0.49, 0.1, 0.5, 0.1, null, null, null, null, null, null, Number.NaN];
    fake.values = (promql, at) => (promql === 'p95' ? [samples[Math.round((at - FROM) / MINUTE) - 1] ?? null] : []);
    expect(await provider().pull(SLICES, range(16))).toEqual({
      ok: true,
      slots: [
        { start: FROM, width: 5 * MINUTE, good: 1, total: 1, covered: 5 * MINUTE },
        { start: FROM + 5 * MINUTE, width: 5 * MINUTE, good: 0, total: 1, covered: 3 * MINUTE },
      ],
      coveredUntil: FROM + 15 * MINUTE,
      partial: null,
    });
  });

  it('need one value, not one per series', async () => {
    fake.values = () => [1, 2];
    expect(await provider().pull(SLICES, range(5))).toMatchObject({
      ok: false,
      failure: { scope: 'query', outcome: 'bad-data', text: expect.stringContaining('2 series') as unknown },
    });
  });

  it('may be shorter than a minute', async () => {
    fake.values = (_, at) => [at === FROM + 30_000 ? 1 : 0];
    const pulled = await provider().pull({ ...SLICES, sliceMs: 30_000 }, range(1));
    expect(pulled).toMatchObject({
      slots: [
        { start: FROM, width: 30_000, good: 0, covered: 30_000 },
        { start: FROM + 30_000, good: 1, covered: 30_000 },
      ],
    });
  });
});

it('looks back over scrapes of a minute and one more', () => {
  expect([1_000, 7_000, 15_000, 30_000, 45_000, MINUTE, 2 * MINUTE, HOUR].map(rateWindow)).toEqual([
    '61s',
    '70s',
    '75s',
    '90s',
    '135s',
    '120s',
    '240s',
    '7200s',
  ]);
});
