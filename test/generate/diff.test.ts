import { describe, expect, it } from 'vitest';
import { windowOf } from '../../src/definition/meaning.ts';
import { changesOf } from '../../src/generate/changes.ts';
import { changeText, commitMessage, diffMarkdown, diffText, unified, type TextPair } from '../../src/generate/diff.ts';
import { subjectOf } from '../../src/generate/rules/subject.ts';
import { windowRecords } from '../../src/generate/rules/window.ts';
import { aSlo } from '../slo/a-slo.ts';
import { shopCatalog } from './catalogs.ts';

const LABELS = { system: 'duru-notes', environment: 'production', service: 'api', slo: 'availability' };
const FACTORS: Record<string, number> = { 'page-fast': 14.4, 'page-slow': 6, 'ticket-slow': 1 };
type Tuning = {
  objective?: number;
  factors?: Record<string, number>;
  window?: number;
  labels?: object;
  annotations?: object;
  measured?: string;
};

/** The rules of one SLO, as they are generated: limits are factor × (1 − objective), printed as decimals. */
const slo = ({
  objective = 0.999,
  factors = FACTORS,
  window = 2_592_000,
  labels = {},
  annotations = {},
  measured = 'up',
}: Tuning = {}) => ({
  groups: [
    {
      name: 'nines-duru-notes-api-availability-fast',
      interval: '30s',
      rules: [
        { record: 'nines:objective:ratio', expr: `vector(${objective})`, labels: LABELS },
        { record: 'nines:window:seconds', expr: `vector(${window})`, labels: LABELS },
        { record: 'nines:sli_total:rate5m', expr: `sum(rate(${measured}[5m]))`, labels: LABELS },
        ...Object.entries(factors).map(([tier, factor]) => {
          const limit = Number((factor * (1 - objective)).toPrecision(6));
          return {
            alert: 'ErrorBudgetBurn',
            expr: `nines:sli_error:ratio1h{slo="availability"} > ${limit} and nines:sli_error:ratio5m{slo="availability"} > ${limit}`,
            labels: { ...LABELS, tier, severity: 'critical', long_window: '1h', short_window: '5m', ...labels },
            annotations: { summary: 'The API burns its budget.', ...annotations },
          };
        }),
      ],
    },
  ],
});
const path = 'alerts/duru-notes.yml';
const catalog = shopCatalog();
const told = (before: unknown, after: unknown, file = path): string[] =>
  changesOf([{ path: file, before, after }]).map(changeText);

describe('changes of rules', () => {
  it.each<[string, Tuning, string[]]>([
    ['threshold', { factors: { ...FACTORS, 'page-fast': 10 } }, ['page-fast threshold 14.4 → 10']],
    ['tier added', { factors: { ...FACTORS, 'ticket-fast': 3 } }, ['tier ticket-fast added']],
    ['tier removed', { factors: { 'page-fast': 14.4, 'page-slow': 6 } }, ['tier ticket-slow removed']],
    ['objective, and nothing of what follows from it', { objective: 0.9995 }, ['objective 99.9 → 99.95']],
    [
      'objective and a threshold',
      { objective: 0.99, factors: { ...FACTORS, 'page-slow': 5 } },
      ['objective 99.9 → 99', 'page-slow threshold 6 → 5'],
    ],
    ['window', { window: 604_800 }, ['window 30d → 7d']],
    ['measure', { measured: 'probe_success' }, ['recorded nines:sli_total:rate5m changed']],
    [
      'label',
      { factors: { 'page-fast': 14.4 }, labels: { short_window: '10m' } },
      ['tier page-slow removed', 'tier ticket-slow removed', 'page-fast short_window 5m → 10m'],
    ],
    [
      'text',
      { factors: { 'page-fast': 14.4 }, annotations: { summary: 'New.' } },
      ['tier page-slow removed', 'tier ticket-slow removed', 'page-fast texts changed'],
    ],
  ])('name the %s', (_what, tuning, words) => {
    expect(told(slo(), slo(tuning))).toEqual(words.map((word) => `duru-notes/api availability: ${word}`));
  });

  it.each(['30d → 7d', 'month → week', 'day → quarter', '30d → month', 'week → 7d'])(
    'name the window of generated rules: %s',
    (words) => {
      const [before, after] = words.split(' → ').map((window) => {
        const slo = aSlo({ window: windowOf(window), tiers: [] });
        return { groups: [{ name: 'g', rules: windowRecords(subjectOf(catalog, slo)) }] };
      });
      const said = told(before, after);
      expect(said[0]).toMatch(new RegExp(`: window ${words}$`));
      expect(said.filter((line) => line.includes(' changed'))).toEqual([]);
    },
  );

  it('name whole SLOs, conditions and probes that come and go', () => {
    const probe = {
      alert: 'ProbeDown',
      expr: 'probe_success == 0',
      labels: { system: 'duru-notes', service: 'api', probe: 'health' },
    };
    expect(told(slo(), { groups: [{ name: 'g', rules: [probe] }] })).toEqual([
      'duru-notes/api health: added',
      'duru-notes/api availability: removed',
    ]);
  });

  it('read the thresholds of other alerts as they are written', () => {
    const alert = (limit: number) => ({
      groups: [
        {
          name: 'g',
          rules: [
            {
              alert: 'RedisSlow',
              expr: `nines_redis_seconds > ${limit}`,
              for: '5m',
              labels: { system: 'nexod', service: 'redis', condition: 'latency' },
            },
          ],
        },
      ],
    });
    expect(told(alert(0.01), alert(0.02))).toEqual(['nexod/redis latency: threshold 0.01 → 0.02']);
  });

  it('are none when rules move to another file or form, but for the files themselves', () => {
    const resource = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', spec: slo() };
    expect(
      changesOf([
        { path: 'a.yml', before: slo(), after: null },
        { path: 'b.yml', before: null, after: resource },
      ]).map(changeText),
    ).toEqual(['a.yml: removed', 'b.yml: added']);
  });

  it('name a file of which only the layout differs, and one that cannot be read', () => {
    expect(told(slo(), slo())).toEqual([`${path}: only its order, layout or comments changed`]);
    expect(changesOf([{ path, before: null, after: slo(), unreadable: 'bad indentation' }]).map(changeText)).toEqual([
      `${path}: cannot be read as it is on disk (bad indentation); all of it would be replaced`,
    ]);
  });

  it('survive whatever somebody wrote into a file', () => {
    for (const odd of [
      null,
      3,
      'text',
      [],
      {},
      { groups: 'no' },
      { groups: [null, 3, { rules: [null, { labels: 'x' }] }] },
      { panels: [null, 1] },
      { receivers: [null], route: 1 },
      { scrape_configs: [{}] },
      { tests: [1] },
    ]) {
      expect(told(odd, slo()).length).toBeGreaterThan(0);
      expect(told(slo(), odd).length).toBeGreaterThan(0);
      expect(told(odd, { ...(odd as object), more: 1 }).length).toBeGreaterThan(0);
    }
  });
});

describe('changes of dashboards and configuration', () => {
  const panel = (id: number, title: string, query: string, more: object = {}) => ({
    id,
    title,
    type: 'stat',
    gridPos: { x: 0, y: 0 },
    targets: [{ expr: query }],
    fieldConfig: { defaults: { unit: 'percent' } },
    ...more,
  });
  const board = (...panels: unknown[]) => ({
    uid: 'nines-slo',
    title: 'SLO',
    panels,
    templating: { list: [{ name: 'slo' }] },
  });
  const one = (before: unknown, after: unknown): string[] => told(before, after, 'dashboards/nines-slo.json');

  it('name panels by their titles, also those in folded rows', () => {
    const before = board(panel(1, 'Budget left', 'a'), panel(2, 'Gone', 'b'), {
      id: 9,
      type: 'row',
      title: 'Row',
      panels: [panel(3, 'Inner', 'c')],
    });
    const after = board(
      panel(1, 'Budget left', 'a2'),
      {
        id: 9,
        type: 'row',
        title: 'Row',
        panels: [panel(3, 'Inner', 'c', { fieldConfig: { defaults: { unit: 's', decimals: 2 } } })],
      },
      panel(4, 'New', 'd'),
    );
    expect(one(before, after)).toEqual([
      'dashboard SLO: panel New added',
      'dashboard SLO: panel Gone removed',
      'dashboard SLO: panel Budget left: query changed',
      'dashboard SLO: panel Inner: unit and settings changed',
    ]);
  });

  it('tell a move, a new name and other settings apart', () => {
    const after = {
      ...board(panel(1, 'Left', 'a', { gridPos: { x: 6, y: 0 } })),
      refresh: '30s',
      templating: { list: [] },
    };
    expect(one(board(panel(1, 'Budget left', 'a')), after)).toEqual([
      'dashboard SLO: panel Budget left renamed to Left',
      'dashboard SLO: Left moved',
      'dashboard SLO: variable slo removed',
      'dashboard SLO: settings changed (refresh)',
    ]);
    expect(one(null, board())).toEqual(['dashboard SLO: added']);
    expect(one(board(), null)).toEqual(['dashboard SLO: removed']);
  });

  it('name jobs, receivers and routes', () => {
    const am = { route: { receiver: 'nines' }, receivers: [{ name: 'nines' }] };
    expect(
      told(
        am,
        { route: { receiver: 'nines', group_wait: '0s' }, receivers: [{ name: 'nines' }, { name: 'self' }] },
        'alertmanager.yml',
      ),
    ).toEqual(['alertmanager: receiver self added', 'alertmanager: route changed']);
    const prom = { scrape_configs: [{ job_name: 'nines' }], rule_files: ['a'] };
    expect(
      told(
        prom,
        { scrape_configs: [{ job_name: 'nines', scrape_interval: '15s' }], rule_files: ['a', 'b'] },
        'prometheus.yml',
      ),
    ).toEqual(['prometheus: scrape job nines changed', 'prometheus: rule_files changed']);
  });
});

describe('a diff', () => {
  const pair = (name: string, lines: number): TextPair => ({
    path: name,
    before: null,
    after: Array.from({ length: lines }, (_, n) => `line ${n}\n`).join(''),
  });

  it('shows files as diff -u does, after what it says in words', () => {
    const text = diffText(
      [{ subject: 's', what: 'changed', path: 'a' }],
      [{ path: 'a', state: 'edited', why: 'was changed since Nines wrote it' }],
      [{ path: 'a', before: 'x\ny\n', after: 'x\nz\n' }],
    );
    expect(text).toBe(
      'a: edited (was changed since Nines wrote it)\ns: changed\n\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n x\n-y\n+z',
    );
  });

  it('says of new and removed files what patch understands', () => {
    expect(unified([{ path: 'a', before: null, after: 'x\n' }], 90)).toEqual([
      '--- /dev/null',
      '+++ b/a',
      '@@ -0,0 +1,1 @@',
      '+x',
    ]);
    expect(unified([{ path: 'a', before: 'x\n', after: null }], 90)).toEqual([
      '--- a/a',
      '+++ /dev/null',
      '@@ -1,1 +0,0 @@',
      '-x',
    ]);
  });

  it('is bounded, and says what it leaves out', () => {
    const lines = unified([pair('a', 500), pair('b', 500), pair('c', 500), pair('d', 5), pair('e', 5)], 90);
    expect(lines.length).toBeLessThan(100);
    expect(lines).toContain('(473 more lines of a)');
    expect(lines.at(-1)).toBe('(not shown: 2 more files)');
  });

  it('gives up on texts that have nothing in common, instead of taking minutes', () => {
    const text = (word: string): string => Array.from({ length: 20_000 }, (_, n) => `${word} ${n}\n`).join('');
    expect(unified([{ path: 'a', before: text('x'), after: text('y') }], 90)).toContain(
      '(too many lines differ to list them)',
    );
  });

  it('is Markdown that no name or file can break out of, and that a comment can hold', () => {
    const text = diffMarkdown(
      [{ subject: '</details> @all *x* `y` [z](http://w)', what: 'changed', path: 'a' }],
      [{ path: 'a', state: 'changed' }],
      [{ path: 'a', before: '', after: `\`\`\`\n${'x'.repeat(70_000)}\n` }],
    );
    expect(text).toContain(String.raw`\</details\> @${'\u200B'}all \*x\* \`y\` \[z\](http://w)`);
    expect(text).toMatch(/\n````diff\n[^]*\n````\n/);
    expect(text.length).toBeLessThan(65_536);
  });

  it.each([
    ['@ada', '@\u200Bada'],
    ['&#64;ada', String.raw`\&\#${'\u200B'}64;ada`],
    ['#12', `\\#\u200B12`],
    ['a & b', String.raw`a \& b`],
  ])('calls nobody and names no issue in a comment: %s', (subject, shown) => {
    expect(diffMarkdown([{ subject, what: 'changed', path: 'a' }], [], [])).toContain(`- ${shown}: changed\n`);
  });

  it('is a commit message: the change itself when there is one, how many when there are more', () => {
    const change = { subject: 'duru-notes/api x', what: 'objective 99.9 → 99', path };
    expect(commitMessage([change])).toEqual({
      subject: 'Update generated files: duru-notes/api x: objective 99.9 → 99',
      body: '- duru-notes/api x: objective 99.9 → 99',
    });
    expect(commitMessage([change, change]).subject).toBe('Update generated files: 2 changes');
    expect(
      commitMessage(Array.from({ length: 500 }, () => change))
        .body.split('\n')
        .at(-1),
    ).toBe('- and 300 more');
  });
});
