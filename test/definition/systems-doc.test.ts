import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { POLICIES, linesOf } from './documents.ts';

test('the example of docs/systems.md is accepted as it stands', { timeout: 60_000 }, () => {
  const doc = readFileSync('docs/systems.md', 'utf8');
  const example = /^```yaml\n([\s\S]*?)^```$/m.exec(doc)?.[1] ?? '';
  expect(example).toContain('${each:shard}');
  expect(linesOf({ 'slo/shop.yaml': example, 'slo/policies.yaml': POLICIES })).toEqual([]);
  const links = [...doc.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)[1] ?? '';
  expect(links).toContain('kind: Links');
  const all = { 'slo/shop.yaml': example, 'slo/policies.yaml': POLICIES, 'slo/links.yaml': links };
  expect(linesOf(all)).toEqual([]);
  expect(linesOf({ ...all, 'slo/links.yaml': links.replace('scrape:', 'scrapes:') })).toHaveLength(1);
});
