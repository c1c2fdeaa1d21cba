import { readFileSync } from 'node:fs';
import type { Catalog } from '../../../src/definition/catalog.ts';
import { load } from '../../../src/definition/load.ts';
import { defaultTiers } from '../../../src/slo/burn-policy.ts';
import type { Indicator, Measure } from '../../../src/slo/indicator.ts';
import type { Slo } from '../../../src/slo/slo.ts';
import type { Window } from '../../../src/slo/window.ts';
import { aSlo } from '../../slo/a-slo.ts';

/** The catalog as it is shipped, on a machine where nothing is set. */
export const shipped = (): Catalog => {
  const files = ['duru-notes.yaml', 'policies.yaml'].map((name) => ({
    file: `slo/${name}`,
    text: readFileSync(`slo/${name}`),
  }));
  const { catalog, problems } = load(files, { profile: 'production', lookup: () => undefined });
  if (catalog === null) throw new Error(JSON.stringify(problems));
  return catalog;
};

const MONTH: Window = { kind: 'rolling', days: 30 };

const promql = (local: string, measure: Measure, more: Partial<Slo> = {}, groupBy: readonly string[] = []): Slo => {
  const window = more.window ?? MONTH;
  const indicator: Indicator = { kind: 'promql', connector: 'prometheus', measure, groupBy };
  return aSlo({
    id: `shop/checkout/${local}`,
    system: 'shop',
    service: 'checkout',
    name: `Checkout ${local}`,
    window,
    tiers: defaultTiers(window),
    minBad: 10,
    indicator,
    ...more,
  });
};

/** One SLO of every kind of measure, and what Nines counts besides probes, in windows of all shapes. */
export const measured = (): Catalog => {
  const day: Window = { kind: 'calendar', unit: 'day' };
  const slos = [
    promql('errors', { kind: 'errors', errors: 'http_total{job="shop",code=~"5.."}', total: 'http_total{job="shop"}' }),
    promql(
      'by-region',
      { kind: 'good', good: 'orders_total{state="done"}', total: 'orders_total' },
      { objective: 995_000 },
      ['region'],
    ),
    promql(
      'latency',
      { kind: 'histogram', histogram: 'http_seconds{job="shop"}', thresholdSeconds: 0.5 },
      { objective: 950_000, window: { kind: 'rolling', days: 7 }, runbook: 'latency.md' },
    ),
    promql(
      'up',
      { kind: 'gauge', gauge: 'up{job="shop"}' },
      {
        objective: 970_000,
        window: day,
        tiers: defaultTiers(day),
      },
    ),
    promql(
      'ratio',
      { kind: 'ratio', ratio: 'job:errors:ratio_rate$window{job="shop"}' },
      { window: { kind: 'calendar', unit: 'quarter' }, noData: { afterMs: 3_600_000, severity: 'critical' } },
    ),
    aSlo({
      id: 'shop/checkout/purchases',
      system: 'shop',
      service: 'checkout',
      name: 'Purchases {{ of all kinds }}',
      indicator: { kind: 'events', connector: 'alb' },
      settleLagMs: 180_000,
      minBad: 10,
      runbook: 'https://wiki.example.org/purchases?a=b#c',
    }),
    aSlo({
      id: 'shop/checkout/whole',
      system: 'shop',
      service: 'checkout',
      name: 'Checkout as a whole',
      indicator: { kind: 'composite', parts: [{ slo: 'shop/checkout/purchases', weight: 1 }] },
    }),
    aSlo({ id: 'shop/checkout/later', system: 'shop', service: 'checkout', served: false }),
  ];
  return {
    ...shipped(),
    systems: new Map([['shop', { ...shipped().systems.get('duru-notes')!, id: 'shop', name: 'Shop' }]]),
    services: new Map([
      [
        'shop/checkout',
        { id: 'shop/checkout', system: 'shop', local: 'checkout', name: 'Checkout', tier: 1, policy: 'standard' },
      ],
    ]),
    slos: new Map(slos.map((slo) => [slo.id, slo])),
    conditions: new Map(),
    links: {
      nines: 'https://nines.example.org',
      grafana: 'https://grafana.example.org',
      scrape: 'nines:9700',
      runbooks: 'https://docs.example.org/runbooks',
      heartbeat: false,
      isWritten: true,
    },
  };
};
