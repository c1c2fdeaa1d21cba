import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { start, type Story } from '../harness/nines.ts';
import { pulled } from '../harness/pulled.ts';
import { startPast, type Past, type PastSeries, type Point } from './past.ts';
import { isMissing } from './prometheus.ts';

const SLO = 'shop/checkout/availability';
const END = Date.UTC(2026, 10, 18, 12);
const BEGIN = END - 3 * DAY;
const SCRAPE = 30 * SECOND;
/** When Nines looks: all that is over by then has settled. */
const NOW = END - 2 * MINUTE;

type Planted = { name: string; labels: Record<string, string>; perSecond: (at: number) => number; phase: number };

/** A counter that grows by whole events as traffic does, scraped at its own second, begun anew now and then. */
const counter = ({ name, labels, perSecond, phase }: Planted, resets: readonly number[]) => {
  const events: Point[] = [];
  const points: Point[] = [];
  let value = 0;
  let owed = 0;
  for (let at = BEGIN + phase; at <= END; at += SCRAPE) {
    owed += (perSecond(at) * SCRAPE) / SECOND;
    const grown = Math.floor(owed);
    owed -= grown;
    if (resets.some((reset) => reset > at - SCRAPE && reset <= at)) value = 0;
    value += grown;
    points.push([at, value]);
    events.push([at, grown]);
  }
  return { series: { name, labels, points } satisfies PastSeries, events };
};

const day = (at: number): number => (at % DAY) / DAY;
const traffic = (at: number): number => 20 + 15 * Math.sin(2 * Math.PI * day(at));
const isOutage = (at: number): boolean => at > END - 30 * HOUR && at <= END - 30 * HOUR + 10 * MINUTE;
const share = (at: number): number => (isOutage(at) ? 0.5 : 0.0002);

const REQUESTS = ['a', 'b', 'c'].flatMap((instance, index) => [
  counter(
    {
      name: 'http_requests_total',
      labels: { instance, code: '200' },
      perSecond: (at) => traffic(at) * (1 - share(at)),
      phase: (index * 7 + 3) * SECOND,
    },
    [END - 40 * HOUR, END - 5 * HOUR],
  ),
  counter(
    {
      name: 'http_requests_total',
      labels: { instance, code: '503' },
      perSecond: (at) => traffic(at) * share(at),
      phase: (index * 7 + 3) * SECOND,
    },
    [END - 40 * HOUR, END - 5 * HOUR],
  ),
]);

const total = (of: readonly (typeof REQUESTS)[number][], from: number, to: number): number =>
  of.reduce(
    (sum, { events }) => sum + events.reduce((all, [at, grown]) => all + (at > from && at <= to ? grown : 0), 0),
    0,
  );

describe.skipIf(isMissing)('an objective over metrics in a real Prometheus', () => {
  let past: Past;
  beforeAll(async () => {
    const gauge: Point[] = [];
    for (let at = BEGIN; at <= END; at += SCRAPE) gauge.push([at, isOutage(at) ? 0.9 : 0.1]);
    past = await startPast({
      raw: [...REQUESTS.map(({ series }) => series), { name: 'p95_seconds', labels: {}, points: gauge }],
      from: BEGIN,
      to: END,
    });
  }, 60_000);
  afterAll(() => past?.stop());

  const reading = async (indicator: string | undefined, work: (story: Story) => Promise<void>): Promise<void> => {
    const story = await start({ start: NOW, history: [], files: pulled(past.url, indicator) });
    try {
      await story.advance('1m');
      await work(story);
      expect(story.errors).toEqual([]);
    } finally {
      await story.stop();
    }
  };

  it('has the events that were planted, and the budget within a tenth of a point', async () => {
    await reading(undefined, async (story) => {
      const { budget } = story.app.nines.slo(SLO)!;
      const until = story.app.nines.source(SLO)!.readUntil!;
      const bad = total(
        REQUESTS.filter(({ series }) => series.labels['code'] === '503'),
        BEGIN,
        until,
      );
      const all = total(REQUESTS, BEGIN, until);
      expect(budget.total / all).toBeCloseTo(1, 3);
      expect(budget.bad / bad).toBeCloseTo(1, 2);
      const observed = (until - BEGIN) / (30 * DAY);
      const remaining = 1 - bad / ((all / observed) * 0.001);
      expect(Math.abs(budget.remaining! - remaining)).toBeLessThan(0.001);
      expect(budget.coverage).toBeGreaterThan(0.99);
      expect(story.app.nines.source(SLO)).toMatchObject({ state: 'working', error: null });
    });
  });

  it('judges slices by what a query gives', async () => {
    const slices = `{ kind: time-slice, source: { kind: query, connector: metrics, query: p95_seconds }, comparison: '<', threshold: 0.5, slice: 5m }`;
    await reading(slices, async (story) => {
      const { budget } = story.app.nines.slo(SLO)!;
      expect(budget.bad).toBe(2);
      expect(budget.total).toBeGreaterThan((3 * DAY) / (5 * MINUTE) - 3);
      expect(budget.coverage).toBeGreaterThan(0.98);
    });
  });

  it('says what Prometheus says of a query that it cannot compute', async () => {
    const wrong = `{ kind: promql, connector: metrics, ratio: 'rate(http_requests_total[$window]) / on(code) rate(http_requests_total[$window])' }`;
    await reading(wrong, async (story) => {
      const source = story.app.nines.source(SLO)!;
      expect(source.state).toBe('failing');
      expect(source.error?.text).toMatch(/many-to-many matching not allowed/);
      expect(story.app.nines.slo(SLO)?.state).toBe('no-data');
    });
  });
});
