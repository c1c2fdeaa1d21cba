import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readingsOf } from '../../src/definition/readings.ts';
import { POLICIES, catalogOf, shopWith } from './documents.ts';

const SECRETS = {
  'env:SHOP_TOKEN': 't',
  'env:SLACK_BOT_TOKEN': 'x',
  'env:DATABASE_PASSWORD': 'p',
  'env:REDIS_PASSWORD': 'p',
};

const page = readFileSync('docs/probes.md', 'utf8');
const sectionOf = (kind: string): string =>
  new RegExp(`^## ${kind}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(page)?.[1] ?? '';

test.for(['postgres', 'redis'] as const)('The example of %s loads as it stands', (kind) => {
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(sectionOf(kind)) ?? [];
  const probes = example.replaceAll(/^(?=.)/gm, '      ');
  const shop = shopWith('      - id: nightly', `${probes}      - id: nightly`);
  const catalog = catalogOf({ 'shop.yaml': shop, 'policies.yaml': POLICIES }, SECRETS);
  expect(catalog.warnings).toEqual([]);
  expect([...catalog.probes.values()].map((probe) => [probe.kind, probe.notConfigured])).toContainEqual([kind, null]);
});

test.for(['postgres', 'redis'] as const)('The page describes every reading of %s, and no other', (kind) => {
  const rows = [...sectionOf(kind).matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ''),
  );
  const keys = new Set([
    'url',
    'query',
    'ca',
    'verify',
    'ip',
    'resolver',
    'addresses',
    'allow',
    'reading',
    'certificate',
  ]);
  const described = new Set(rows.filter((name) => readingsOf(kind).has(name) || !keys.has(name)));
  expect([...described].toSorted()).toEqual([...readingsOf(kind)].toSorted());
});
