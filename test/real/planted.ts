import type { Catalog } from '../../src/definition/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { sloLabels } from '../../src/generate/series.ts';
import { METRICS, READING_METRICS } from '../../src/names.ts';
import { defaultTiers } from '../../src/slo/burn-policy.ts';
import type { Slo } from '../../src/slo/slo.ts';
import { windowSpan } from '../../src/slo/window.ts';
import { catalogOf } from '../definition/documents.ts';
import { POLICIES } from '../harness/definitions.ts';
import { aSlo } from '../slo/a-slo.ts';
import { live, type Lived } from './lived.ts';
import type { PastSeries, Point } from './past.ts';

/** A system that is planted: what happened to it is known to the event. */
const SHOP = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: checkout
    name: Checkout
    policy: standard
    probes: [{ id: health, kind: http, url: 'https://shop.example.org/health', every: 10s, timeout: 5s }]
    slos:
      - { id: availability, name: Availability, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [health] } }
      - { id: speed, name: Speed, objective: 95, window: week, indicator: { kind: latency, probes: [health], threshold: 300ms } }
      - { id: month, name: Monthly promise, objective: 99.5, window: month, indicator: { kind: probe, probes: [health] } }
      - { id: lost, name: Lost, objective: 99, window: 30d, indicator: { kind: probe, probes: [health] } }
    conditions:
      - { id: slow, name: Slower than 1 s, source: { kind: probe, probe: health, metric: response-time }, comparison: '>', threshold: 1, unit: s, for: 5m, severity: warning }
  - id: storage
    name: Storage
    policy: standard
    probes:
      - { id: orders, kind: postgres, url: 'postgres://nines@db.example.org/orders', every: 30s, timeout: 5s }
      - { id: cache, kind: redis, url: 'redis://cache.example.org', every: 30s, timeout: 5s }
`;

/** A system that is two hours old and had an outage of 15 minutes; the whole product lived it. */
const CAFE = `apiVersion: nines/v1
kind: System
id: cafe
name: Café
services:
${['bar', 'kitchen']
  .map(
    (id) => `  - id: ${id}
    name: ${id}
    policy: standard
    probes: [{ id: health, kind: http, url: 'http://127.0.0.1:1/', every: 10s, timeout: 5s }]
    slos: [{ id: availability, name: ${id}, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [health] } }]
`,
  )
  .join('')}`;

const week = { kind: 'rolling', days: 7 } as const;
/** One that only Prometheus counts. */
const ERRORS = aSlo({
  id: 'shop/api/errors',
  system: 'shop',
  service: 'api',
  name: 'API errors',
  objective: 990_000,
  window: week,
  tiers: defaultTiers(week),
  minBad: 10,
  indicator: {
    kind: 'promql',
    connector: 'prometheus',
    groupBy: [],
    measure: {
      kind: 'errors',
      errors: 'http_requests_total{job="api",code=~"5.."}',
      total: 'http_requests_total{job="api"}',
    },
  },
});

export const catalogOfBoth = (): Catalog => {
  const catalog = catalogOf({ 'slo/shop.yaml': SHOP, 'slo/cafe.yaml': CAFE, 'slo/policies.yaml': POLICIES });
  return { ...catalog, slos: new Map([...catalog.slos, [ERRORS.id, ERRORS]]) };
};

export const CAFE_LASTS = 2 * HOUR;
const CAFE_OUTAGE = { from: 40 * MINUTE, to: 55 * MINUTE };

export const liveInTheCafe = (): Promise<Lived> =>
  live(
    { 'cafe.yaml': CAFE, 'policies.yaml': POLICIES },
    {
      'cafe/bar/health': (since) => (since >= CAFE_OUTAGE.from && since < CAFE_OUTAGE.to ? 'fails' : 'passes'),
      'cafe/kitchen/health': () => 'passes',
    },
    CAFE_LASTS,
  );

type Labels = Readonly<Record<string, string>>;
type Value = number | null;

/** As Prometheus has it: with the job and the replica that it was scraped from. */
export const scrapedFrom = (replica: string, series: readonly PastSeries[]): PastSeries[] =>
  series.map(({ labels, ...rest }) => ({ ...rest, labels: { ...labels, job: 'nines', instance: `${replica}:9700` } }));

const STEP = MINUTE;

const series = (
  name: string,
  labels: Labels,
  from: number,
  to: number,
  valueAt: number | ((at: number) => Value),
): PastSeries => {
  const points: Point[] = [];
  for (let at = Math.ceil(from / STEP) * STEP; at <= to; at += STEP) {
    const value = typeof valueAt === 'number' ? valueAt : valueAt(at);
    if (value !== null) points.push([at, value]);
  }
  return { name, labels, points };
};

/** A counter that grows by so much in the minute that ends at each point. */
const counter = (name: string, labels: Labels, from: number, to: number, grows: (at: number) => number): PastSeries => {
  let sum = 0;
  return series(name, labels, from, to, (at) => (sum += grows(at)));
};

/** Six checks a minute; `bad` of them fail in the minute that ends at a point. */
const counted = (slo: Slo, from: number, to: number, bad: (at: number) => number, perMinute = 6): PastSeries[] => {
  const labels = sloLabels(slo);
  const span = (at: number) => windowSpan(slo.window, slo.zone, at);
  return [
    counter(METRICS.sliEvents, labels, from, to, () => perMinute),
    counter(METRICS.sliBad, labels, from, to, bad),
    series(METRICS.sliLastData, labels, from, to, (at) => at / SECOND),
    series(METRICS.sloConfigured, labels, from, to, 1),
    ...(slo.window.kind === 'calendar'
      ? [
          series(METRICS.windowStart, labels, from, to, (at) => span(at).from / SECOND),
          series(METRICS.windowEnd, labels, from, to, (at) => span(at).to / SECOND),
        ]
      : []),
  ];
};

const within = (at: number, from: number, to: number): boolean => at > from && at <= to;

const firing = (slo: Slo, from: number, to: number, fires: (tier: string, at: number) => boolean): PastSeries[] =>
  slo.tiers.map(({ name, severity }) =>
    series(METRICS.alertFiring, { ...sloLabels(slo), tier: name, severity }, from, to, (at) => +fires(name, at)),
  );

/** What is known of the planted system: it ends at `to`. */
export const shopOf = (
  catalog: Catalog,
  to: number,
): { raw: PastSeries[]; from: number; outage: { from: number; to: number } } => {
  const from = to - 31 * DAY;
  const recent = to - 8 * DAY;
  const slo = (id: string): Slo => catalog.slos.get(`shop/${id}`)!;
  const outage = { from: to - 70 * MINUTE, to: to - 50 * MINUTE };
  const isOut = (at: number): boolean => within(at, outage.from, outage.to);
  const early = { from: Date.UTC(2026, 10, 5, 3), to: Date.UTC(2026, 10, 5, 13) };
  const october = { from: Date.UTC(2026, 9, 25, 3), to: Date.UTC(2026, 9, 25, 8) };
  const home = { system: 'shop', environment: 'production', service: 'checkout' };
  const probe = { ...home, probe: 'health' };
  const gauge = (name: string, labels: Labels, value: number | ((at: number) => Value)): PastSeries =>
    series(name, labels, recent, to, value);
  const kinds = { postgres: 'orders', redis: 'cache' } as const;
  const readings = (['postgres', 'redis'] as const).flatMap((kind) => {
    const labels = { ...home, service: 'storage', probe: kinds[kind] };
    return [
      ...Object.values(READING_METRICS[kind]).map(([name]) =>
        name.endsWith('_total') ? counter(name, labels, recent, to, () => 2) : gauge(name, labels, 0.25),
      ),
      gauge(METRICS.probeSuccess, labels, 1),
      gauge(METRICS.probeFailing, labels, 0),
      gauge(METRICS.probeDegraded, labels, 0),
      gauge(METRICS.probeDuration, labels, 0.01),
    ];
  });
  const requests = (code: string, grows: number): PastSeries =>
    counter('http_requests_total', { job: 'api', instance: 'api-0:80', code }, from, to, () => grows);
  const checks = scrapedFrom('nines-0', [
    ...counted(slo('checkout/availability'), from, to, (at) => (isOut(at) ? 6 : 0)),
    ...firing(slo('checkout/availability'), recent, to, (tier, at) =>
      tier.startsWith('page') ? within(at, outage.from + MINUTE, outage.to + 2 * MINUTE) : at > outage.from + HOUR / 2,
    ),
    // Every 50th check is slow.
    ...counted(slo('checkout/speed'), from, to, (at) => ((at / MINUTE) % 25 === 0 ? 3 : 0)),
    ...counted(slo('checkout/month'), from, to, (at) =>
      within(at, early.from, early.to) || within(at, october.from, october.to) ? 6 : 0,
    ),
    series(METRICS.sloConfigured, sloLabels(slo('checkout/lost')), from, to, 1),
    gauge(METRICS.probeSuccess, probe, (at) => +!isOut(at)),
    gauge(METRICS.probeFailing, probe, (at) => +isOut(at)),
    gauge(METRICS.probeDegraded, probe, 0),
    gauge(METRICS.probeDuration, probe, (at) => (isOut(at) ? 5 : 0.12)),
    gauge(METRICS.probeHttpStatus, probe, (at) => (isOut(at) ? 503 : 200)),
    ...['resolve', 'connect', 'tls', 'processing', 'transfer'].map((phase) =>
      gauge(METRICS.probeHttpDuration, { ...probe, phase }, 0.024),
    ),
    gauge(METRICS.probeFailure, { ...probe, reason: 'status' }, (at) => (isOut(at) ? 1 : null)),
    ...['toronto', 'paris'].map((location) =>
      gauge(METRICS.probeLocationUp, { ...probe, location }, (at) => +!isOut(at)),
    ),
    gauge(METRICS.probeCertExpiry, probe, (to + 40 * DAY) / SECOND),
    gauge(METRICS.incidentLevel, home, (at) => (within(at, outage.from + 2 * MINUTE, outage.to) ? 2 : 0)),
    gauge(METRICS.happening, { ...home, kind: 'deploy' }, (at) =>
      within(at, outage.from - 2 * MINUTE, outage.from + DAY) ? (outage.from - 2 * MINUTE) / SECOND : null,
    ),
    ...['toronto', 'paris'].flatMap((location) => [
      gauge(METRICS.locationLastSeen, { location }, (at) => at / SECOND - 5),
      gauge(METRICS.locationOffset, { location }, 0.01),
      gauge(METRICS.locationDropped, { location }, 0),
    ]),
    ...readings,
  ]);
  const others = [
    requests('200', 594.6),
    requests('503', 5.4),
    gauge('prometheus_rule_evaluation_failures_total', { job: 'prometheus', rule_group: 'x;nines-a' }, 0),
  ];
  return { raw: [...checks, ...others], from, outage };
};

/** What a second replica, which does not lead, shows: itself, and zeros of what all share. */
export const followerOf = ({ scraped }: Lived): PastSeries[] => {
  const its = new Set<string>([METRICS.buildInfo, METRICS.storeWritable]);
  const zeros = new Set<string>([METRICS.incidentsOpen, METRICS.alertsSilenced, METRICS.leader]);
  const shown = scraped.flatMap((one) => {
    if (its.has(one.name)) return one;
    return zeros.has(one.name) ? { ...one, points: [...one.points].map(([at]): Point => [at, 0]) } : [];
  });
  return scrapedFrom('nines-1', shown);
};

/** Two days of the shop in which the sources answer and count nothing: 0 ÷ 0 everywhere. */
export const idleShopOf = (catalog: Catalog, to: number): { raw: PastSeries[]; from: number } => {
  const from = to - 2 * DAY;
  const quiet = [...catalog.slos.values()].filter(({ system, id }) => system === 'shop' && id !== ERRORS.id);
  const nines = quiet.flatMap((slo) => [...counted(slo, from, to, () => 0, 0), ...firing(slo, from, to, () => false)]);
  const requests = ['200', '503'].map((code) => series('http_requests_total', { job: 'api', code }, from, to, 7));
  return { raw: [...scrapedFrom('nines-0', nines), ...requests], from };
};
