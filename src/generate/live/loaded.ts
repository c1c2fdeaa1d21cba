import { canonical } from '../../promql/canonical.ts';
import { parse } from '../../promql/parse.ts';
import { durationPhrase } from '../../slo/phrase.ts';
import { isAlert, type Rule, type RuleGroup } from '../rule.ts';
import { counted, some, type Finding } from './finding.ts';
import { nameOf } from './plan.ts';

type Texts = Readonly<Record<string, string>>;

/** A rule as `/api/v1/rules` tells it. */
export type LoadedRule = {
  name: string;
  type: string;
  query: string;
  lastError: string;
  labels: Texts;
  annotations: Texts;
  forMs: number;
};
export type LoadedGroup = {
  name: string;
  file: string;
  intervalMs: number;
  tookMs: number;
  rules: readonly LoadedRule[];
};

const OURS = 'nines-';

const textOf = (labels: Texts): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const meaning = (expr: string): string => {
  const parsed = parse(expr);
  return 'expr' in parsed ? canonical(parsed.expr, expr) : expr;
};

const identityOf = (name: string, labels: Texts): string => `${name} ${textOf(labels)}`;

/** What of a loaded rule is not as generated, as words. */
const differences = (rule: Rule, loaded: LoadedRule): string[] => [
  ...(isAlert(rule) === (loaded.type === 'alerting') ? [] : ['type']),
  ...(rule.expr === loaded.query || meaning(rule.expr) === meaning(loaded.query) ? [] : ['expr']),
  ...(textOf(rule.labels) === textOf(loaded.labels) ? [] : ['labels']),
  ...(isAlert(rule) && rule.forMs !== loaded.forMs ? ['for'] : []),
  ...(isAlert(rule) && textOf(rule.annotations) !== textOf(loaded.annotations) ? ['annotations'] : []),
];

/** Each generated rule with the loaded one that stands for it: of the same labels, else of the same name. */
const paired = (group: RuleGroup, loaded: LoadedGroup) => {
  const left = [...loaded.rules];
  const take = (fits: (one: LoadedRule) => boolean): LoadedRule | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const exact = group.rules.map((rule) => {
    const identity = identityOf(nameOf(rule), rule.labels);
    return take(({ name, labels }) => identityOf(name, labels) === identity);
  });
  const pairs = group.rules.map((rule, at) => ({
    rule,
    loaded: exact[at] ?? take(({ name }) => name === nameOf(rule)),
  }));
  return { pairs, left };
};

const compared = (group: RuleGroup, loaded: LoadedGroup): string[] => {
  const { pairs, left } = paired(group, loaded);
  const missing = pairs.flatMap(({ rule, loaded: one }) => (one ? [] : [nameOf(rule)]));
  const changed = pairs.flatMap(({ rule, loaded: one }) => {
    const ways = one ? differences(rule, one) : [];
    return ways.length > 0 ? [`${nameOf(rule)} (${ways.join(', ')})`] : [];
  });
  return [
    ...(group.intervalMs === loaded.intervalMs
      ? []
      : [`its interval is ${durationPhrase(loaded.intervalMs)}, not ${durationPhrase(group.intervalMs)}`]),
    ...(missing.length > 0 ? [`it lacks ${some(missing)}`] : []),
    ...(changed.length > 0 ? [`other than generated: ${some(changed)}`] : []),
    ...(left.length > 0 ? [`no longer generated: ${some(left.map(({ name }) => name))}`] : []),
  ];
};

/** How each group fares in the server: what fails, and what takes too long. */
const health = ({ name, intervalMs, tookMs, rules }: LoadedGroup): Finding[] => {
  const failing = rules.filter(({ lastError }) => lastError !== '');
  return [
    ...(failing.length > 0
      ? [
          {
            severity: 'error' as const,
            kind: 'rule-failing' as const,
            where: name,
            text: `${some(failing.map((rule) => rule.name))} cannot be evaluated: ${failing[0]?.lastError}`,
          },
        ]
      : []),
    ...(intervalMs > 0 && tookMs > intervalMs
      ? [
          {
            severity: 'warning' as const,
            kind: 'group-slow' as const,
            where: name,
            text: `Its evaluation takes ${durationPhrase(tookMs)}, longer than its interval of ${durationPhrase(intervalMs)}: evaluations are skipped.`,
          },
        ]
      : []),
  ];
};

export type Comparison = {
  /** How many groups. */
  generated: number;
  loaded: number;
  same: number;
  /** Names of generated groups that are not loaded so. */
  different: readonly string[];
  findings: Finding[];
};

const rule = (kind: Finding['kind'], where: string, text: string): Finding => ({
  severity: 'warning',
  kind,
  where,
  text,
});

/**
 * Rules loaded = rules generated? Groups called `nines-…` are ours; two systems may have one of the same name. White
 * space, order of matchers and the like do not count (src/promql/canonical.ts).
 */
export const compareRules = (groups: readonly RuleGroup[], loaded: readonly LoadedGroup[]): Comparison => {
  const ours = loaded.filter(({ name }) => name.startsWith(OURS));
  const byName = Map.groupBy(ours, ({ name }) => name);
  const missing: string[] = [];
  const findings: Finding[] = [];
  const different: string[] = [];
  for (const group of groups) {
    const candidates = byName.get(group.name) ?? [];
    const [best] = candidates
      .map((one) => ({ one, ways: compared(group, one), apart: paired(group, one).left.length }))
      .sort((a, b) => a.ways.length - b.ways.length || a.apart - b.apart);
    if (!best) {
      missing.push(group.name);
      continue;
    }
    candidates.splice(candidates.indexOf(best.one), 1);
    if (best.ways.length === 0) continue;
    different.push(group.name);
    findings.push(rule('rules-different', group.name, `In ${best.one.file}: ${best.ways.join('; ')}.`));
  }
  if (missing.length > 0)
    findings.unshift(
      rule(
        'rules-missing',
        some(missing),
        ours.length === 0
          ? 'None of the generated rules is loaded: add the files of alerts/ to rule_files and reload Prometheus.'
          : `${counted(missing.length, 'generated group')} ${missing.length === 1 ? 'is' : 'are'} not loaded: load the generated files and reload Prometheus.`,
      ),
    );
  const names = new Set(groups.map(({ name }) => name));
  for (const { name, file } of [...byName.values()].flat()) {
    const twice = names.has(name);
    const text = twice
      ? `It is loaded a second time, from ${file}: its rules record and alert twice.`
      : `It is loaded from ${file} and no longer generated: it goes on recording and alerting until that file is removed.`;
    findings.push(rule('rules-left-over', name, text));
  }
  const other = [...missing, ...different];
  return {
    generated: groups.length,
    loaded: ours.length,
    same: groups.length - other.length,
    different: other,
    findings: [...findings, ...ours.flatMap(health)],
  };
};
