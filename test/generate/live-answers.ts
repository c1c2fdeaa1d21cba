import { DAY, MINUTE } from '../../src/duration.ts';
import { liveCheck, type LiveAnswers } from '../../src/generate/live-check.ts';
import type { CostAnswer } from '../../src/generate/live/cost.ts';
import type { Finding } from '../../src/generate/live/finding.ts';
import type { FiringAnswer } from '../../src/generate/live/firings.ts';
import type { InputAnswer } from '../../src/generate/live/inputs.ts';
import type { LoadedGroup, LoadedRule } from '../../src/generate/live/loaded.ts';
import { nameOf, planOf } from '../../src/generate/live/plan.ts';
import { isAlert, type RuleGroup } from '../../src/generate/rule.ts';
import { ruleGroupsOf, selfRuleGroups } from '../../src/generate/rules/index.ts';
import { measured } from './rules/catalogs.ts';

export const CATALOG = measured();
export const GROUPS: readonly RuleGroup[] = [...ruleGroupsOf(CATALOG, 'shop'), ...selfRuleGroups(CATALOG)];
export const PLAN = planOf(CATALOG, GROUPS);
export const NOW = Date.UTC(2026, 10, 18, 12);

export const FINE: InputAnswer = {
  series: 3,
  lacking: {},
  ofMetric: null,
  alone: [],
  type: null,
  falls: null,
  values: null,
};
export const told = <T>(value: T) => ({ ok: true as const, value });

export const loaded: readonly LoadedGroup[] = GROUPS.map(({ name, intervalMs, rules }) => ({
  name,
  file: 'alerts/shop.rules.yml',
  intervalMs,
  tookMs: 12,
  rules: rules.map((rule): LoadedRule => ({
    name: nameOf(rule),
    type: isAlert(rule) ? 'alerting' : 'recording',
    // Prometheus tells an expression as it would write it itself.
    query: rule.expr.replaceAll(/\s+/g, ' '),
    lastError: '',
    labels: Object.fromEntries(Object.entries(rule.labels).toReversed()),
    annotations: isAlert(rule) ? rule.annotations : {},
    forMs: isAlert(rule) ? rule.forMs : 0,
  })),
}));

export const changed = (name: string, change: (group: LoadedGroup) => LoadedGroup): LiveAnswers['rules'] =>
  told(loaded.map((group) => (group.name === name ? change(group) : group)));

export const cheap: CostAnswer = { ok: true, series: 1, samples: 30 };
export const quiet: FiringAnswer & { ok: true } = {
  ok: true,
  from: NOW - 7 * DAY,
  to: NOW,
  stepMs: MINUTE,
  series: [],
};
export const alerts = PLAN.rules.filter(({ rule, reads }) => isAlert(rule) && reads.length > 0);

/** A Prometheus with which all is well, but for what a test says. */
export const fine = (): LiveAnswers => ({
  settings: {
    runtime: told({ storageRetention: '93d' }),
    flags: told({ 'query.lookback-delta': '5m' }),
    scrapes: 40,
    renamed: null,
  },
  rules: told(loaded),
  inputs: new Map(PLAN.inputs.map(({ selector }) => [selector, told(FINE)])),
  costs: PLAN.rules.map(() => cheap),
  firings: new Map(alerts.map((rule) => [rule, quiet])),
});

export const findings = (change: Partial<LiveAnswers>): readonly Finding[] =>
  liveCheck(CATALOG, GROUPS, PLAN, { ...fine(), ...change }).findings;
export const report = (change: Partial<LiveAnswers>) => liveCheck(CATALOG, GROUPS, PLAN, { ...fine(), ...change });
export const settings = (change: Partial<LiveAnswers['settings']>) =>
  findings({ settings: { ...fine().settings, ...change } });
export const input = (fits: (selector: string) => boolean, change: Partial<InputAnswer>): LiveAnswers['inputs'] => {
  const hit = PLAN.inputs.filter(({ selector }) => fits(selector));
  if (hit.length === 0) throw new Error('no input of these rules fits');
  return new Map([...fine().inputs, ...hit.map(({ selector }) => [selector, told({ ...FINE, ...change })] as const)]);
};
export const firing = (name: string, answer: FiringAnswer): LiveAnswers['firings'] =>
  new Map(alerts.map((rule) => [rule, rule.where === name ? answer : quiet]));
