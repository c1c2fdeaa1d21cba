import { load } from '../../src/definition/load.ts';
import type { Loaded } from '../../src/definition/load.ts';
import { problemText } from '../../src/definition/catalog.ts';
import type { Catalog } from '../../src/definition/catalog.ts';

/** A small system that uses most of the language and has no mistake. */
export const SHOP = `apiVersion: nines/v1
kind: System
id: shop
name: Shop
timeZone: America/Toronto
runbooks: https://runbooks.example.org/shop
connectors:
  - { id: edge, kind: cloudwatch }
services:
  - id: web
    name: Web shop
    tier: 0
    policy: standard
    probes:
      - id: home
        kind: http
        url: https://shop.example.org/
        every: 30s
        timeout: 10s
        headers: { Authorization: "Bearer \${env:SHOP_TOKEN}" }
        assert:
          - status: [200, 3xx]
          - json: { path: $.status, equals: ok }
      - id: nightly
        kind: heartbeat
        every: 1d
    slos:
      - id: availability
        name: Availability
        objective: 99.9
        window: month
        indicator: { kind: probe, probes: [home] }
        runbook: availability.md
        covers: [DN-65]
      - id: speed
        name: Speed
        objective: 95
        window: 7d
        indicator:
          kind: latency
          probes: [home]
          threshold: 500ms
      - id: errors
        name: Errors
        objective: 99.9
        window: day
        indicator: { kind: events, connector: edge }
    conditions:
      - id: down
        name: Shop down
        source: { kind: probe, probe: home, metric: failing }
        comparison: ">="
        threshold: 1
        for: 1m
        severity: critical
`;

export const POLICIES = `apiVersion: nines/v1
kind: Policies
channels:
  - { id: console, kind: console }
  - { id: oncall, kind: slack, channel: C123, token: "\${env:SLACK_BOT_TOKEN}" }
policies:
  - id: standard
    name: Standard
    critical:
      observe: 60s
      levels:
        - { level: 2, after: 2m, channels: [oncall, console] }
        - { level: 3, after: 10m, channels: [console] }
    warning:
      levels:
        - { level: 2, after: 0s, channels: [console] }
    fallback: console
`;

export const SECRETS: Record<string, string> = { 'env:SHOP_TOKEN': 'token-1', 'env:SLACK_BOT_TOKEN': 'xoxb-1' };

export const REQUIREMENTS = new Set(['DN-65', 'DN-66']);

/** Loads texts by file name, with every reference of the documents above set. */
export const loadTexts = (texts: Record<string, string | Uint8Array>, secrets = SECRETS): Loaded =>
  load(
    Object.entries(texts).map(([file, text]) => ({ file, text })),
    { profile: 'production', lookup: (reference) => secrets[reference], requirements: REQUIREMENTS },
  );

/** What is said about these texts: the mistakes, else the warnings. */
export const linesOf = (texts: Record<string, string | Uint8Array>, secrets = SECRETS): string[] => {
  const { catalog, problems } = loadTexts(texts, secrets);
  return (catalog?.warnings ?? problems).map(problemText);
};

export const catalogOf = (texts: Record<string, string | Uint8Array>, secrets = SECRETS): Catalog => {
  const { catalog, problems } = loadTexts(texts, secrets);
  if (!catalog) throw new Error(problems.map(problemText).join('\n'));
  return catalog;
};

/** The shop with one place of its text changed; the place must be there, once or first. */
export const shopWith = (from: string, to: string): string => {
  if (!SHOP.includes(from)) throw new Error(`the shop has no ${from}`);
  return SHOP.replace(from, () => to);
};

export const policiesWith = (from: string, to: string): string => {
  if (!POLICIES.includes(from)) throw new Error(`the policies have no ${from}`);
  return POLICIES.replace(from, () => to);
};
