import { promtool } from './rule-tests.ts';
import type { Rule, Rules, Test, Tests } from './rule-tests.ts';

export type Mutant = { what: string; group: number; rule: number; changed: Rule };

const scaled = (rule: Rule, pattern: RegExp, factor: number): string =>
  rule.expr.replace(pattern, (_all, before: string, number: string) => `${before}${Number(number) * factor}`);

const doubled = (expr: string, pattern: RegExp): string =>
  expr.replace(pattern, (_all, number: string, unit: string) => `[${Number(number) * 2}${unit}]`);

const isAge = ({ expr }: Rule): boolean => / - max\(nines_sli_last_data\S+\)/.test(expr);

/** What each mutation makes of an expression; the same text where it does not apply. */
const CHANGES: readonly (readonly [what: string, (rule: Rule) => string])[] = [
  [
    'flips the first comparison',
    ({ expr }) => expr.replace(/ ([<>])(=?) /, (_a, sign: string, eq: string) => ` ${sign === '<' ? '>' : '<'}${eq} `),
  ],
  [
    'flips the last comparison',
    ({ expr }) =>
      expr.replace(
        / ([<>])(=?) (?!.* [<>]=? )/s,
        (_a, sign: string, eq: string) => ` ${sign === '<' ? '>' : '<'}${eq} `,
      ),
  ],
  ['flips an equality', ({ expr }) => expr.replace(' == ', ' != ')],
  // An age is seen as often as rules are evaluated.
  ['lowers the first limit', (rule) => scaled(rule, /( [<>]=? )([\d.]+)/, isAge(rule) ? 0.5 : 0.8)],
  ['raises the first limit', (rule) => scaled(rule, /( [<>]=? )([\d.]+)/, isAge(rule) ? 2 : 1.2)],
  ['lowers the second limit', (rule) => scaled(rule, /((?:\} > [\d.]+\s+and )\S+ > )([\d.]+)/, 0.8)],
  ['raises the second limit', (rule) => scaled(rule, /((?:\} > [\d.]+\s+and )\S+ > )([\d.]+)/, 1.2)],
  ['lowers the least number', (rule) => scaled(rule, /(sli_errors:\S+(?: \* \d+)? > )([\d.]+)$/, 0.7)],
  ['raises the least number', (rule) => scaled(rule, /(sli_errors:\S+(?: \* \d+)? > )([\d.]+)$/, 1.3)],
  ['drops the long look-back', ({ expr }) => expr.replace(/^nines:sli_error:ratio.*\nand (?=nines)/, '')],
  ['drops the short look-back', ({ expr }) => expr.replace(/\nand nines:sli_error:ratio.*/, '')],
  ['drops the least number', ({ expr }) => expr.replace(/\nand nines:sli_errors:.*$/, '')],
  ['first and becomes or', ({ expr }) => expr.replace('\nand ', '\nor ')],
  ['last and becomes or', ({ expr }) => expr.replace(/\nand (?!.*\nand )/s, '\nor ')],
  ['drops or 0', ({ expr }) => expr.replace(/ or 0 \* .*$/, '')],
  [
    'looks back twice as far, first',
    ({ expr }) => expr.replace(/\[(\d+)([mhd])\]/, (_a, n: string, u: string) => `[${Number(n) * 2}${u}]`),
  ],
  ['looks back twice as far', ({ expr }) => doubled(expr, /\[(\d+)([mhd])\]/g)],
  [
    'looks back half as far',
    ({ expr }) =>
      expr.replace(
        /\[(\d+)([mhd])\]/g,
        (_a, n: string, u: string) => `[${(Number(n) * { m: 60, h: 3600, d: 86_400 }[u]!) / 2}s]`,
      ),
  ],
  [
    'swaps errors and total',
    ({ expr }) =>
      expr.replace(/sli_(errors|total)/g, (_a, name: string) => `sli_${name === 'errors' ? 'total' : 'errors'}`),
  ],
  [
    'swaps bad and all',
    ({ expr }) =>
      expr.replace(
        /nines_sli_(bad|events)_total/g,
        (_a, name: string) => `nines_sli_${name === 'bad' ? 'events' : 'bad'}_total`,
      ),
  ],
  ['adds replicas up', ({ expr }) => expr.replaceAll('max(rate(', 'sum(rate(')],
  ['drops the guard', ({ expr }) => expr.replace(/ > 0\)/, ')')],
  ['drops unless', ({ expr }) => expr.replace(/\nunless .*$/, '')],
  ['drops has-data', ({ expr }) => expr.replace(/ and on \(\) \(time.*$/, '')],
  ['asks for another service', ({ expr }) => expr.replace(/service="[^"]*"/, 'service="other"')],
];

/** Changes that change nothing, and why. */
const SAME: readonly (readonly [what: string, why: string, of: (rule: Rule) => boolean])[] = [
  [
    'drops the guard',
    'a gauge whose samples are counted has never 0 of them',
    ({ record, labels }) => record?.includes('ratio') === true && labels['slo'] === 'up',
  ],
  [
    'swaps errors and total',
    'errors of a measure are recorded wherever totals are',
    ({ record }) => record === 'nines:sli_coverage:ratio_window',
  ],
  [
    'looks back twice as far, first',
    'of a period, both ends are forgotten together',
    ({ expr }) => expr.includes('nines_slo_window_end') || /nines_period.*nines_slo_window_start/s.test(expr),
  ],
  [
    'looks back twice as far',
    'the ratio and the coverage that it reads are gone by then',
    ({ record, expr }) => record === 'nines:error_budget:remaining_ratio' && expr.includes('[1h]'),
  ],
];

/** Of a ratio every second counts: the limit of an hour, and in these tests of a day, is more than the least number. */
const isOfRatio = ({ alert, labels }: Rule, what: string): boolean => {
  if (alert !== 'ErrorBudgetBurn' || labels['slo'] !== 'ratio') return false;
  if (labels['long_window'] === '1d') return what === 'raises the least number';
  return labels['long_window'] === '1h' && (what.endsWith('least number') || what === 'swaps errors and total');
};

const isSame = (rule: Rule, what: string): boolean =>
  SAME.some(([name, , of]) => name === what && of(rule)) || isOfRatio(rule, what);

/** Every mutant of every rule. */
export const mutantsOf = ({ groups }: Rules): Mutant[] =>
  groups.flatMap(({ rules }, group) =>
    rules.flatMap((rule, index) => {
      const all: Mutant[] = CHANGES.flatMap(([what, change]) => {
        const expr = change(rule);
        return expr === rule.expr || isSame(rule, what)
          ? []
          : [{ what, group, rule: index, changed: { ...rule, expr } }];
      });
      const labels = Object.keys(rule.labels).map((label) => ({
        what: `gives ${label} another value`,
        group,
        rule: index,
        changed: { ...rule, labels: { ...rule.labels, [label]: 'other' } },
      }));
      const waits = ['0s', `${3 * seconds(rule.for ?? '0s')}s`].flatMap((wait) =>
        rule.for ? [{ what: `waits ${wait}`, group, rule: index, changed: { ...rule, for: wait } }] : [],
      );
      return [...all, ...labels, ...waits];
    }),
  );

const seconds = (text: string): number =>
  [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit ?? 's'] ?? 1),
    0,
  );

const lastOf = ({ promql_expr_test: all }: Test): number => Math.max(...all.map(({ eval_time: at }) => seconds(at)));

const readsOf = ({ expr }: Rule): Set<string> => new Set(expr.match(/nines:[\w:]+/g));

/** Every rule that any of `rules` leads to. */
const closure = (rules: readonly Rule[], next: (rule: Rule) => Rule[]): Set<Rule> => {
  const found = new Set(rules);
  for (const rule of found) for (const one of next(rule)) found.add(one);
  return found;
};

/** Whether a check asks for what one of these rules says. */
const asksFor = (expr: string, rules: ReadonlySet<Rule>): boolean =>
  [...rules].some(({ record, alert, labels }) => {
    if (record) return new RegExp(`${record}(?![\\w:])`).test(expr);
    const [, tier] = /tier="([^"]*)"/.exec(expr) ?? [];
    return expr.includes(`alertname="${alert}"`) && (tier === undefined || tier === labels['tier']);
  });

/** What a changed rule can be told by: the rules that read it, what those read, and the checks of them. */
const around = (groups: Rules['groups'], { group, rule }: Mutant): { kept: Set<Rule>; told: Set<Rule> } => {
  const all = groups.flatMap(({ rules }) => rules);
  const own = groups[group]?.rules[rule];
  const told = closure(own ? [own] : [], ({ record }) =>
    record === undefined ? [] : all.filter((one) => readsOf(one).has(record)),
  );
  const kept = closure([...told], (one) => {
    const reads = readsOf(one);
    return all.filter(({ record }) => record !== undefined && reads.has(record));
  });
  return { kept, told };
};

/**
 * The name of the test that catches a mutant; undefined when it survives them all. Of one SLO's rules. Short tests come first,
 * and what has nothing to do with the change is left out: promtool evaluates all that is loaded.
 */
export const caughtBy = async (rules: Rules, files: readonly Tests[], mutant: Mutant): Promise<string | undefined> => {
  const { kept, told } = around(rules.groups, mutant);
  const groups = rules.groups.map((group, index) => ({
    ...group,
    rules: group.rules.flatMap((rule, at) =>
      index === mutant.group && at === mutant.rule ? [mutant.changed] : kept.has(rule) ? [rule] : [],
    ),
  }));
  for (const file of files) {
    const tests = file.tests
      .map((test) => ({
        ...test,
        promql_expr_test: test.promql_expr_test.filter(({ expr }) => asksFor(expr, told)),
      }))
      .filter(({ promql_expr_test: checks }) => checks.length > 0)
      .sort((a, b) => lastOf(a) - lastOf(b));
    for (const test of tests) if ((await promtool({ groups }, { ...file, tests: [test] })) !== '') return test.name;
  }
  return undefined;
};
