import type { Catalog } from '../definition/catalog.ts';
import { costFindings, costsOf, type Cost, type CostAnswer } from './live/cost.ts';
import { counted, some, RULE_KINDS, type Finding, type Told } from './live/finding.ts';
import { firingFindings, firingsOf, type Firing, type FiringAnswer } from './live/firings.ts';
import { inputFindings, type InputAnswers } from './live/inputs.ts';
import { compareRules, type LoadedGroup } from './live/loaded.ts';
import type { Plan, PlannedRule } from './live/plan.ts';
import { settingsFindings, type SettingsAnswers } from './live/settings.ts';
import type { RuleGroup } from './rule.ts';
import { RECORDED } from './series.ts';

/** All that a Prometheus said. `costs` stand in the order of the plan's rules; what was not asked is absent. */
export type LiveAnswers = {
  settings: SettingsAnswers;
  rules: Told<readonly LoadedGroup[]>;
  inputs: InputAnswers;
  costs: readonly (CostAnswer | undefined)[];
  firings: ReadonlyMap<PlannedRule, FiringAnswer>;
};

export type LiveReport = {
  /** Errors first. */
  findings: readonly Finding[];
  /** Groups; null where the server does not tell its rules. */
  rules: { generated: number; loaded: number; same: number } | null;
  inputs: readonly { selector: string; series: number; rules: number }[];
  /** The dearest first. */
  costs: readonly Cost[];
  samplesPerSecond: number;
  /** The most frequent first. */
  alerts: readonly Firing[];
};

const WEIGHT = { error: 0, warning: 1, info: 2 } as const;

/** Groups that are loaded as generated and still record no totals, though all that they read is there. */
const silent = ({ inputs, rules }: Plan, answers: LiveAnswers, isSame: (group: string) => boolean): Finding[] => {
  const series = (selector: string): number => {
    const answer = answers.inputs.get(selector);
    return answer?.ok ? answer.value.series : 0;
  };
  const total = RECORDED.total('5m');
  const idle = inputs.filter(
    ({ metric, selector }) => metric === total && answers.inputs.has(selector) && series(selector) === 0,
  );
  const groups = new Set(idle.flatMap((input) => input.groups));
  const recorders = rules.filter(
    ({ rule, group, reads }) =>
      'record' in rule &&
      rule.record === total &&
      groups.has(group) &&
      isSame(group) &&
      reads.every((one) => series(one) > 0),
  );
  if (recorders.length === 0) return [];
  const where = some([...new Set(recorders.map(({ group }) => group))]);
  const text = `Loaded, and what they read is there, but they record no ${total}: were they loaded just now?`;
  return [{ severity: 'warning', kind: 'not-recorded', where, text }];
};

const untold = (answers: LiveAnswers): Finding[] => {
  const failed = [...answers.inputs].flatMap(([selector, answer]) =>
    answer.ok ? [] : [`${selector} (${answer.text})`],
  );
  const say = (where: string, text: string): Finding => ({ severity: 'warning', kind: 'not-told', where, text });
  return [
    ...(answers.rules.ok
      ? []
      : [say('rules', `The server does not tell which rules are loaded: ${answers.rules.text}.`)]),
    ...(failed.length > 0
      ? [say('series', `${counted(failed.length, 'selector')} could not be asked for: ${some(failed, 2)}.`)]
      : []),
  ];
};

/** What a Prometheus' answers mean for the rules of a catalog. */
export const liveCheck = (
  catalog: Catalog,
  groups: readonly RuleGroup[],
  plan: Plan,
  answers: LiveAnswers,
): LiveReport => {
  const compared = answers.rules.ok ? compareRules(groups, answers.rules.value) : null;
  const other = new Set(compared?.different ?? groups.map(({ name }) => name));
  const costs = costsOf(plan.rules, answers.costs);
  const alerts = firingsOf(plan.rules, answers.firings);
  const findings = [
    ...settingsFindings(catalog, answers.settings),
    ...inputFindings(plan.inputs, answers.inputs, answers.settings),
    ...(compared?.findings ?? []),
    ...silent(plan, answers, (group) => !other.has(group)),
    ...costFindings(plan.rules, answers.costs),
    ...firingFindings(alerts, answers.firings),
    ...untold(answers),
  ];
  const readers = new Map<string, number>();
  for (const selector of plan.rules.flatMap(({ reads }) => reads))
    readers.set(selector, (readers.get(selector) ?? 0) + 1);
  return {
    findings: findings.toSorted((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]),
    rules: compared && { generated: compared.generated, loaded: compared.loaded, same: compared.same },
    inputs: plan.inputs.flatMap(({ selector, isRecorded }) => {
      const answer = answers.inputs.get(selector);
      return answer?.ok && !isRecorded
        ? [{ selector, series: answer.value.series, rules: readers.get(selector) ?? 0 }]
        : [];
    }),
    costs,
    samplesPerSecond: costs.reduce((sum, one) => sum + one.samplesPerSecond, 0),
    alerts,
  };
};

/** 1 with an error, 2 when the rules loaded are not those generated, else 0. */
export const exitCodeOf = ({ findings }: LiveReport): 0 | 1 | 2 => {
  if (findings.some(({ severity }) => severity === 'error')) return 1;
  const kinds: ReadonlySet<string> = new Set(RULE_KINDS);
  return findings.some(({ kind }) => kinds.has(kind)) ? 2 : 0;
};
