import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/duration.ts';
import { ruleGroupsOf } from '../../src/generate/rules/index.ts';
import { FAST_INTERVAL, SLOW_INTERVAL } from '../../src/generate/series.ts';
import { live, SCRAPE, type Fired, type Life, type Lived } from './lived.ts';
import { startPast, type Past } from './past.ts';
import { isMissing } from './prometheus.ts';

// One service for each story, so that a single day holds them all.
const during = (from: number, to: number, what: ReturnType<Life>, otherwise: ReturnType<Life> = 'passes'): Life => {
  return (since) => (since >= from && since < to ? what : otherwise);
};
const everyNth = (n: number, from = 0, to = Infinity): Life => {
  let check = 0;
  return (since) => (since >= from && since < to && ++check % n === 0 ? 'fails' : 'passes');
};

const STORIES: Readonly<Record<string, Life>> = {
  'all-is-well': () => 'passes',
  'total-outage': during(HOUR, HOUR + 6 * MINUTE, 'fails'),
  'one-minute': during(HOUR, HOUR + MINUTE, 'fails'),
  'long-outage': during(2 * HOUR, 3 * HOUR, 'fails'),
  'every-second-check': everyNth(2, HOUR, 2 * HOUR),
  'every-tenth-check': everyNth(10, HOUR, 4 * HOUR),
  'every-fiftieth-check': everyNth(50, 0),
  'two-outages': (since) => (Math.floor(since / (2 * MINUTE)) % 60 === 25 ? 'fails' : 'passes'),
  'silence-in-an-outage': (since) =>
    since >= HOUR && since < HOUR + 5 * MINUTE ? 'fails' : since >= HOUR && since < 2 * HOUR ? 'is silent' : 'passes',
  'silence': during(2 * HOUR, 4 * HOUR, 'is silent'),
};

const POLICIES = `apiVersion: nines/v1
kind: Policies
channels: [{ id: console, kind: console }]
policies:
  - id: standard
    name: Standard
    critical: { levels: [{ level: 2, after: 2m, channels: [console] }] }
    warning: { levels: [{ level: 2, after: 2m, channels: [console] }] }
`;

const SHOP = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
${Object.keys(STORIES)
  .map(
    (id) => `  - id: ${id}
    name: ${id}
    policy: standard
    probes: [{ id: health, kind: http, url: 'http://127.0.0.1:1/', every: 10s, timeout: 5s }]
    slos:
      - { id: availability, name: ${id}, objective: 99.9, window: 30d, indicator: { kind: probe, probes: [health] } }
    conditions:
      - { id: down, name: ${id} is down, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, for: 2m, severity: warning }
`,
  )
  .join('')}`;

const LASTS = 8 * HOUR;

/** How much later Prometheus may say it: one scrape, one evaluation, and what its look-back lags behind. */
const lagOf = (name: string): number => {
  // Rates of 5 m tell a step late by up to 5 m, those of 15 m by up to 15 m, as do the sums of them.
  if (name.includes('page-slow')) return SCRAPE + FAST_INTERVAL + 5 * MINUTE;
  if (name.includes('ticket')) return SCRAPE + SLOW_INTERVAL + 15 * MINUTE;
  return 2 * SCRAPE + FAST_INTERVAL + (name.includes('absence') ? MINUTE : 0);
};

const NAMES: Readonly<Record<string, string>> = {
  ErrorBudgetBurn: 'burn-rate',
  ConditionMet: 'condition',
  SliNoData: 'absence',
  SliNoTraffic: 'absence',
};

/** Stretches of points that follow each other at the pace of their group. */
const inPrometheus = async (past: Past, to: number): Promise<Fired[]> => {
  const lines = await past.at(`ALERTS{alertstate="firing"}[${LASTS / HOUR + 1}h]`, to);
  return lines.flatMap(({ labels, points }) => {
    const { alertname = '', service = '', slo, condition, tier } = labels;
    const kind = NAMES[alertname];
    if (kind === undefined) return [];
    const detail = tier ?? (alertname === 'SliNoData' ? 'data' : alertname === 'SliNoTraffic' ? 'traffic' : '');
    const name = [service, kind, slo ?? condition, detail].join(' ').trim();
    const pace = tier?.startsWith('ticket') ? SLOW_INTERVAL : FAST_INTERVAL;
    const stretches: Fired[] = [];
    let last = -Infinity;
    for (const [at] of points) {
      const open = stretches.at(-1);
      if (open && at - last <= pace) open.to = at + pace;
      else stretches.push({ name, from: at, to: at + pace });
      last = at;
    }
    for (const one of stretches) if ((one.to ?? 0) > to) one.to = null;
    return stretches;
  });
};

const text = (lived: Lived, { name, from, to }: Fired): string => {
  const since = (at: number): string => `${((at - lived.from) / MINUTE).toFixed(2)} min`;
  return `${name}: ${since(from)} to ${to === null ? 'the end' : since(to)}`;
};

describe.skipIf(isMissing)('the embedded evaluator and a real Prometheus, on the same samples', () => {
  let lived: Lived;
  let past: Past;
  let theirs: Fired[];

  beforeAll(async () => {
    const lives = Object.fromEntries(Object.entries(STORIES).map(([id, life]) => [`shop/${id}/health`, life]));
    lived = await live({ 'shop.yaml': SHOP, 'policies.yaml': POLICIES }, lives, LASTS);
    past = await startPast({
      raw: lived.scraped,
      groups: [...ruleGroupsOf(lived.catalog, 'shop')],
      from: lived.from,
      to: lived.to,
    });
    theirs = await inPrometheus(past, lived.to);
  }, 240_000);
  afterAll(() => past?.stop());

  it('show', () => {
    console.log(lived.fired.map((one) => text(lived, one)).sort().join('\n'));
    console.log('---');
    console.log(theirs.map((one) => text(lived, one)).sort().join('\n'));
    expect(DAY > SECOND && lagOf('x')).toBeTruthy();
  });
});
