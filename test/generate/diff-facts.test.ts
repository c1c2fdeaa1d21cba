import { load as parse } from 'js-yaml';
import { expect, it } from 'vitest';
import { load } from '../../src/definition/load.ts';
import { changesOf, type Compared } from '../../src/generate/changes.ts';
import { changeText, unified } from '../../src/generate/diff.ts';
import { DEFAULT_OPTIONS, textOf } from '../../src/generate/file.ts';
import { generate } from '../../src/generate/generate.ts';
import { probe } from '../../src/definition/spec/probe.ts';
import { GUARDED, SAID } from '../../src/generate/facts/probe.ts';
import { POLICIES } from '../harness/definitions.ts';

const SYSTEM = `apiVersion: nines/v1
kind: System
id: bookshop
name: Bookshop
connectors:
  - { id: prom, kind: prometheus, url: http://localhost:9090 }
services:
  - id: api
    name: API
    tier: 1
    policy: standard
    probes:
      - { id: health, kind: http, url: "http://x.example.org/health", every: 10s }
    slos:
      - id: availability
        name: API availability
        objective: 99.9
        window: 30d
        indicator: { kind: promql, connector: prom, errors: 'http_total{code=~"5.."}', total: http_total }
      - id: latency
        name: API latency
        objective: 99
        window: 30d
        indicator: { kind: promql, connector: prom, histogram: http_seconds, threshold: 500ms }
      - id: slices
        name: Slices
        objective: 99
        window: 30d
        indicator: { kind: time-slice, source: { kind: query, connector: prom, query: sum(queue) }, comparison: '<=', threshold: 100 }
      - id: both
        name: Both
        objective: 99
        window: 30d
        indicator: { kind: composite, parts: [{ slo: availability, weight: 10 }, { slo: slices }] }
      - id: health
        name: Health
        objective: 99.9
        window: month
        minBad: 10
        indicator: { kind: probe, probes: [health] }
`;
const LINKS = 'apiVersion: nines/v1\nkind: Links\nnines: http://localhost:9700\n';

const filesOf = async (...texts: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const files = texts.map((text, index) => ({ file: `${index}.yaml`, text }));
  const { catalog, problems } = load(files, { profile: 'production', lookup: () => undefined });
  if (!catalog) throw new Error(JSON.stringify(problems));
  return new Map((await generate(catalog, DEFAULT_OPTIONS)).map((file) => [file.path, textOf(file)]));
};

const pairsOf = async (edit: (text: string) => string) => {
  const texts = [SYSTEM, POLICIES, LINKS];
  const [before, after] = [await filesOf(...texts), await filesOf(...texts.map(edit))];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [then, now] = [before.get(path) ?? null, after.get(path) ?? null];
    return then === now ? [] : [{ path, before: then, after: now }];
  });
};

const parsed = (path: string, text: string | null): unknown =>
  text === null ? null : path.endsWith('.json') ? JSON.parse(text) : parse(text);

const told = async (edit: (text: string) => string, more: Partial<Compared> = {}): Promise<string[]> =>
  changesOf(
    (await pairsOf(edit)).map(({ path, before, after }) => ({
      path,
      before: parsed(path, before),
      after: parsed(path, after),
      ...(more.path === path ? more : {}),
    })),
  ).map(changeText);

const instead = (from: string, to: string) => (text: string) => text.replace(from, to);

it.each([
  ['threshold: 100', 'threshold: 50', "bookshop/api slices: threshold '<= 100' → '<= 50'"],
  ['weight: 10', 'weight: 5', 'bookshop/api both: weight of bookshop/api/availability 10 → 5'],
  ['tier: 1', 'tier: 0', 'bookshop/api: tier 1 → 0 (its incidents may now climb to L4)'],
  ['threshold: 500ms', 'threshold: 250ms', 'bookshop/api latency: histogram threshold 500ms → 250ms'],
  ['minBad: 10', 'minBad: 20', 'bookshop/api health: minBad 10 → 20'],
  ['objective: 99.9', 'objective: 99.5', 'bookshop/api availability: objective 99.9 → 99.5'],
  ['name: API availability', 'name: API is up', "bookshop/api availability: name 'API availability' → 'API is up'"],
  ['name: API\n', 'name: Gateway\n', 'bookshop/api: name API → Gateway'],
  ['name: Bookshop', 'name: Books', 'bookshop: name Bookshop → Books'],
  ['every: 10s', 'every: 30s', 'bookshop/api health: every 10s → 30s'],
  ['localhost:9700', 'nines.example.org', 'links: nines http://localhost:9700 → http://nines.example.org'],
])('%s → %s is one sentence, and nothing that follows from it is another', async (from, to, sentence) => {
  expect(await told(instead(from, to))).toEqual([sentence]);
});

it('an SLO that goes is one sentence, though its rules stand in two files', async () => {
  const without = (text: string): string => text.replace(/ {6}- id: latency\n[^]*?(?= {6}- id: slices)/, '');
  expect(await told(without)).toEqual(['bookshop/api latency: removed']);
  const rules = (await pairsOf(without)).filter(({ path }) => path.endsWith('.rules.yml'));
  expect(rules).toHaveLength(2);
  const files = rules.map(({ path, before, after }) => ({
    path,
    before: parsed(path, before),
    after: parsed(path, after),
  }));
  expect(changesOf(files).map(changeText)).toEqual(['bookshop/api latency: removed']);
});

it('what does not follow from a sentence is told beside it', async () => {
  const path = 'alerts/bookshop.rules.yml';
  const edit = instead('localhost:9700', 'nines.example.org');
  const pair = (await pairsOf(edit)).find((one) => one.path === path)!;
  const other = parsed(path, pair.before!.replace('> 0.0144', '> 0.02'));
  expect(await told(edit, { path, before: other })).toEqual([
    expect.stringMatching(/^links: nines /),
    expect.stringMatching(/^bookshop\/api availability: page-fast /),
    expect.stringMatching(/^bookshop\/api availability: page-fast texts changed/),
  ]);
});

it('nothing explains a file that somebody edited', async () => {
  const lines = await told(instead('minBad: 10', 'minBad: 20'), { path: 'alerts/bookshop.rules.yml', isEdited: true });
  expect(lines[0]).toBe('bookshop/api health: minBad 10 → 20');
  expect(lines.slice(1)).toContain('bookshop/api health: page-fast query changed');
});

it('shows definitions first, then rules, and of tests only how many lines differ', async () => {
  const lines = unified(await pairsOf(instead('minBad: 10', 'minBad: 20')), 600);
  expect(lines.filter((line) => line.startsWith('--- ') || line.startsWith('('))).toEqual([
    '--- a/facts/bookshop.yml',
    '--- a/alerts/bookshop.rules.yml',
    '--- a/alerts/bookshop.slow.rules.yml',
    expect.stringMatching(/^\(alerts\/bookshop\.rules\.test\.yml: \d+ lines? added, \d+ lines? removed\)$/),
    expect.stringMatching(/^\(alerts\/bookshop\.slow\.rules\.test\.yml: \d+ lines? added, /),
  ]);
  expect(lines).toContain('+      minBad: 20');
});

it('tells whether a certificate is checked, and which addresses must answer', async () => {
  const lines = await told(instead('every: 10s }', 'every: 10s, verify: false, addresses: all }'));
  expect(lines).toEqual(['bookshop/api health: addresses one → all', 'bookshop/api health: verify on → off']);
});

// What else a probe says is told by facts of its own.
const OTHERWISE = new Set([
  'id',
  'kind',
  'description',
  'every',
  'timeout',
  'failureThreshold',
  'recoveryThreshold',
  'retries',
  'dependsOn',
  'burst',
  'requestBudget',
  'locations',
  'quorum',
  'assert',
  'degraded',
  'url',
  'address',
  'name',
  'host',
  'grace',
  'covers',
]);

it('every key of every kind of probe is told, or guarded', () => {
  const keys = new Set(probe.options.flatMap(({ shape }) => Object.keys(shape)));
  const known = new Set([...SAID, ...GUARDED, ...OTHERWISE]);
  expect([...keys].filter((key) => !known.has(key))).toEqual([]);
});

it('no fact shows what may be a secret', async () => {
  const secret = SYSTEM.replace(
    'http://localhost:9090',
    "'http://localhost:9090/?key=hunter2', token: hunter2",
  ).replace(
    'http://x.example.org/health"',
    'http://x.example.org/health?key=hunter2", headers: { X-Key: hunter2 }, body: hunter2, method: POST',
  );
  const facts = (await filesOf(secret, POLICIES)).get('facts/bookshop.yml');
  expect(facts).toContain("url: 'http://localhost:9090/'");
  expect(facts).not.toContain('hunter2');
});
