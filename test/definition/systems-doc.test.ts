import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defaultTiers, TIER_NAMES } from '../../src/slo/burn-policy.ts';
import { durationPhrase } from '../../src/slo/phrase.ts';
import { POLICIES, SECRETS, linesOf } from './documents.ts';

test('the example of docs/systems.md is accepted as it stands', { timeout: 60_000 }, () => {
  const doc = readFileSync('docs/systems.md', 'utf8');
  const example = /^```yaml\n([\s\S]*?)^```$/m.exec(doc)?.[1] ?? '';
  expect(example).toContain('${each:shard}');
  for (const kind of ['time-slice', 'composite', 'promql']) expect(example).toContain(`kind: ${kind}`);
  const secrets = { ...SECRETS, 'env:PROMETHEUS_TOKEN': 'token-2' };
  expect(linesOf({ 'slo/shop.yaml': example, 'slo/policies.yaml': POLICIES }, secrets)).toEqual([]);
  const links = [...doc.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)[1] ?? '';
  expect(links).toContain('kind: Links');
  // The fleet of the example is large: once is enough.
  const all = { 'slo/policies.yaml': POLICIES, 'slo/links.yaml': links };
  expect(linesOf(all, secrets)).toEqual([]);
  expect(linesOf({ ...all, 'slo/links.yaml': links.replace('scrape:', 'scrapes:') }, secrets)).toHaveLength(1);
});

test('docs/systems.md lists the tiers that an SLO has without its own', () => {
  const rows = [...readFileSync('docs/systems.md', 'utf8').matchAll(/^\| `((?:page|ticket)-\w+)` +\|(.*)\|$/gm)];
  const kinds = [defaultTiers({ kind: 'rolling', days: 30 }), defaultTiers({ kind: 'calendar', unit: 'day' })];
  expect(rows.map(([, name, cells = '']) => [name, ...cells.split('|').map((cell) => cell.trim())])).toEqual(
    TIER_NAMES.map((name) => {
      const [long, short] = kinds.map((tiers) => tiers.find((tier) => tier.name === name));
      const [month, day] = [long, short].map((tier) =>
        tier ? `${tier.factor} over ${durationPhrase(tier.longMs)} and ${durationPhrase(tier.shortMs)}` : '',
      );
      return [name, month, day, long?.severity];
    }),
  );
});
