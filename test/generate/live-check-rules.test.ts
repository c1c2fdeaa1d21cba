import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/duration.ts';
import { exitCodeOf } from '../../src/generate/live-check.ts';
import type { CostAnswer } from '../../src/generate/live/cost.ts';
import { episodesOf, type FiringAnswer } from '../../src/generate/live/firings.ts';
import type { LoadedRule } from '../../src/generate/live/loaded.ts';
import {
  GROUPS,
  PLAN,
  NOW,
  told,
  loaded,
  quiet,
  changed,
  alerts,
  fine,
  findings,
  report,
  firing,
} from './live-answers.ts';

describe('rules that are loaded', () => {
  const NAME = 'nines-checkout-errors-fast';
  const rules = (change: (rules: readonly LoadedRule[]) => readonly LoadedRule[]) =>
    report({ rules: changed(NAME, (group) => ({ ...group, rules: change(group.rules) })) });

  it('none at all', () => {
    const none = report({ rules: told([]) });
    expect(none.findings).toMatchObject([{ kind: 'rules-missing', text: expect.stringMatching(/^None/) as unknown }]);
    expect(exitCodeOf(none)).toBe(2);
  });

  it('one group is not', () => {
    const found = report({ rules: told(loaded.filter(({ name }) => name !== NAME)) });
    expect(found.findings).toMatchObject([{ kind: 'rules-missing', where: NAME }]);
    expect([found.rules?.same, exitCodeOf(found)]).toEqual([GROUPS.length - 1, 2]);
  });

  it('other expressions, labels, waiting times and texts are named', () => {
    const found = rules(([first, second, ...rest]) => [
      { ...first!, query: first!.query.replace('5m', '10m') },
      { ...second!, labels: { ...second!.labels, team: 'shop' } },
      ...rest.map((one) =>
        one.name === 'SliNoData'
          ? { ...one, forMs: 60_000, annotations: { ...one.annotations, summary: 'Gone.' } }
          : one,
      ),
    ]);
    expect(found.findings).toMatchObject([{ severity: 'warning', kind: 'rules-different', where: NAME }]);
    expect(found.findings[0]?.text).toBe(
      'In alerts/shop.rules.yml: other than generated: nines:sli_total:rate5m (expr), nines:sli_errors:rate5m (labels), SliNoData (for, annotations).',
    );
    expect(exitCodeOf(found)).toBe(2);
  });

  it('a rule that is missing, and one that is no longer generated', () => {
    const found = rules(([first, ...rest]) => [...rest, { ...first!, name: 'nines:sli_errors:rate6m' }]);
    expect(found.findings[0]?.text).toMatch(
      /it lacks nines:sli_total:rate5m; no longer generated: nines:sli_errors:rate6m\.$/,
    );
  });

  it('another interval', () => {
    const [only] = findings({ rules: changed(NAME, (group) => ({ ...group, intervalMs: MINUTE })) });
    expect(only?.text).toMatch(/its interval is 1 m, not 30 s/);
  });

  it('groups of an older generation, and groups that are loaded twice', () => {
    const old = { ...loaded[0]!, name: 'nines-checkout-gone-fast', file: 'alerts/old.rules.yml' };
    const twice = { ...loaded[0]!, file: 'alerts/copy.rules.yml' };
    const found = report({ rules: told([...loaded, old, twice, { ...old, name: 'node-exporter' }]) });
    expect(found.findings.map(({ kind, where }) => [kind, where])).toEqual([
      ['rules-left-over', twice.name],
      ['rules-left-over', old.name],
    ]);
    expect(found.findings[0]?.text).toMatch(/second time/);
    expect(exitCodeOf(found)).toBe(2);
  });

  it('what cannot be evaluated is an error, and wins over differences', () => {
    const found = rules(([first, ...rest]) => [
      { ...first!, query: 'sum(other)', lastError: 'query timed out in expression evaluation' },
      ...rest,
    ]);
    expect(found.findings[0]).toMatchObject({ severity: 'error', kind: 'rule-failing', where: NAME });
    expect(exitCodeOf(found)).toBe(1);
  });

  it('a group that takes longer than its interval is a warning', () => {
    expect(findings({ rules: changed(NAME, (group) => ({ ...group, tookMs: 31_000 })) })).toMatchObject([
      { severity: 'warning', kind: 'group-slow', where: NAME },
    ]);
  });

  it('a server that does not tell them is a warning', () => {
    const found = report({ rules: { ok: false, text: 'It cannot answer' } });
    expect(found.findings).toMatchObject([{ severity: 'warning', kind: 'not-told', where: 'rules' }]);
    expect([found.rules, exitCodeOf(found)]).toEqual([null, 0]);
  });
});

describe('cost', () => {
  it('is samples per second by the interval of the group, the dearest first', () => {
    const costs = PLAN.rules.map(({ where }): CostAnswer =>
      where === 'nines-checkout-errors-slow: nines:sli_error:ratio_window'
        ? { ok: true, series: 1, samples: 17_280 }
        : { ok: true, series: 1, samples: 60 },
    );
    const { costs: told, samplesPerSecond } = report({ costs });
    expect(told[0]).toMatchObject({ samples: 17_280, intervalMs: 5 * MINUTE, samplesPerSecond: 57.6 });
    const fast = PLAN.rules.filter(({ intervalMs }) => intervalMs < MINUTE).length;
    expect(samplesPerSecond).toBeCloseTo(fast * 2 + (PLAN.rules.length - fast - 1) * 0.2 + 57.6, 6);
  });

  it('a rule that the server refuses is an error; one that it does not finish, a warning', () => {
    const [first, second] = PLAN.rules;
    const costs = fine().costs.with(0, { ok: false, isRefused: true, text: 'unknown function' });
    expect(findings({ costs })).toMatchObject([{ severity: 'error', kind: 'rule-refused', where: first?.where }]);
    const late = fine().costs.with(1, { ok: false, isRefused: false, text: 'No answer within 30 s' });
    const [only] = findings({ costs: late });
    expect(only).toMatchObject({ severity: 'warning', kind: 'not-told', where: 'cost' });
    expect(only?.text).toContain(second?.where);
  });

  it('is unknown where the server does not count', () => {
    const found = report({ costs: PLAN.rules.map(() => ({ ok: true, series: 1, samples: null })) });
    expect(found.findings).toMatchObject([{ severity: 'info', kind: 'not-told', where: 'cost' }]);
    expect(found.costs).toEqual([]);
  });
});

describe('how often alerts would have fired', () => {
  const WHERE = 'nines-checkout-errors-fast: ErrorBudgetBurn page-fast';
  const every = (stepMs: number, count: number, from = NOW - DAY): number[] =>
    Array.from({ length: count }, (_, index) => from + index * stepMs);

  it.each([
    ['nothing', [], 0, { times: 0, firingMs: 0 }],
    ['an instant', every(MINUTE, 1), 0, { times: 1, firingMs: MINUTE }],
    ['a run', every(MINUTE, 10), 0, { times: 1, firingMs: 10 * MINUTE }],
    ['two runs', [...every(MINUTE, 3), ...every(MINUTE, 2, NOW)], 0, { times: 2, firingMs: 5 * MINUTE }],
    ['a run as long as it waits', every(MINUTE, 6), 5 * MINUTE, { times: 1, firingMs: MINUTE }],
    ['a run that is over before', every(MINUTE, 5), 5 * MINUTE, { times: 0, firingMs: 0 }],
  ])('%s', (_, instants, forMs, expected) => {
    expect(episodesOf(instants, MINUTE, forMs)).toEqual(expected);
  });

  it('counts all series of an alert, and warns above two a day', () => {
    const times = (count: number): FiringAnswer => ({ ...quiet, series: [every(HOUR, count - 1), every(HOUR, 1)] });
    const often = report({ firings: firing(WHERE, times(15)) });
    expect(often.alerts[0]).toMatchObject({ where: WHERE, alert: 'ErrorBudgetBurn', times: 15, severity: 'critical' });
    expect(often.findings).toMatchObject([{ severity: 'warning', kind: 'alert-noisy', where: WHERE }]);
    expect(often.findings[0]?.text).toMatch(/15 times in 7 days \(2\.14 a day\)/);
    expect(findings({ firings: firing(WHERE, times(14)) })).toEqual([]);
  });

  it('a few hours of past do not make a day of it', () => {
    const short = { ...quiet, from: NOW - HOUR, series: [every(2 * MINUTE, 2)] };
    expect(findings({ firings: firing(WHERE, short) })).toEqual([]);
  });

  it('says of how many alerts nothing can be known yet', () => {
    const firings = new Map(alerts.map((rule) => [rule, { ok: false as const, unrecorded: true, text: '' }]));
    expect(findings({ firings })).toMatchObject([{ severity: 'info', kind: 'not-told', where: 'alerts' }]);
  });
});
