import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/duration.ts';
import { ruleGroupsOf } from '../../src/generate/rules/index.ts';
import { FAST_INTERVAL, RECORDED, SLOW_INTERVAL } from '../../src/generate/series.ts';
import { METRICS } from '../../src/names.ts';
import { live, SCRAPE, type Fired, type Life, type Lived } from './lived.ts';
import { startPast, type Past } from './past.ts';
import { isMissing } from './prometheus.ts';
import { CONSOLE_POLICIES } from '../harness/definitions.ts';

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
  'long-outage': during(2 * HOUR, 2.5 * HOUR, 'fails'),
  'every-second-check': everyNth(2, HOUR, 2 * HOUR),
  'every-tenth-check': everyNth(10, HOUR, 4 * HOUR),
  'two-outages': (since) => (Math.floor(since / (2 * MINUTE)) % 60 === 25 ? 'fails' : 'passes'),
  'silence-in-an-outage': (since) =>
    since >= HOUR && since < HOUR + 5 * MINUTE ? 'fails' : since >= HOUR && since < 2 * HOUR ? 'is silent' : 'passes',
  silence: during(2 * HOUR, 4 * HOUR, 'is silent'),
};

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

const LASTS = 5 * HOUR;

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
    lived = await live({ 'shop.yaml': SHOP, 'policies.yaml': CONSOLE_POLICIES }, lives, LASTS);
    past = await startPast({
      raw: lived.scraped,
      groups: [...ruleGroupsOf(lived.catalog, 'shop')],
      from: lived.from,
      to: lived.to,
    });
    theirs = await inPrometheus(past, lived.to);
  }, 240_000);
  afterAll(() => past?.stop());

  /** What the evaluator folds (a slower tier after an outage that a faster one saw end) goes on in the rules. */
  const isExact = ({ name }: Fired): boolean => name.includes('page-fast') || !name.includes('burn-rate');
  const near = (a: number | null, b: number | null, lag: number): boolean =>
    a === null || b === null ? Math.min(a ?? b ?? 0, b ?? a ?? 0) >= lived.to - lag || a === b : Math.abs(a - b) <= lag;
  const alike = (a: Fired, b: Fired): boolean => {
    const lag = lagOf(a.name);
    return a.name === b.name && near(a.from, b.from, lag) && near(a.to, b.to, lag);
  };
  const without = (of: readonly Fired[], others: readonly Fired[], fits: (a: Fired, b: Fired) => boolean): string[] =>
    of.filter((one) => !others.some((other) => fits(one, other))).map((one) => text(lived, one));

  it('fires what pages fast, each condition and each absence at the same times, and nothing else', () => {
    // What is shorter than the lag may be missed: a scrape and an evaluation are all that a rule sees of it.
    const ours = lived.fired.filter((one) => isExact(one) && (one.to ?? lived.to) - one.from > lagOf(one.name));
    expect(ours.length).toBeGreaterThan(10);
    expect(without(ours, theirs, alike)).toEqual([]);
    // What ends because its data ends is stale here, and gone there.
    expect(without(theirs.filter(isExact), ours, alike)).toEqual([]);
  });

  it('begins every slower tier at the same time; it may go on where the evaluator has seen the outage end', () => {
    const ours = lived.fired.filter((one) => !isExact(one));
    const slower = theirs.filter((one) => !isExact(one));
    const holds = (one: Fired, other: Fired): boolean =>
      one.name === other.name &&
      other.from <= one.from + lagOf(one.name) &&
      (other.to ?? lived.to) >= (one.to ?? lived.to) - lagOf(one.name);
    expect(ours.length).toBeGreaterThan(10);
    expect(without(ours, slower, holds)).toEqual([]);
    const begins = (one: Fired, other: Fired): boolean =>
      one.name === other.name && near(one.from, other.from, lagOf(one.name));
    expect(without(slower, ours, begins)).toEqual([]);
  });

  it('is quiet in both while all is well, and about one bad minute alike', () => {
    const of = (fired: readonly Fired[], service: string): string[] =>
      [...new Set(fired.filter(({ name }) => name.startsWith(`${service} `)).map(({ name }) => name))].sort();
    expect(of(lived.fired, 'all-is-well')).toEqual([]);
    expect(of(theirs, 'all-is-well')).toEqual([]);
    expect(of(theirs, 'one-minute')).toEqual(of(lived.fired, 'one-minute'));
  });

  it('spends the same budget', async () => {
    const [, ...rest] = ['', ...Object.keys(STORIES).filter((id) => !id.includes('silence'))];
    for (const service of rest) {
      const budget = async (series: string): Promise<number> =>
        (await past.at(`max(${series}{service="${service}"})`, lived.to))[0]?.points[0]?.[1] ?? NaN;
      const [ours, recorded] = [await budget(METRICS.budgetRemaining), await budget(RECORDED.budgetRemaining)];
      // The rules see the newest fifteen minutes late, and events of one probe one by one.
      expect(Math.abs(recorded - ours), `${service}: ${recorded} and ${ours}`).toBeLessThan(
        0.02 * Math.max(1, 1 - ours),
      );
    }
  });
});
