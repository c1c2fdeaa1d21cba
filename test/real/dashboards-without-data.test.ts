import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../src/duration.ts';
import { ruleGroupsOf } from '../../src/generate/rules/index.ts';
import { dashboardsOf } from '../generate/dashboards/catalog.ts';
import { open, shownAs, type Answer } from './opened.ts';
import { catalogOfBoth, idleShopOf } from './planted.ts';
import { startPast, type Past } from './past.ts';
import { isMissing } from './prometheus.ts';

const TO = Date.UTC(2026, 10, 17, 8);

const catalog = catalogOfBoth();
const dashboards = dashboardsOf(catalog);

const answersOf = async (past: Past): Promise<readonly Answer[]> => {
  const all: Answer[] = [];
  const picked = { service: 'checkout', slo: 'availability' };
  for (const [path, dashboard] of dashboards)
    all.push(...(await open(past.url, dashboard, TO, path.includes('slo-detail') ? picked : {})).answers);
  return all;
};

describe.skipIf(isMissing)('dashboards on an empty Prometheus', () => {
  let past: Past;
  beforeAll(async () => {
    past = await startPast({ raw: [], from: TO, to: TO });
  });
  afterAll(() => past?.stop());

  it('answer nothing at all: Grafana writes "no data", and no panel is green', async () => {
    const answers = await answersOf(past);
    expect(answers.length).toBeGreaterThan(200);
    expect(answers.filter(({ lines }) => lines.length > 0).map(({ title, expr }) => ({ title, expr }))).toEqual([]);
    const words = answers.flatMap(({ panel }) => (panel ? [panel.fieldConfig?.defaults.noValue] : []));
    expect(new Set(words)).toEqual(new Set(['no data']));
  });
});

describe.skipIf(isMissing)('dashboards of a system without traffic', () => {
  let past: Past;
  let answers: readonly Answer[];
  beforeAll(async () => {
    const { raw, from } = idleShopOf(catalog, TO);
    past = await startPast({
      raw,
      groups: [...ruleGroupsOf(catalog, 'shop')],
      from,
      to: TO,
      fastFrom: TO - 8 * HOUR,
    });
    answers = await answersOf(past);
  }, 120_000);
  afterAll(() => past?.stop());

  it('show no number that is none', () => {
    const points = answers.flatMap(({ title, legend, lines }) =>
      lines.flatMap((line) => line.points.map(([, value]) => ({ title, legend, value }))),
    );
    expect(points.length).toBeGreaterThan(1_000);
    expect(points.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  });

  it('count every SLO as one without data', () => {
    const count = (title: string): number | undefined =>
      answers.find((one) => one.title === title)?.lines[0]?.points[0]?.[1];
    // No budget is known, so that none can be counted as fine: those counts are empty.
    expect(['SLOs ok', 'SLOs at risk', 'SLOs missed'].map(count)).toEqual([undefined, undefined, undefined]);
    expect(count('SLOs without data')).toBe(5);
  });

  it('say nothing of budgets, burn rates and indicators, and claim no more than that sources answer and alerts are quiet', () => {
    const facts = answers.filter(({ type }) => type === 'stat' || type === 'table' || type === 'bargauge');
    const claims = facts.flatMap((answer) =>
      answer.lines.flatMap(({ points }) => {
        const { text, color } = shownAs(answer, points.at(-1)![1]);
        return color === 'green' ? `${answer.title}: ${answer.legend} ${text}` : [];
      }),
    );
    expect([...new Set(claims)].toSorted()).toEqual([
      'Burn-rate alerts: Now quiet',
      'SLOs: Data 100.0%',
      'Tiers that page: Tiers that page 0',
    ]);
    const silent = answers.filter(({ title }) => /budget|burn rate|SLI|Bad events left/i.test(title));
    expect(silent.length).toBeGreaterThan(20);
    expect(silent.filter(({ lines }) => lines.length > 0).map(({ title, expr }) => ({ title, expr }))).toEqual([]);
  });
});
