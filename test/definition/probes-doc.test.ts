import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { assertion } from '../../src/definition/spec/assertion.ts';
import { httpProbe } from '../../src/definition/spec/http-probe.ts';
import { HTTP_ASSERTIONS } from '../../src/definition/lint-http.ts';
import { POLICIES, linesOf } from './documents.ts';

const doc = readFileSync('docs/probes.md', 'utf8');

/** Every `##` section by its title, which is the kind. */
const sections = new Map(
  doc
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).trim(), section]),
);

const examplesOf = (section: string): string[] =>
  [...section.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

const systemWith = (probes: string): string =>
  `apiVersion: nines/v1
kind: System
id: shop
name: Shop
requestBudgets: [{ id: api, requests: 100000, per: 1h }]
services:
  - id: web
    name: Web
    policy: standard
    probes:
${probes.replace(/^(?=.)/gm, '      ')}`;

const examples = [...sections].flatMap(([kind, section]) =>
  examplesOf(section).map((example, index) => [`${kind} ${index + 1}`, example] as const),
);

describe('Each example of docs/probes.md is accepted as it stands', () => {
  test.for(examples)('%s', ([, example]) => {
    const secrets = new Proxy({}, { get: () => 'https://set.example.org' });
    expect(linesOf({ 'slo/shop.yaml': systemWith(example), 'slo/policies.yaml': POLICIES }, secrets)).toEqual([]);
  });

  test('and every kind that is described has one', () => {
    for (const [kind, section] of sections) expect([kind, examplesOf(section).length > 0]).toEqual([kind, true]);
  });
});

describe('The section on http', () => {
  const section = sections.get('http') ?? '';

  test('has a row for every key, and for no other', () => {
    const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual(Object.keys(httpProbe.shape).toSorted());
  });

  test('has a row for every assertion that http probes know', () => {
    const rows = [...section.matchAll(/^\| `(\w+): /gm)].map((match) => match[1] ?? '');
    expect(rows.toSorted()).toEqual([...HTTP_ASSERTIONS].toSorted());
    expect(HTTP_ASSERTIONS.every((key) => key in assertion.shape)).toBe(true);
  });
});
