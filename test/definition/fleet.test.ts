import { expect, test } from 'vitest';
import { load } from '../../src/definition/load.ts';
import { revealTarget } from '../../src/definition/resolve.ts';
import { POLICIES } from './documents.ts';

const PLAIN = POLICIES.replaceAll(/\$\{[^}]*\}/g, 'X');

const fleet = (probe: string, slo = ''): string => `apiVersion: nines/v1
kind: System
id: fleet
name: Fleet
services:
  - id: edge
    name: Edge
    policy: ${/- id: ([a-z0-9-]+)\n {4}name/.exec(POLICIES)?.[1] ?? 'standard'}
    probes:
${probe}
${slo}`;

const loaded = (text: string, files: Record<string, string> = {}) =>
  load(
    [
      { file: 'fleet.yaml', text },
      { file: 'policies.yaml', text: PLAIN },
    ],
    { profile: 'production', lookup: (reference) => files[reference] },
  );

const said = (text: string, files?: Record<string, string>): string[] =>
  loaded(text, files).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

const template = (given: string, id = 'site-${each:name}'): string => `      - for: ${given}
        id: ${id}
        kind: http
        url: https://\${each:name}.example.org/health`;

const ids = (text: string, files?: Record<string, string>): string[] => {
  const { catalog, problems } = loaded(text, files);
  expect(problems).toEqual([]);
  return [...(catalog?.probes.keys() ?? [])].map((id) => id.replace('fleet/edge/', ''));
};

test('a list makes a probe of each entry, its values filled in everywhere', () => {
  const { catalog } = loaded(fleet(template('{ name: [berlin, paris] }')));
  expect([...(catalog?.probes.keys() ?? [])]).toEqual(['fleet/edge/site-berlin', 'fleet/edge/site-paris']);
  const probe = catalog?.probes.get('fleet/edge/site-paris');
  expect(probe && revealTarget(probe, () => undefined)?.check).toMatchObject({
    url: 'https://paris.example.org/health',
  });
});

test('several lists give every combination, a range its numbers, padded as they are written', () => {
  const given = '{ name: [a, b], shard: 08..10 }';
  expect(ids(fleet(template(given, 'x-${each:name}-${each:shard}')))).toEqual(
    ['a-08', 'a-09', 'a-10', 'b-08', 'b-09', 'b-10'].map((id) => `x-${id}`),
  );
});

test('rows are taken as they are, and a value that stands alone keeps its type', () => {
  const text = fleet(`      - for: [{ name: a, limit: 2 }, { name: b, limit: 5 }]
        id: site-\${each:name}
        kind: http
        url: https://a.example.org/
        failureThreshold: \${each:limit}`);
  const { catalog, problems } = loaded(text);
  expect(problems).toEqual([]);
  expect([...(catalog?.probes.values() ?? [])].map(({ failureThreshold }) => failureThreshold)).toEqual([2, 5]);
});

test('a file gives an entry for each line', () => {
  const files = { 'file:hosts.txt': '# shops\nberlin\n\nparis\n' };
  expect(ids(fleet(template('{ name: "${file:hosts.txt}" }')), files)).toEqual(['site-berlin', 'site-paris']);
});

test('one SLO is over all that fit a pattern', () => {
  const slo = `    slos:
      - { id: up, name: Up, objective: 99.9, window: 30d, indicator: { kind: probe, probes: ['site-*'] } }`;
  const { catalog } = loaded(fleet(template('{ name: [a, b, c] }'), slo));
  expect(catalog?.slos.get('fleet/edge/up')?.indicator).toMatchObject({
    probes: ['a', 'b', 'c'].map((name) => `fleet/edge/site-${name}`),
  });
});

test('SLOs can be templates too', () => {
  const slo = `    slos:
      - for: { name: [a, b] }
        id: up-\${each:name}
        name: Up \${each:name}
        objective: 99.9
        window: 30d
        indicator: { kind: probe, probes: ['site-\${each:name}'] }`;
  const { catalog } = loaded(fleet(template('{ name: [a, b] }'), slo));
  expect([...(catalog?.slos.values() ?? [])].map(({ id, name }) => `${id} ${name}`)).toEqual([
    'fleet/edge/up-a Up a',
    'fleet/edge/up-b Up b',
  ]);
});

test('a hundred thousand probes need five lines', { timeout: 60_000 }, () => {
  const { catalog } = loaded(fleet(template('{ name: [eu, us], shard: 1..50000 }', 's-${each:name}-${each:shard}')));
  expect(catalog?.probes.size).toBe(100_000);
});

test.for<[string, string, string]>([
  [
    'no list',
    template('berlin'),
    '10:14 for must be a record of lists such as { shop: [berlin, paris], shard: 1..50 }',
  ],
  ['an empty list', template('{ name: [] }'), '10:22 for.name must have at least one entry'],
  [
    'a range that ends before it begins',
    template('{ name: 9..3 }'),
    '10:22 for.name must be a list, a range such as 1..50, or ${file:path} with a line for each entry',
  ],
  [
    'rows with different names',
    template('[{ name: a }, { host: b }]'),
    '10:28 for must have the same names in every row',
  ],
  [
    'a name that the for does not have',
    template('{ shop: [a] }', 'x-${each:shop}'),
    '13:22 ${each:name} is no name of this for, which has shop',
  ],
  [
    'one id for all',
    template('{ name: [a, b] }', 'site'),
    '11:13 id must hold ${each:…}, or all entries of this for would have the same',
  ],
  [
    'too many',
    template('{ name: [a, b], n: 1..150000 }', 'x-${each:n}'),
    '10:14 for makes 300000 entries, at most 200000 are allowed; split the system',
  ],
  [
    'a file that is not there',
    template('{ name: "${file:hosts.txt}" }'),
    '10:22 file hosts.txt cannot be read or has no lines',
  ],
])('%s is told where it stands', ([, probe, line]) => expect(said(fleet(probe))).toEqual([line]));

test('a mistake in a template is told once, at its place in the template', () => {
  const text = fleet(template('{ name: 1..5000 }').replace('kind: http', 'kind: htp'));
  expect(said(text)).toHaveLength(1);
  expect(said(fleet(template('{ name: [a, b] }').replace('https://', 'ftp://')))[0]).toMatch(/^13:14 url must be/);
});

test('an each without a for is told', () => {
  const text = fleet(
    template('{ name: [a] }').replace('- for: { name: [a] }\n        id', '- id').replace('site-${each:name}', 'site'),
  );
  expect(said(text)).toEqual(['12:22 ${each:name} needs a for: in its entry of probes or slos']);
});
