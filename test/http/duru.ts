import type { Alert } from '../../src/alert/alert.ts';
import type { CatalogProbe } from '../../src/definition/catalog.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import type { ProbeStatus } from '../../src/engine/nines.ts';
import { httpProbe } from '../../src/definition/spec/http-probe.ts';
import type { Policy } from '../../src/incident/policy.ts';
import { defaultTiers } from '../../src/slo/burn-policy.ts';
import type { Slo } from '../../src/slo/slo.ts';
import type { BurnRate, SloState, SloStatus, TierStatus } from '../../src/slo/status.ts';
import { storedResults } from './duru-results.ts';
import { NOW } from './now.ts';

export { NOW };
const MONTH = { from: Date.UTC(2026, 10, 1, 5), to: Date.UTC(2026, 11, 1, 5) };
const TODAY = { from: Date.UTC(2026, 10, 19, 5), to: Date.UTC(2026, 10, 20, 5) };
const WEEK = { from: Date.UTC(2026, 10, 16, 5), to: Date.UTC(2026, 10, 23, 5) };

export const slo = (local: string, name: string, rest: Partial<Slo>): Slo => ({
  id: `duru-notes/${local}`,
  system: 'duru-notes',
  service: local.split('/')[0]!,
  environment: 'production',
  name,
  objective: 999_000,
  window: { kind: 'calendar', unit: 'month' },
  zone: 'America/Toronto',
  indicator: { kind: 'probe', probes: ['duru-notes/api/health'] },
  tiers: defaultTiers(rest.window ?? { kind: 'calendar', unit: 'month' }),
  minBad: 3,
  settleLagMs: 0,
  noData: { afterMs: 15 * MINUTE, severity: 'warning' },
  notConfigured: null,
  served: true,
  covers: ['DN-65'],
  description: null,
  runbook: 'https://runbooks.duru.example/api-availability',
  ...rest,
});

const LABELS: [string, number][] = [
  ['5m', 5 * MINUTE],
  ['30m', 30 * MINUTE],
  ['1h', HOUR],
  ['2h', 2 * HOUR],
  ['6h', 6 * HOUR],
  ['1d', DAY],
  ['3d', 3 * DAY],
];

const rates = (values: readonly (number | null)[]): BurnRate[] =>
  LABELS.map(([label, ms], index) => {
    const rate = values[index] ?? null;
    const total = ms / (10 * SECOND);
    return {
      label,
      ms,
      rate,
      coverage: rate === null ? 0 : 1,
      bad: rate === null ? 0 : Math.round(total * rate * 0.001),
      total,
    };
  });

const tierStatuses = (slo: Slo, burnRates: readonly BurnRate[]): TierStatus[] =>
  slo.tiers.map(({ name, factor, severity, longMs, shortMs }) => {
    const long = burnRates.find(({ ms }) => ms === longMs)!;
    const short = burnRates.find(({ ms }) => ms === shortMs)!;
    const firing = (long.rate ?? 0) > factor && (short.rate ?? 0) > factor;
    return {
      name,
      factor,
      severity,
      long,
      short,
      status: long.rate === null ? 'unknown' : firing ? 'firing' : 'clear',
      budgetShare: (factor * longMs) / (30 * DAY),
    };
  });

type Sketch = {
  state: SloState;
  remaining: number | null;
  attained: number | null;
  bad: number;
  total: number;
  burns: (number | null)[];
  text: string;
  endsAt?: number;
  because?: string;
  span?: { from: number; to: number };
  have?: number;
  coverage?: number;
};

export const status = (slo: Slo, sketch: Sketch): SloStatus => {
  const span = sketch.span ?? MONTH;
  const burnRates = rates(sketch.burns);
  return {
    slo,
    state: sketch.state,
    because: sketch.because ?? null,
    budget: {
      span,
      good: sketch.total - sketch.bad,
      bad: sketch.bad,
      total: sketch.total,
      attained: sketch.attained,
      remaining: sketch.remaining,
      badAllowed: sketch.remaining === null ? null : Math.round(sketch.remaining * 259),
      coverage: sketch.coverage ?? 0.998,
      days: { have: sketch.have ?? 18.9, of: (span.to - span.from) / DAY },
      adjustments: [],
      before: null,
    },
    burnRates,
    tiers: tierStatuses(slo, burnRates),
    forecast: {
      kind: sketch.endsAt ? 'ends' : sketch.remaining === null ? 'no-data' : sketch.remaining < 0 ? 'gone' : 'lasts',
      endsAt: sketch.endsAt ?? null,
      text: sketch.text,
    },
    lastDataAt: sketch.remaining === null ? null : NOW - 6 * SECOND,
  };
};

const quiet = [0, 0, 0.2, 0.3, 0.4, 0.5, 0.6];
const blind = [null, null, null, null, null, null, null];

export const statuses = (): SloStatus[] => [
  status(slo('api/availability', 'API availability', { description: 'The public API answers its health check.' }), {
    state: 'at-risk',
    remaining: 0.286,
    attained: 0.998912,
    bad: 185,
    total: 163_224,
    burns: [1_000, 402, 201.4, 100.9, 34.2, 9.1, 3.4],
    text: 'At this rate the budget ends today at 03:34 UTC, 11 days before its window.',
    endsAt: NOW + 22 * MINUTE,
    because: 'page-fast fires: the last hour burns the budget 201 times too fast (limit 14.4).',
  }),
  status(
    slo('api/response-time', 'API response time', {
      objective: 950_000,
      window: { kind: 'calendar', unit: 'week' },
      indicator: { kind: 'latency', probes: ['duru-notes/api/health'], thresholdMs: 500 },
    }),
    {
      state: 'ok',
      remaining: 0.71,
      attained: 0.9853,
      bad: 511,
      total: 34_800,
      burns: quiet,
      text: 'At this rate the budget lasts beyond the end of the week.',
      span: WEEK,
      have: 3.9,
    },
  ),
  status(
    slo('api/error-rate', 'API error rate', {
      window: { kind: 'calendar', unit: 'day' },
      indicator: { kind: 'events', connector: 'kong' },
      notConfigured: 'the provider kong is not served yet',
    }),
    {
      state: 'not-configured',
      remaining: null,
      attained: null,
      bad: 0,
      total: 0,
      burns: blind,
      text: 'No data.',
      because: 'The provider kong is not served yet.',
      span: TODAY,
      have: 0,
      coverage: 0,
    },
  ),
  status(
    slo('notifications/delivery', 'Notification delivery', {
      objective: 995_000,
      window: { kind: 'calendar', unit: 'day' },
      indicator: { kind: 'probe', probes: ['duru-notes/notifications/health'] },
    }),
    {
      state: 'missed',
      remaining: -0.42,
      attained: 0.9929,
      bad: 58,
      total: 8_160,
      burns: [0, 0.4, 1.1, 1.6, 1.9, 1.4, 1.1],
      text: 'The budget of today is overspent by 42 %.',
      because: 'The budget is gone since 19 Nov 21:40 UTC.',
      span: TODAY,
      have: 1,
    },
  ),
  status(
    slo('sync/nightly', 'Nightly sync is fresh', {
      window: { kind: 'rolling', days: 30 },
      indicator: { kind: 'freshness', probe: 'duru-notes/sync/nightly', maxAgeMs: 26 * HOUR },
      runbook: null,
    }),
    {
      state: 'partial',
      remaining: 0.97,
      attained: 0.99997,
      bad: 1,
      total: 25_920,
      burns: quiet,
      text: 'At this rate the budget lasts.',
      because: 'It has run for 3 of 30 days.',
      span: { from: NOW - 30 * DAY, to: NOW },
      have: 3,
    },
  ),
  status(
    slo('web/first-byte', 'Web first byte', {
      objective: 990_000,
      indicator: { kind: 'latency', probes: ['duru-notes/web/home'], thresholdMs: 200 },
    }),
    {
      state: 'no-data',
      remaining: null,
      attained: null,
      bad: 0,
      total: 0,
      burns: blind,
      text: 'No data.',
      because: 'No check has ended since the window began.',
      have: 0,
      coverage: 0,
    },
  ),
];

const http = (local: string, url: string, description: string): CatalogProbe => ({
  id: `duru-notes/${local}`,
  system: 'duru-notes',
  service: local.split('/')[0]!,
  environment: 'production',
  description,
  intervalMs: 10 * SECOND,
  failureThreshold: 2,
  recoveryThreshold: 2,
  notConfigured: null,
  covers: [],
  dependsOn: [],
  locations: [],
  quorum: 1,
  burst: null,
  kind: 'http',
  timeoutMs: 5 * SECOND,
  visits: `GET ${url}`,
  requestBudget: null,
  spec: httpProbe.parse({ id: 'health', kind: 'http', url }),
});

export const probeStatuses = (): ProbeStatus[] => [
  {
    probe: http('api/health', 'https://api.duru.example/health', 'Health endpoint behind the gateway'),
    state: 'down',
    since: NOW - 12 * MINUTE,
    explainedBy: null,
    last: storedResults('duru-notes/api/health', 50)[0]!,
  },
  {
    probe: http('notifications/health', 'https://push.duru.example/health', 'Push and mail delivery'),
    state: 'up',
    since: NOW - 9 * DAY,
    explainedBy: null,
    last: storedResults('duru-notes/notifications/health', 0)[0]!,
  },
  {
    probe: { ...http('web/home', '${env:DURU_WEB_URL}', 'Home page'), notConfigured: 'DURU_WEB_URL is not set' },
    state: 'not-configured',
    since: null,
    explainedBy: null,
    last: null,
  },
  {
    probe: {
      ...http('sync/nightly', 'x', ''),
      description: 'Nightly job reports in',
      kind: 'heartbeat',
      graceMs: 2 * HOUR,
      intervalMs: DAY,
    },
    state: 'stale',
    since: NOW - 3 * DAY,
    explainedBy: null,
    last: {
      ...storedResults('duru-notes/sync/nightly', 0)[0]!,
      at: NOW - 26 * HOUR,
      phases: '{}',
      status: null,
      certificateExpiresAt: null,
    },
  },
];

export const policy: Policy = {
  id: 'four-levels',
  name: 'Four levels',
  critical: {
    recovery: { kind: 'observe', forMs: MINUTE },
    levels: [
      { level: 2, afterMs: 2 * MINUTE, channels: ['slack-oncall'] },
      { level: 3, afterMs: 10 * MINUTE, channels: ['pagerduty-manager'] },
      { level: 4, afterMs: 30 * MINUTE, channels: ['pagerduty-executive'] },
    ],
    repeatMs: 30 * MINUTE,
    acknowledgeTimeoutMs: 30 * MINUTE,
  },
  warning: {
    recovery: null,
    levels: [{ level: 2, afterMs: 0, channels: ['slack-oncall'] }],
    repeatMs: DAY,
    acknowledgeTimeoutMs: DAY,
  },
  holdMs: MINUTE,
  flappingHoldMs: 10 * MINUTE,
  reopenMs: 30 * MINUTE,
  fallback: 'console',
};

export const alert: Alert = {
  key: 'a'.repeat(32),
  identity: {
    system: 'duru-notes',
    environment: 'production',
    service: 'api',
    kind: 'burn-rate',
    subject: 'availability',
    tier: 'page-fast',
  },
  severity: 'critical',
  status: 'firing',
  since: NOW - 12 * MINUTE,
  title: 'API availability burns its budget 201 times too fast',
  detail: '72 of 360 checks failed in 1 h (burn rate 201, limit 14.4); 28.6 % of the budget is left',
  value: 201.4,
  limit: 14.4,
  slo: 'duru-notes/api/availability',
  runbook: 'https://runbooks.duru.example/api-availability',
};
