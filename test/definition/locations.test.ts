import { expect, test } from 'vitest';
import { POLICIES, linesOf, shopWith } from './documents.ts';

const EVERY = '        every: 30s\n';

test.each([
  ['a location named twice', 'locations: [main, main]', 'slo/shop.yaml:18:27 location main is named twice'],
  [
    'a quorum that no outage reaches',
    'locations: [main, frankfurt]\n        quorum: 3',
    'slo/shop.yaml:19:17 quorum must not be more than its locations (2), or it would never fail, got 3',
  ],
  ['a quorum of nobody', 'quorum: 1', 'slo/shop.yaml:18:17 quorum needs locations that can agree'],
])('%s is told where it stands', (_name, text, said) => {
  const system = shopWith(EVERY, `        ${text}\n${EVERY}`);
  expect(linesOf({ 'slo/shop.yaml': system, 'slo/policies.yaml': POLICIES })).toEqual([said]);
});

test('locations with a quorum they can reach are no mistake', () => {
  const system = shopWith(EVERY, `        locations: [main, frankfurt, virginia]\n        quorum: 2\n${EVERY}`);
  expect(linesOf({ 'slo/shop.yaml': system, 'slo/policies.yaml': POLICIES })).toEqual([]);
});
