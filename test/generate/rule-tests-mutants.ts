import { promtool } from './rule-tests.ts';
import type { Rule, Rules, Test, Tests } from './rule-tests.ts';

export type Mutant = { what: string; group: number; rule: number; changed: Rule };

const scaled = (rule: Rule, pattern: RegExp, factor: number): string =>
  rule.expr.replace(pattern, (_all, before: string, number: string) => `${before}${Number(number) * factor}`);

const doubled = (expr: string, pattern: RegExp): string =>
  expr.replace(pattern, (_all, number: string, unit: string) => `[${Number(number) * 2}${unit}]`);

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
  ['lowers the first limit', (rule) => scaled(rule, /( [<>]=? )([\d.]+)/, 0.8)],
  ['raises the first limit', (rule) => scaled(rule, /( [<>]=? )([\d.]+)/, 1.2)],
  ['lowers the second limit', (rule) => scaled(rule, /((?:\} > [\d.]+\s+and )\S+ > )([\d.]+)/, 0.8)],
  ['raises the second limit', (rule) => scaled(rule, /((?:\} > [\d.]+\s+and )\S+ > )([\d.]+)/, 1.2)],
  ['lowers the least number', (rule) => scaled(rule, /( \* \d+ > )([\d.]+)/, 0.8)],
  ['raises the least number', (rule) => scaled(rule, /( \* \d+ > )([\d.]+)/, 1.2)],
  ['drops the long look-back', ({ expr }) => expr.replace(/^nines:sli_error:ratio.*\nand (?=nines)/, '')],
  ['drops the short look-back', ({ expr }) => expr.replace(/\nand nines:sli_error:ratio.*/, '')],
  ['drops the least number', ({ expr }) => expr.replace(/\nand .* \* \d+ > [\d.]+$/, '')],
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

/** Every mutant of every rule. */
export const mutantsOf = ({ groups }: Rules): Mutant[] =>
  groups.flatMap(({ rules }, group) =>
    rules.flatMap((rule, index) => {
      const all: Mutant[] = CHANGES.flatMap(([what, change]) => {
        const expr = change(rule);
        return expr === rule.expr ? [] : [{ what, group, rule: index, changed: { ...rule, expr } }];
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

/** The tests that speak of what a rule is for, then the others; short ones first. */
const inOrder = (tests: readonly Test[], { changed }: Mutant): Test[] => {
  const name = changed.record ?? changed.labels['tier'] ?? changed.alert ?? '';
  const speaks = (test: Test): boolean => test.promql_expr_test.some(({ expr }) => expr.includes(name));
  return [...tests].sort((a, b) => Number(speaks(b)) - Number(speaks(a)) || lastOf(a) - lastOf(b));
};

/** The name of the test that catches a mutant; undefined when it survives them all. */
export const caughtBy = async (rules: Rules, files: readonly Tests[], mutant: Mutant): Promise<string | undefined> => {
  const all = rules.groups.map((group, index) => ({
    ...group,
    rules: group.rules.map((rule, at) => (index === mutant.group && at === mutant.rule ? mutant.changed : rule)),
  }));
  const isSlow = rules.groups[mutant.group]?.name.endsWith('-slow') ?? false;
  // Fast groups read nothing of slow ones.
  const groups = isSlow ? all : all.filter(({ name }) => !name.endsWith('-slow'));
  const [fast, slow] = files;
  for (const file of isSlow ? [slow] : [fast])
    for (const test of inOrder(file?.tests ?? [], mutant))
      if (file && (await promtool({ groups }, { ...file, tests: [test] })) !== '') return test.name;
  return undefined;
};
