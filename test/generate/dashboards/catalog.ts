import type { Catalog } from '../../../src/definition/catalog.ts';
import { dashboardFiles } from '../../../src/generate/dashboards/index.ts';
import { DEFAULT_OPTIONS, textOf } from '../../../src/generate/file.ts';
import type { JsonObject } from '../../../src/generate/finish.ts';
import { catalogOf } from '../../definition/documents.ts';
import { POLICIES } from '../../harness/definitions.ts';

/** A system with every kind of probe, SLO and condition that a dashboard treats in its own way. */
export const SHOP = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
services:
  - id: checkout
    name: Checkout
    tier: 0
    policy: standard
    probes:
      - { id: health, kind: http, url: 'https://shop.example.org/health', every: 10s, timeout: 5s }
      - { id: certificate, kind: tls, address: 'shop.example.org:443', every: 1h, timeout: 5s }
      - { id: name, kind: dns, name: shop.example.org, every: 1m, timeout: 5s }
    slos:
      - id: availability
        name: Checkout availability
        objective: 99.95
        window: 30d
        indicator: { kind: probe, probes: [health] }
        runbook: checkout.md
      - id: response-time
        name: Checkout response time
        objective: 95
        window: week
        indicator: { kind: latency, probes: [health], threshold: 300ms }
    conditions:
      - id: slow
        name: Slower than 1 s
        source: { kind: probe, probe: health, metric: response-time }
        comparison: '>'
        threshold: 1
        unit: s
        for: 5m
        severity: warning
  - id: storage
    name: Storage
    tier: 1
    policy: standard
    probes:
      - { id: orders, kind: postgres, url: 'postgres://nines@db.example.org/orders', every: 30s, timeout: 5s }
      - { id: cache, kind: redis, url: 'redis://cache.example.org', every: 30s, timeout: 5s }
      - { id: backup, kind: heartbeat, every: 1d, grace: 2h }
    slos:
      - id: backup
        name: Backups
        objective: 99
        window: quarter
        indicator: { kind: freshness, probe: backup, maxAge: 26h }
        tiers: []
        tiersBecause: One backup a day is too few for burn rates
`;

/** The system above, or others. */
export const catalogOfShop = (shop: string = SHOP): Catalog =>
  catalogOf({ 'slo/shop.yaml': shop, 'slo/policies.yaml': POLICIES });

/** Every dashboard, by its path. */
export const dashboardsOf = (catalog: Catalog): ReadonlyMap<string, JsonObject> =>
  new Map(
    [...dashboardFiles(catalog, DEFAULT_OPTIONS)].map((file) => [file.path, JSON.parse(textOf(file)) as JsonObject]),
  );
